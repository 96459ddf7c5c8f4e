"""The real Pulumi engine in the sandbox: stack `local`, a file backend, and the program in this process."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from filelock import FileLock, Timeout
from pulumi import automation as auto

from ops import local_sandbox
from ops.local_sandbox import REGION

from . import disk, environment, operation, server
from .engine_process import CLI
from .errors import SandboxError
from .events import Events, Outcome, Say
from .operation import Operation
from .plugin.aws import Session, checked_endpoint
from .private_files import FILE, make_private, private_files
from .recovery import CANT_USE_STATE, Leftovers, advice, reason_to_start_over, unreadable
from .state import DamagedStateError
from .workspace import PROJECT, Plugin, Workspace

__all__ = ["PROJECT", "REGION", "Sandbox"]


def _quiet(_: str) -> None:
    pass


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
        self.home, self.project, self.say = home.resolve(), project.resolve(), say
        self.given_endpoint = checked_endpoint(endpoint) if endpoint else None
        # Each emulator has its own stack state.
        self.base = _base(self.home, endpoint) if endpoint else self.home
        self._workspace = Workspace(self.home, self.base, self.project, plugin, say)

    # Operations

    def start(self) -> None:
        """Start the emulator if it is not running."""
        with self._lock():
            self._ready_endpoint(self._leftovers())

    def up(self, *, refresh: bool = False) -> Outcome:
        """Deploy; with `refresh`, after reading all resources from AWS.

        If a resource cannot be created, the outcome has the error. Other resources stay, and the next `up` continues.
        """
        # Somebody else may have changed an emulator that was not started here.
        refresh_first = refresh or bool(self.given_endpoint)
        with self._lock():
            return self._operate(lambda stack, events: stack.up(on_event=events, refresh=refresh_first))

    def preview(self, *, refresh: bool = False) -> Outcome:
        """Report what `up` would do; with `refresh`, after reading all resources from AWS."""
        with self._lock():
            return self._operate(lambda stack, events: stack.preview(on_event=events, refresh=refresh), changes=False)

    def refresh(self) -> Outcome:
        """Read all resources from AWS into the stack's state."""
        with self._lock():
            return self._operate(lambda stack, events: stack.refresh(on_event=events))

    def imported(self, resources: list[dict[str, object]]) -> Outcome:
        """Import existing resources into the stack's state: a list in the format of `pulumi import --file`."""
        given = cast("Any", resources)
        with self._lock():
            return self._operate(
                lambda stack, _: stack.import_resources(resources=given, protect=False, generate_code=False)
            )

    @property
    def exists(self) -> bool:
        """Whether there is anything to destroy."""
        return self._has_state() or self._workspace.used or local_sandbox.running(self.base) is not None

    def destroy(self) -> Outcome:
        """Delete the resources, the state, the emulator and the files. Does nothing if there are none."""
        if not self.base.exists():
            return Outcome()
        with self._lock():
            if self.given_endpoint:
                outcome = self._operate(_deletion) if self._has_state() else Outcome()
            else:
                outcome = self._delete_embedded()
                if not outcome.error:
                    server.stop(self.home)
            if outcome.error:
                return outcome
        self._remove_files()
        return outcome

    def _delete_embedded(self) -> Outcome:
        """Delete the resources in the embedded emulator, unless they end with it anyway."""
        found = self._leftovers()
        if reason := "the disk is full" if disk.lacks(self.base, disk.NEEDED) else reason_to_start_over(found):
            self.say(f"Deleting the whole sandbox at once, because {reason}")
        if reason or not (found.emulator and found.used):
            return Outcome()
        return self._operate(_deletion)

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
        running = local_sandbox.running(self.home)
        return running.endpoint if running else None

    def resources(self) -> list[Mapping[str, Any]]:
        """Return the resources in the stack's state; none if there is no stack.

        Raises SandboxError if the state can't be read.
        """
        if not self.endpoint():
            return []
        try:
            return self._workspace.state.resources()
        except DamagedStateError as error:
            raise SandboxError(f"The state of the stack can't be read ({error}). To repair it, run: make up") from None

    @property
    def locked(self) -> bool:
        """Whether Pulumi's lock is in the state: an engine is running, or was killed."""
        return self._workspace.state.locked

    def waiting_messages(self) -> dict[str, int]:
        """Count the messages in each queue of the stack: failed launches, and events that were not delivered."""
        endpoint = self.endpoint()
        urls = [str(resource["id"]) for resource in self.resources() if resource["type"] == "aws:sqs/queue:Queue"]
        if not endpoint or not urls:
            return {}
        attribute = "ApproximateNumberOfMessages"
        with environment.replaced(self._workspace.variables(endpoint)):
            sqs = Session(endpoint).client("sqs", REGION)
            return {
                url.rsplit("/", 1)[-1]: int(
                    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"][attribute]
                )
                for url in urls
            }

    def schedules(self) -> list[Mapping[str, Any]]:
        """Return all schedules in the emulator, as ListSchedules returns them; none if it isn't running."""
        endpoint = self.endpoint()
        if not endpoint:
            return []
        with environment.replaced(self._workspace.variables(endpoint)):
            pages = Session(endpoint).client("scheduler", REGION).get_paginator("list_schedules").paginate()
            return [item for page in pages for item in page["Schedules"]]

    # Implementation

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Refuse to run two commands at a time."""
        make_private(self.home)
        make_private(self.base)
        try:
            with private_files(), FileLock(self.base / "lock", mode=FILE, blocking=False):
                # Nobody else can have started an engine here, so it belongs to a command that was killed.
                self._workspace.holder.end(CLI)
                yield
        except Timeout:
            raise SandboxError(
                f"Another command is using this sandbox ({self.base}). Try again when it has finished."
            ) from None

    def _operate(self, run: Operation, *, changes: bool = True) -> Outcome:
        """Run an operation of the engine after repairing what an earlier one left behind."""
        if disk.lacks(self.base, disk.NEEDED):
            raise SandboxError(disk.full(self.base))
        found = self._leftovers()
        endpoint = self._ready_endpoint(found)
        cancel = bool(self.given_endpoint) and found.interrupted
        if cancel and (missing := operation.missing_resources(self._workspace)):
            self.say(advice(endpoint, str(self.base), missing))
        ended = operation.run(self._workspace, run, endpoint, changes=changes, cancel=cancel)
        if self._failed_because_of_its_files(ended, endpoint):
            self._start_over(CANT_USE_STATE)
            ended = operation.run(self._workspace, run, self._started(), changes=changes, cancel=False)
        operation.finish(self._workspace, ended, self.given_endpoint)
        return ended.events.outcome

    def _failed_because_of_its_files(self, ended: operation.Ended, endpoint: str) -> bool:
        """Whether the CLI failed before the engine started, and not because of the user's files."""
        failed = ended.code > 0 and ended.events.outcome.error and not ended.events.any
        return bool(failed) and not self.given_endpoint and not self._workspace.is_usable(endpoint)

    def _leftovers(self) -> Leftovers:
        state = self._workspace.state
        emulator = self.given_endpoint is None and local_sandbox.running(self.home) is not None
        return Leftovers(
            unfinished=self._workspace.marker.exists(),
            locked=state.locked,
            damaged=state.damaged,
            stack=state.checkpoint is not None,
            used=self._workspace.used,
            emulator=emulator,
            hangs=self.given_endpoint is None and not emulator and server.process(self.home).held,
        )

    def _ready_endpoint(self, found: Leftovers) -> str:
        """Return the URL of the emulator. An embedded one is started, or replaced if its state doesn't belong to it."""
        if self.given_endpoint:
            if not server.answers(self.given_endpoint):
                raise SandboxError(f"No emulator answers at {self.given_endpoint}.")
            if found.damaged:
                if not self._workspace.state.restore():
                    raise SandboxError(unreadable(self.given_endpoint, str(self.base)))
                self.say("The state can't be read. Continuing with Pulumi's copy from before the last change")
            return self.given_endpoint
        reason = reason_to_start_over(found)
        if not reason and (running := local_sandbox.running(self.home)):
            return running.endpoint
        self._start_over(reason)
        return self._started()

    def _start_over(self, reason: str) -> None:
        """Stop the embedded emulator, and delete what belongs to its resources."""
        if reason:
            self.say(f"Starting with an empty sandbox, because {reason}")
        server.stop(self.home)
        self._workspace.empty()

    def _started(self) -> str:
        self.say("Starting the local AWS emulator (moto) on 127.0.0.1")
        return server.start(self.home).endpoint

    def _has_state(self) -> bool:
        return self._workspace.state.folder.exists()


def _deletion(stack: auto.Stack, events: Events) -> object:
    return stack.destroy(on_event=events)


def _base(home: Path, endpoint: str) -> Path:
    """The folder for an emulator that was not started here."""
    folder, plain = home / "endpoints", endpoint.rstrip("/")
    # Earlier versions told URLs with and without a slash at the end apart.
    spellings = (plain, endpoint, f"{plain}/")
    found = [folder / quote(spelling, safe="") for spelling in spellings]
    return next((base for base in found if (base / "state").exists()), found[0])
