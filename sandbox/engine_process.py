"""The process of the Pulumi CLI, which runs the engine."""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import IO

from pulumi import automation as auto
from pulumi.automation.errors import create_command_error

OnOutput = Callable[[str], object]


@cache
def _found(root: Path) -> auto.PulumiCommand:
    # Creating one runs the CLI to get its version.
    return auto.PulumiCommand(root=str(root))


class EngineCommand(auto.PulumiCommand):
    """Runs the Pulumi CLI for the Automation API, and remembers how it ended."""

    def __init__(self, root: Path):
        found = _found(root)
        self.command, self.version = found.command, found.version
        self.code = 0
        """The exit code of the last process; negative: the signal that killed it."""

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
        with subprocess.Popen(
            [self.command, "--non-interactive", *args],
            cwd=cwd,
            env=self._environment(additional_env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        ) as process:
            assert process.stdout
            assert process.stderr
            output, errors = _Reader(process.stdout, on_output), _Reader(process.stderr, on_error)
            output.join()
            errors.join()
            self.code = process.wait()
        result = auto.CommandResult(output.text, errors.text, self.code)
        if self.code:
            raise create_command_error(result)
        return result

    def _environment(self, additional: Mapping[str, str]) -> dict[str, str]:
        environment = {**os.environ, **additional, "PULUMI_AUTOMATION_API": "true"}
        # The plugins beside the CLI come first.
        environment["PATH"] = os.pathsep.join([os.path.dirname(self.command), environment["PATH"]])  # noqa: PTH120
        return environment


class _Reader(threading.Thread):
    """Reads a process's output to its end."""

    def __init__(self, stream: IO[str], on_line: OnOutput | None):
        super().__init__(daemon=True)
        self._stream, self._on_line, self._lines = stream, on_line, list[str]()
        self.start()

    def run(self) -> None:
        for line in self._stream:
            self._lines.append(line.rstrip())
            if self._on_line:
                self._on_line(self._lines[-1])

    @property
    def text(self) -> str:
        """The output without spaces at the end of lines."""
        return "\n".join(self._lines)
