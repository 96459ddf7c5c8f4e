"""A command of the sandbox in a process of its own, and the killing of one of its processes at a chosen moment."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from sandbox.engine import PROJECT, Sandbox
from sandbox.projects import project_copy

from . import processes
from .small_stack import STACK

SECONDS = 180
"""A command that takes longer hangs."""
_COMMAND = """
import sys
from pathlib import Path
from sandbox import __main__ as commands
from sandbox import command_line
command_line.HOME, command_line.PROJECT = Path(sys.argv[1]), Path(sys.argv[2])
commands.main(sys.argv[3:])
"""


@dataclass(frozen=True, slots=True)
class Kill:
    """One process to kill or to stop for a while, and when.

    Arguments:
        victim: A key of `VICTIMS`.
        line: The line of the command's output, from 0, after which it is killed. A command with fewer lines survives.
        signal: The signal's number. SIGCONT lets a stopped process continue.
        stopped: Seconds for which the process is stopped (SIGSTOP) before the signal.
    """

    victim: str
    line: int
    signal: int = signal.SIGKILL
    stopped: float = 0

    @property
    def continues(self) -> bool:
        """Whether the process survives."""
        return self.signal == signal.SIGCONT


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended. `output` has stdout and stderr, and `hit` is the result of `then`."""

    code: int
    output: str
    hit: bool = False


VICTIMS: Mapping[str, Callable[[Sandbox, int], int | None]] = {
    "command": lambda _, command: command,
    "engine": lambda box, _: processes.engine(box),
    "provider": lambda box, _: processes.provider(box),
    "emulator": lambda box, _: processes.emulator(box),
}


def small_sandbox(folder: Path, stack: str = STACK) -> Sandbox:
    """A sandbox in a new folder, with one task."""
    box = Sandbox(folder / "home", project_copy(folder / "project"))
    (box.project / "Pulumi.local.yaml").write_text(stack, encoding="utf-8")
    return box


def run(box: Sandbox, *command: str, kill: Kill | None = None) -> Ended:
    """Run a command of the sandbox, and kill one of its processes. Raises subprocess.TimeoutExpired if it hangs."""
    if not kill:
        return run_until(box, *command)
    return run_until(box, *command, line=kill.line, then=lambda pid: _kill(VICTIMS[kill.victim](box, pid), kill))


def run_until(
    box: Sandbox, *command: str, line: int | None = None, then: Callable[[int], bool] = lambda _: False
) -> Ended:
    """Run a command of the sandbox. After a line of its output, call `then` with the process ID.

    Raises subprocess.TimeoutExpired if it hangs.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, str(box.home), str(box.project), *command],
        cwd=PROJECT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert process.stdout
    lines, hit = list[str](), False
    with process:
        if line is not None:
            for text in process.stdout:
                lines.append(text)
                if len(lines) > line:
                    hit = then(process.pid)
                    break
        try:
            rest, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Ended(process.returncode, "".join(lines) + rest, hit)


def _kill(pid: int | None, kill: Kill) -> bool:
    if pid is None:
        return False
    try:
        if kill.stopped:
            os.kill(pid, signal.SIGSTOP)
            sleep(kill.stopped)
        os.kill(pid, kill.signal)
    except ProcessLookupError:
        return False
    return True
