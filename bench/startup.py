"""Start-up of the command line: CPU time of whole processes, compared with Python and its libraries."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from .figures import Figure, Part
from .workload import ROOT

LIBRARIES = "Python with typer, rich and pydantic"
HELP, CHECK = "scheduled-tasks --help", "scheduled-tasks check, one task"
_REPEATED = 11
_COMMANDS = {
    LIBRARIES: ("-c", "import typer, rich, pydantic"),
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
    base, *commands = (Figure(what, 0, "s", round(median(times), 3)) for what, times in seconds.items())
    return Part([Figure(each.what, 0, "s", each.ours, {LIBRARIES: base.ours}) for each in commands])


def _cpu_seconds(folder: Path, arguments: tuple[str, ...]) -> float:
    """The CPU time of a process. Raises CalledProcessError if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    before = os.times()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True,
    )  # fmt: skip
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
