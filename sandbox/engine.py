"""The real Pulumi engine in the sandbox: stack `local`, a file backend, and the program in this process."""

import gc
import os
import runpy
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from filelock import FileLock, Timeout
from pulumi import automation as auto

from . import environment, pulumi_cli, server
from .engine_process import EngineCommand
from .environment import REGION
from .errors import SandboxError
from .events import STACK, Events, Outcome, Say
from .plugin.aws import Session, checked_endpoint
from .private_files import FILE, FOLDER, make_private, private_files

PROJECT = Path(__file__).resolve().parents[1]
Plugin = Literal["sandbox", "official"]


def _quiet(_: str) -> None:
    pass


class _Workspace(auto.LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Do nothing: each operation names its stack, and the CLI takes a third of a second to select one."""


class Sandbox:
    """A sandbox with its files under `home`. It deploys the program in the folder `project`.

    With `endpoint`, it uses an emulator that is already running, and neither starts nor stops it.
    """

    def __init__(
        self,
        home: Path,
        project: Path = PROJECT,
        *,
        endpoint: str | None = None,
        plugin: Plugin = "sandbox",
        say: Say = _quiet,
    ):
        self.home, self.project, self.plugin, self.say = home.resolve(), project.resolve(), plugin, say
        self.given_endpoint = checked_endpoint(endpoint) if endpoint else None
        # Each emulator has its own stack state.
        self.base = _base(self.home, endpoint) if endpoint else self.home

    # Operations

    def start(self) -> None:
        """Start the emulator if it is not running."""
        with self._lock():
            self._ready_endpoint(crashed=False)

    def up(self, *, refresh: bool = False) -> Outcome:
        """Deploy; with `refresh`, after reading all resources from AWS.

        If a resource cannot be created, the outcome has the error. Other resources stay, and the next `up` continues.
        """
        # Somebody else may have changed an emulator that was not started here.
        refresh_first = refresh or bool(self.given_endpoint)
        with self._lock(), self._operation() as stack:
            return self._run(lambda on_event: stack.up(on_event=on_event, refresh=refresh_first))

    def preview(self, *, refresh: bool = False) -> Outcome:
        """Report what `up` would do; with `refresh`, after reading all resources from AWS."""
        with self._lock(), self._operation() as stack:
            return self._run(lambda on_event: stack.preview(on_event=on_event, refresh=refresh))

    def refresh(self) -> Outcome:
        """Read all resources from AWS into the stack's state."""
        with self._lock(), self._operation() as stack:
            return self._run(lambda on_event: stack.refresh(on_event=on_event))

    @property
    def exists(self) -> bool:
        """Whether there is anything to destroy."""
        return self._has_state() or server.running(self.base) is not None

    def destroy(self) -> Outcome:
        """Delete the resources, the state, the emulator and the files. Does nothing if there are none."""
        if not self.base.exists():
            return Outcome()
        with self._lock():
            outcome = Outcome()
            if self._has_state() and (self.given_endpoint or server.running(self.home)):
                with self._operation() as stack:
                    outcome = self._run(lambda on_event: stack.destroy(on_event=on_event))
            if outcome.error:
                return outcome
            if not self.given_endpoint:
                server.stop(self.home)
        self._remove_files()
        return outcome

    def _remove_files(self) -> None:
        """Remove the files of this sandbox. Folders with the state of other sandboxes stay."""
        others = [self.base / name for name in ("endpoints", "examples")] if not self.given_endpoint else []
        kept = [folder for folder in others if any(folder.glob("**/state"))]
        for entry in self.base.iterdir() if kept else ():
            if entry not in kept:
                (shutil.rmtree if entry.is_dir() else os.remove)(entry)
        if not kept:
            shutil.rmtree(self.base)

    def discard(self) -> None:
        """Stop the emulator that was started here, and delete all files, without deleting resources first."""
        server.stop(self.home)
        shutil.rmtree(self.base, ignore_errors=True)

    def endpoint(self) -> str | None:
        """Return the URL of the emulator, or None if it is not running."""
        if self.given_endpoint:
            return self.given_endpoint if server.answers(self.given_endpoint) else None
        running = server.running(self.home)
        return running.endpoint if running else None

    def resources(self) -> list[Mapping[str, Any]]:
        """Return the resources in the stack's state; none if there is no stack."""
        if not self._has_state() or not (endpoint := self.endpoint()):
            return []
        with self._engine(endpoint) as stack:
            deployment = stack.export_stack().deployment or {}
        return deployment.get("resources", [])

    def waiting_messages(self) -> dict[str, int]:
        """Count the messages in each queue of the stack: failed launches, and events that were not delivered."""
        endpoint = self.endpoint()
        urls = [str(resource["id"]) for resource in self.resources() if resource["type"] == "aws:sqs/queue:Queue"]
        if not endpoint or not urls:
            return {}
        attribute = "ApproximateNumberOfMessages"
        with environment.replaced(self._variables(endpoint)):
            sqs = Session(endpoint).client("sqs", REGION)
            return {
                url.rsplit("/", 1)[-1]: int(
                    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"][attribute]
                )
                for url in urls
            }

    # Implementation

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Refuse to run two commands at a time."""
        make_private(self.home)
        make_private(self.base)
        try:
            with private_files(), FileLock(self.base / "lock", mode=FILE, blocking=False):
                yield
        except Timeout:
            raise SandboxError(
                f"Another command is using this sandbox ({self.base}). Try again when it has finished."
            ) from None

    @contextmanager
    def _operation(self) -> Iterator[auto.Stack]:
        """Prepare the stack. A marker file remains if the process is killed."""
        marker = self.base / "unfinished"
        crashed = marker.exists()
        endpoint = self._ready_endpoint(crashed=crashed)
        marker.touch()
        with self._engine(endpoint) as stack:
            if crashed and self.given_endpoint:
                self.say("The last command was interrupted. Releasing its lock")
                stack.cancel()
            yield stack
        marker.unlink(missing_ok=True)

    def _ready_endpoint(self, *, crashed: bool) -> str:
        if self.given_endpoint:
            if not server.answers(self.given_endpoint):
                raise SandboxError(f"No emulator answers at {self.given_endpoint}.")
            return self.given_endpoint
        running = server.running(self.home)
        if running and not crashed:
            return running.endpoint
        if self._has_state():
            why = "the last command was interrupted" if crashed else "its emulator was stopped"
            self.say(f"Starting with an empty sandbox, because {why}")
        server.stop(self.home)
        for leftover in ("state", "work"):
            shutil.rmtree(self.base / leftover, ignore_errors=True)
        self.say("Starting the local AWS emulator (moto) on 127.0.0.1")
        return server.start(self.home).endpoint

    def _has_state(self) -> bool:
        return (self.base / "state").exists()

    @contextmanager
    def _engine(self, endpoint: str) -> Iterator[auto.Stack]:
        """Prepare the stack. Until the context ends, this process has the engine's variables only."""
        # The user's variables say where the CLI is, or how to get it.
        root = pulumi_cli.find_or_get(self.say)
        with private_files(), environment.replaced(self._variables(endpoint)):
            yield self._stack(root)

    def _variables(self, endpoint: str) -> dict[str, str]:
        folder = self._plugin_folder() if self.plugin == "sandbox" else None
        return environment.of_engine(
            os.environ, endpoint=endpoint, home=self.home, base=self.base, plugin_folder=folder
        )

    def _stack(self, root: Path) -> auto.Stack:
        work, state = self.base / "work", self.base / "state"
        for folder in (work, state, self.base / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        # The engine writes to the stack's file, so it gets a copy.
        for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
            shutil.copyfile(self.project / name, work / name)
        workspace = _Workspace(
            work_dir=str(work),
            pulumi_command=EngineCommand(root),
            pulumi_home=str(self.home / "pulumi"),
            program=self._program,
        )
        # The name has a suffix if the engine compresses the state.
        exists = any(state.glob(f".pulumi/stacks/*/{STACK}.json*"))
        stack: Any = (auto.Stack.select if exists else auto.Stack.create)(STACK, workspace)
        # After each operation it would run the CLI three times, half a second each, for what the events report.
        stack.outputs, stack.info = dict, lambda *_: auto.UpdateSummary("", datetime.now(UTC), "", {}, {}, "")
        return stack

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

    def _run(self, operation: Callable[[Callable[[auto.EngineEvent], None]], Any]) -> Outcome:
        events = Events(self.say)
        gc_enabled = gc.isenabled()
        try:
            operation(events)
        except auto.CommandError as error:
            events.outcome.error = events.errors or str(error)
        finally:
            # The program disables it for its own process, but this process continues.
            if gc_enabled:
                gc.enable()
        return events.outcome


def _base(home: Path, endpoint: str) -> Path:
    """The folder for an emulator that was not started here."""
    folder, plain = home / "endpoints", endpoint.rstrip("/")
    # Earlier versions told URLs with and without a slash at the end apart.
    spellings = (plain, endpoint, f"{plain}/")
    found = [folder / quote(spelling, safe="") for spelling in spellings]
    return next((base for base in found if (base / "state").exists()), found[0])
