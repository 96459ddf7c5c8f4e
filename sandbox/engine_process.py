"""The process of the Pulumi CLI, which runs the engine."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import IO

from pulumi import automation as auto
from pulumi.automation.errors import create_command_error

from .disk import LEAST, lacks
from .holder import Holder

CLI = "pulumi"
"""Part of the command line of the CLI."""
OnOutput = Callable[[str], object]
INTERRUPTED_SECONDS = 1
CANCEL_SECONDS = 10
"""How long the engine may take to finish the running calls after an interruption."""
CHECK_SECONDS = 1
"""How often the free space is checked while the CLI runs."""


@cache
def _found(root: Path) -> auto.PulumiCommand:
    # Creating one runs the CLI to get its version.
    return auto.PulumiCommand(root=str(root))


class EngineCommand(auto.PulumiCommand):
    """Runs the Pulumi CLI for the Automation API, and remembers how it ended.

    Arguments:
        root: The folder that contains `bin/pulumi`.
        holder: The file that the process locks while it and the provider live. If the disk with that file is full, the
            process is interrupted.
    """

    def __init__(self, root: Path, holder: Holder):
        found = _found(root)
        self.command, self.version = found.command, found.version
        self._holder = holder
        self.code = 0
        """The exit code of the last process; negative: the signal that killed it."""
        self.disk_filled = False
        """Whether the last process was interrupted because the disk was full."""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> auto.CommandResult:
        """Run one command of the CLI. This overrides the Automation API's own way.

        Raises CommandError if the command fails.
        """
        self.code, self.disk_filled = 0, False
        with self._process([self.command, "--non-interactive", *args], cwd, additional_env) as process:
            assert process.stdout
            assert process.stderr
            output, errors = _Reader(process.stdout, on_output), _Reader(process.stderr, on_error)
            try:
                self._wait(process)
                self.code = process.wait()
            except BaseException:
                _interrupt(process)
                raise
            output.join()
            errors.join()
        result = auto.CommandResult(output.text, errors.text, self.code)
        if self.code:
            raise create_command_error(result)
        return result

    def _wait(self, process: subprocess.Popen[str]) -> None:
        """Wait until the CLI ends, or interrupt it if the disk is full."""
        while True:
            try:
                process.wait(CHECK_SECONDS)
            except subprocess.TimeoutExpired:
                if not lacks(self._holder.file.parent, LEAST):
                    continue
                self.disk_filled = True
                _interrupt(process)
            return

    def _process(self, command: list[str], cwd: str, additional: Mapping[str, str]) -> subprocess.Popen[str]:
        # A provider may take a second to notice that its engine has ended.
        self._holder.end(CLI)
        with self._holder.lock() as lock:
            return subprocess.Popen(
                self._holder.launched(command),
                cwd=cwd,
                env=self._environment(additional),
                pass_fds=[lock],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )

    def _environment(self, additional: Mapping[str, str]) -> dict[str, str]:
        environment = {**os.environ, **additional, "PULUMI_AUTOMATION_API": "true"}
        # The plugins beside the CLI come first.
        environment["PATH"] = os.pathsep.join([os.path.dirname(self.command), environment["PATH"]])  # noqa: PTH120
        return environment


def _interrupt(process: subprocess.Popen[str]) -> None:
    """End the CLI after this process was interrupted. It saves its state and releases its lock, if there is time."""
    try:
        try:
            # A terminal sends Ctrl+C to the CLI too, and a second signal would end it before it has saved its state.
            process.wait(INTERRUPTED_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            process.wait(CANCEL_SECONDS)
    except BaseException:
        process.kill()


class _Reader(threading.Thread):
    """Reads a process's output to its end."""

    def __init__(self, stream: IO[str], on_line: OnOutput | None):
        super().__init__(daemon=True)
        self._stream, self._on_line, self._lines = stream, on_line, list[str]()
        self.start()

    def run(self) -> None:
        try:
            for line in self._stream:
                self._lines.append(line.rstrip())
                if self._on_line:
                    self._on_line(self._lines[-1])
        except ValueError:
            # The command was interrupted, and its process or a child of it still has the other end.
            if not self._stream.closed:
                raise

    @property
    def text(self) -> str:
        """The output without spaces at the end of lines."""
        return "\n".join(self._lines)
