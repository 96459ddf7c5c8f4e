"""Start-up of the command line: CPU time of whole processes, compared with Python and its libraries.

No command can start as fast as the imports alone: `import typer, rich, pydantic` defers most of pydantic, and typer
loads the rest for the first option of any command. `OPTION` measures that least command.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from .figures import Figure, Part
from .workload import ROOT

LIBRARIES = "Python with typer, rich and pydantic"
OPTION = "A typer command with one option"
HELP, CHECK = "scheduled-tasks --help", "scheduled-tasks check, one task"
MOST = 3
"""The most that `check` may take, as a multiple of `OPTION`. `make bench` fails above it."""
_REPEATED = 11
_COMMANDS = {
    LIBRARIES: ("-c", "import typer, rich, pydantic"),
    OPTION: (
        "-c",
        "import typer\napp = typer.Typer()\n@app.command()\ndef main(name: str | None = None): print(name)\napp()",
    ),
    HELP: ("-m", "ops", "--help"),
    CHECK: ("-m", "ops", "check"),
}
_PROJECT = {
    "Pulumi.yaml": "name: small\nruntime: python\n",
    "Pulumi.dev.yaml": """\
config:
  aws:region: eu-west-1
  small:cluster: main
  small:network: { subnets: [subnet-0a1b2c3d] }
  small:tasks:
    backup: { image: "backup:12", schedule: rate(6 hours) }
""",
}


def measure(folder: Path, say: Callable[[str], None], repeated: int = _REPEATED) -> Part:
    """Measure each command several times, in turn, so that a busy moment disturbs all of them."""
    for name, text in _PROJECT.items():
        (folder / name).write_text(text, encoding="utf-8")
    seconds: dict[str, list[float]] = {what: [] for what in _COMMANDS}
    for number in range(repeated):
        say(f"round {number + 1} of {repeated}")
        for what, arguments in _COMMANDS.items():
            seconds[what].append(_cpu_seconds(folder, arguments))
    taken = {what: round(median(times), 3) for what, times in seconds.items()}
    others = {what: taken[what] for what in (LIBRARIES, OPTION)}
    found = [Figure(what, 0, "s", taken[what], others) for what in (HELP, CHECK)]
    return Part(found, problems=[line for figure in found if (line := too_slow(figure))])


def too_slow(figure: Figure) -> str:
    """A sentence about a command that starts too slowly; empty if it doesn't."""
    if (ratio := figure.ratio(OPTION)) <= MOST:
        return ""
    return f"{figure.what} takes {ratio:.2f} times as long as a typer command with one option. Allowed: at most {MOST}."


def _cpu_seconds(folder: Path, arguments: tuple[str, ...]) -> float:
    """The CPU time of a process. Raises CalledProcessError if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    before = _children()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True,
    )  # fmt: skip
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
