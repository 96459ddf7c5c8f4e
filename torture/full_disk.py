"""A full disk: the sandbox's files are on a small file system in memory, which only the trial sees."""

import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.disk import LEAST, NEEDED
from sandbox.engine import PROJECT, Sandbox
from sandbox.errors import DISK_FULL
from sandbox.projects import project_copy

from .kills import STACKS, complete, gone
from .small_stack import STACK
from .trials import Part, Say, Section, Trial
from .victims import run, run_until

SIZE_MIB = 64
COMMANDS = ("first up", "up with a change", "destroy")
"""The commands of the trials."""
_NAMESPACE = ("unshare", "--map-root-user", "--mount")
"""A process with these may mount a file system, which ends with the process. See unshare(1)."""


@cache
def available() -> bool:
    """Whether this machine lets the user mount a file system in memory."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [*_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", folder]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Case:
    """One trial.

    Arguments:
        command: One of `COMMANDS`.
        free: How many KiB the disk has left.
        line: The line of the command's output, from 0, after which the disk is full; None: from the start.
    """

    command: str
    free: int
    line: int | None = None

    @property
    def kind(self) -> str:
        """The name of its row."""
        return f"The disk is full {'from the start' if self.line is None else 'in the middle'}: {self.command}"


def cases(count: int, seed: int) -> Iterator[Case]:
    """Random cases: each command equally often, and as often from the start as in the middle."""
    chosen = random.Random(seed)  # noqa: S311 - not a secret
    for number in range(count):
        command = COMMANDS[number % len(COMMANDS)]
        if number // len(COMMANDS) % 2:
            lines = STACKS["small"].lines["destroy" if command == "destroy" else "up"]
            lines //= 1 if command == "first up" else 2
            yield Case(command, chosen.randrange(0, LEAST >> 10, 4), chosen.randrange(lines))
        else:
            yield Case(command, chosen.randrange(0, NEEDED >> 10, 4))


def trial(case: Case) -> str:
    """Run a command on a full disk, free the space, deploy, and delete. Returns what went wrong, or an empty string."""
    with tempfile.TemporaryDirectory() as folder:
        script = [*_NAMESPACE, sys.executable, "-m", "torture.full_disk", folder, case.command, str(case.free)]
        done = subprocess.run(
            [*script, *([] if case.line is None else [str(case.line)])],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
    return done.stdout.strip() + done.stderr[-2000:]


def _trial(folder: Path, case: Case) -> None:
    """The same, in a process that may mount. Raises AssertionError."""
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(disk)], check=True)
    box = Sandbox(disk / "home", project_copy(folder / "project"))
    file, command = box.project / "Pulumi.local.yaml", "destroy" if case.command == "destroy" else "up"
    file.write_text(STACK, encoding="utf-8")
    try:
        if case.command != COMMANDS[0]:
            complete(run(box, "up"), box)
            file.write_text(STACK.replace("memory: 512", "memory: 1024"), encoding="utf-8")
        if case.line is None:
            _fill(disk, case.free)
        found = run_until(box, command, line=case.line, then=lambda _: _fill(disk, case.free))
        assert "Traceback" not in found.output, found.output
        assert found.code == 0 or DISK_FULL in found.output, found.output
        (disk / "filler").unlink(missing_ok=True)
        complete(run(box, "up"), box)
        gone(run(box, "destroy"), box)
    finally:
        box.discard()


def _fill(disk: Path, free: int) -> bool:
    """Leave so many KiB of a disk. The engine may write at the same moment, so it is tried again with less."""
    with (disk / "filler").open("wb") as file:
        while True:
            about = os.statvfs(disk)
            try:
                os.posix_fallocate(file.fileno(), 0, max(1, about.f_bavail * about.f_frsize - free * 1024))
            except OSError:
                free += 16
            else:
                return True


def measure(count: int, seed: int, say: Say) -> Part:
    """Run trials. There are none if the machine doesn't allow a file system in memory."""
    tried, survived, failures = Counter[str](), Counter[str](), dict[str, str]()
    for number, case in enumerate(cases(count, seed) if available() else ()):
        problem = trial(case)
        tried[case.kind] += 1
        survived[case.kind] += not problem
        if problem:
            failures[case.kind] = f"Failed with {case.free} KiB: {problem.splitlines()[0]}"
            say(f"{case}: {problem}")
        elif number % 10 == 9:
            say(f"{number + 1} full disks")
    return Part([Trial(kind, tried[kind], survived[kind], failures.get(kind, "")) for kind in sorted(tried)])


SECTION = Section(
    "Full disk",
    """\
`make up` or `make down` runs on a file system that is full or fills up. It must complete, or say that the disk is full.
With free space, both must then work as usual.""",
    measure,
    30,
)

if __name__ == "__main__":
    try:
        _folder, _command, _free, *_line = sys.argv[1:]
        _trial(Path(_folder), Case(_command, int(_free), int(_line[0]) if _line else None))
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(error)  # noqa: T201
