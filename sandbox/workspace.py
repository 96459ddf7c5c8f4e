"""The folder that the engine works in, its variables, and the stack as the Automation API sees it."""

import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pulumi import automation as auto

from . import environment, pulumi_cli
from .engine_process import EngineCommand
from .events import STACK, Say
from .holder import Holder
from .plugin.journal import JOURNAL
from .private_files import FILE, FOLDER, private_files
from .state import StackFiles

PROJECT = Path(__file__).resolve().parents[1]
Plugin = Literal["sandbox", "official"]


class _LocalWorkspace(auto.LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Do nothing: each operation names its stack, and the CLI takes a third of a second to select one."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The files of one stack.

    Arguments:
        home: The folder of the sandbox.
        base: The folder of the stack's files: `home`, or a folder in it for an emulator that was not started here.
        project: The folder of the program.
        plugin: The AWS provider.
        say: Prints a line of progress.
    """

    home: Path
    base: Path
    project: Path
    plugin: Plugin
    say: Say

    @property
    def state(self) -> StackFiles:
        """The files of Pulumi's backend."""
        return StackFiles(self.base / "state")

    @property
    def used(self) -> bool:
        """Whether a command has prepared the engine since the sandbox was empty."""
        return self._work.exists()

    @property
    def marker(self) -> Path:
        """A file that exists while the engine changes resources, and after it was killed."""
        return self.base / "unfinished"

    @property
    def journal(self) -> Path:
        """The provider's journal of creations."""
        return self.base / "creations.jsonl"

    @property
    def holder(self) -> Holder:
        """The file that the engine and the provider lock while they live."""
        return Holder(self.base / "engine")

    @property
    def _work(self) -> Path:
        return self.base / "work"

    def empty(self) -> None:
        """Delete what belongs to the stack's resources. The provider and the CLI's plugins stay."""
        for folder in (self.state.folder, self._work, self.home / "pulumi" / "workspaces"):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.marker, self.journal):
            file.unlink(missing_ok=True)

    @contextmanager
    def engine(self, endpoint: str) -> Iterator[EngineCommand]:
        """Prepare the CLI. Until the context ends, this process has the engine's variables only."""
        # The user's variables say where the CLI is, or how to get it.
        root = pulumi_cli.find_or_get(self.say)
        with private_files(), environment.replaced(self.variables(endpoint)):
            yield EngineCommand(root, self.holder)

    def variables(self, endpoint: str) -> dict[str, str]:
        """Return the variables of the engine, the program and the provider."""
        folder = self._plugin_folder() if self.plugin == "sandbox" else None
        return environment.of_engine(
            os.environ, endpoint=endpoint, home=self.home, base=self.base, plugin_folder=folder
        )

    def stack(self, command: EngineCommand) -> auto.Stack:
        """Select or create the stack. Raises CommandError if the CLI can't use its files."""
        for folder in (self._work, self.state.folder, self.base / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        self._refuse_logs()
        # The engine writes to the stack's file, so it gets a copy.
        for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
            shutil.copyfile(self.project / name, self._work / name)
        select = auto.Stack.select if self.state.checkpoint else auto.Stack.create
        stack: Any = select(STACK, self._automation(self._work, command))
        # After each operation it would run the CLI three times, half a second each, for what the events report.
        stack.outputs, stack.info = dict, lambda *_: auto.UpdateSummary("", datetime.now(UTC), "", {}, {}, "")
        return stack

    def _refuse_logs(self) -> None:
        """Let the CLI write no logs. It has no option for that, but does without if their folder is a file.

        It would log each operation with all values: up to 500 MB, and a twentieth of its processor time.
        """
        logs = self.home / "pulumi" / "logs"
        if not logs.exists():
            logs.parent.mkdir(parents=True, exist_ok=True)
            logs.touch(mode=FILE)

    def is_usable(self, endpoint: str) -> bool:
        """Whether the CLI can read the state. If so, an error that it reports is about the user's files."""
        if not self.state.checkpoint:
            return False
        with self.engine(endpoint) as command, tempfile.TemporaryDirectory(dir=self.base) as work:
            shutil.copyfile(self.project / "Pulumi.yaml", Path(work) / "Pulumi.yaml")
            try:
                self._automation(Path(work), command).export_stack(STACK)
            except (auto.CommandError, ValueError):
                return False
        return True

    def _automation(self, work: Path, command: EngineCommand) -> auto.LocalWorkspace:
        return _LocalWorkspace(
            work_dir=str(work),
            pulumi_command=command,
            pulumi_home=str(self.home / "pulumi"),
            program=self._program,
            env_vars={JOURNAL: str(self.journal)},
        )

    def _plugin_folder(self) -> Path:
        """Create a folder with the provider plugin under the name that the engine looks for."""
        folder = self.base / "plugin"
        folder.mkdir(parents=True, exist_ok=True)
        executable = folder / "pulumi-resource-aws"
        executable.write_text(
            f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m sandbox.plugin "$@"\n',
            encoding="utf-8",
        )
        executable.chmod(FOLDER)
        return folder

    def _program(self) -> None:
        # Pulumi's own Python host runs it the same way.
        runpy.run_path(str(self.project / "__main__.py"), run_name="__main__")
