"""Damaged files of the sandbox: each file of a deployed sandbox deleted, truncated or overwritten."""

import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sandbox.engine import Sandbox

from .kills import complete, gone
from .trials import Part, Say, Section, Trial
from .victims import run, small_sandbox


def _truncate(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


DAMAGES: Mapping[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "truncated": _truncate,
    "garbage": lambda file: file.write_bytes(random.Random(1).randbytes(300)),  # noqa: S311 - not a secret
}


def files(box: Sandbox) -> list[Path]:
    """The files of a sandbox, relative to its folder, without those in folders of temporary files and caches."""
    found = (file.relative_to(box.home) for file in box.home.rglob("*") if file.is_file() and not file.is_symlink())
    return sorted(file for file in found if not {"tmp", "__pycache__", "logs"} & set(file.parts))


def kind(file: Path) -> str:
    """A file's path without what differs between two runs: times, and hashes of paths."""
    name = ".".join("N" if any(map(str.isdigit, part)) else part for part in file.name.split("."))
    return str(file.with_name(name))


def cases(box: Sandbox) -> Iterator[tuple[Path, str]]:
    """One file of each kind, with each damage. The emulator's files come with the others."""
    kinds = {kind(file): file for file in files(box)}
    return ((file, damage) for file in kinds.values() for damage in DAMAGES)


def trial(box: Sandbox, file: Path, damage: str, command: str) -> str:
    """Damage one file of a deployed sandbox, run a command, and bring the stack back.

    Returns what went wrong; an empty string if nothing did.
    """
    try:
        if (box.home / file).exists():
            DAMAGES[damage](box.home / file)
        if command == "destroy":
            gone(run(box, "destroy"), box)
        complete(run(box, "up"), box)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return f"{damage} {file}, {command}: {error}"
    return ""


def measure(count: int, seed: int, say: Say) -> Part:
    """Damage `count` files before `up` and `destroy`."""
    tried, survived, failures = dict.fromkeys(DAMAGES, 0), dict.fromkeys(DAMAGES, 0), dict[str, str]()
    chosen = random.Random(seed)  # noqa: S311 - not a secret
    with tempfile.TemporaryDirectory() as folder:
        box = small_sandbox(Path(folder) / "box")
        try:
            complete(run(box, "up"), box)
            drawn = list(cases(box))
            chosen.shuffle(drawn)
            for number, (file, damage) in enumerate(drawn[:count]):
                current = next((found for found in files(box) if kind(found) == kind(file)), file)
                problem = trial(box, current, damage, chosen.choice(("up", "destroy")))
                tried[damage] += 1
                survived[damage] += not problem
                if problem:
                    failures[damage] = problem
                    say(problem)
                    box.discard()
                    shutil.rmtree(box.home, ignore_errors=True)
                    complete(run(box, "up"), box)
                elif number % 10 == 9:
                    say(f"{number + 1} files")
        finally:
            box.discard()
    return Part(
        [
            Trial(f"A file is {damage}", tried[damage], survived[damage], failures.get(damage, "").splitlines()[0])
            if damage in failures
            else Trial(f"A file is {damage}", tried[damage], survived[damage])
            for damage in DAMAGES
            if tried[damage]
        ]
    )


SECTION = Section(
    "Damaged files of the sandbox",
    """\
One file under `.sandbox` of a deployed stack is damaged. The next `make up` or `make down` must work as usual.""",
    measure,
    100,
)
