"""One operation of the engine: run it, and say what it left behind if it did not end well."""

import errno
import gc
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pulumi import automation as auto

from . import disk
from .errors import DISK_FULL
from .events import Events
from .plugin.journal import keep, unfinished
from .recovery import PROVIDER_ENDED, STARTS_OVER, advice, killed
from .state import DamagedStateError
from .workspace import Workspace

Operation = Callable[[auto.Stack, Events], object]


@dataclass(frozen=True, slots=True)
class Ended:
    """How an operation ended.

    Arguments:
        events: Its events.
        code: The exit code of the engine; negative: the signal that killed it.
        full: A description of the full disk that canceled it; empty if the disk was not full.
    """

    events: Events
    code: int
    full: str = ""

    @property
    def why(self) -> str:
        """The error in words: a full disk, a killed engine, a killed provider, or what the engine reports."""
        if self.full:
            return self.full
        if self.code < 0:
            return killed(self.code)
        if self.events.provider_ended:
            return PROVIDER_ENDED
        error = self.events.outcome.error
        return f"{error}\n{DISK_FULL}" if os.strerror(errno.ENOSPC).lower() in error.lower() else error


def run(workspace: Workspace, operation: Operation, endpoint: str, *, changes: bool, cancel: bool) -> Ended:
    """Run an operation.

    Args:
        workspace: The files of the stack.
        operation: Calls the Automation API.
        endpoint: The URL of the emulator.
        changes: Whether the operation changes resources or the state. The marker shows that, until it is removed. Each
            change is printed when it begins.
        cancel: Release the lock of an engine that was killed.
    """
    events, gc_enabled = Events(workspace.say, steps=changes), gc.isenabled()
    if changes:
        workspace.marker.touch(mode=0o600)
    code, full = 0, ""
    try:
        with workspace.engine(endpoint) as command:
            try:
                stack = workspace.stack(command)
                if cancel:
                    workspace.say("The last command was interrupted. Releasing its lock")
                    stack.cancel()
                    # Otherwise Pulumi always warns about the creations that were running. The journal names them.
                    stack.refresh(clear_pending_creates=True)
                operation(stack, events)
            finally:
                code, full = command.code, disk.filled(workspace.base) if command.disk_filled else ""
    except auto.CommandError as error:
        events.outcome.error = events.errors or _text(error)
    finally:
        # The program disables it for its own process, but this process continues.
        if gc_enabled:
            gc.enable()
    return Ended(events, code, full)


def finish(workspace: Workspace, ended: Ended, given_endpoint: str | None) -> None:
    """Keep the marker if the next operation can't simply continue, and add to the error what to do.

    An embedded sandbox starts over if its emulator may have resources that its state doesn't have. With a given
    emulator, the user decides.
    """
    outcome = ended.events.outcome
    missing, damaged = _missing(workspace) if outcome.error else ({}, False)
    with suppress(OSError):
        # On a full disk, the error is more important.
        keep(workspace.journal, missing)
    stuck = ended.code < 0 or damaged
    if not given_endpoint:
        # The official provider keeps no journal.
        unknown = ended.events.provider_ended and workspace.plugin == "official"
        stuck = stuck or unknown or bool(missing)
    if outcome.error:
        starts_over = stuck and not given_endpoint and workspace.marker.exists()
        what_to_do = advice(given_endpoint, str(workspace.base), missing) if given_endpoint else ""
        lines = (ended.why, STARTS_OVER if starts_over else "", what_to_do)
        outcome.error = "\n".join(line for line in lines if line)
    if not stuck:
        workspace.marker.unlink(missing_ok=True)


def missing_resources(workspace: Workspace) -> dict[str, str]:
    """Return the resources that may exist without being in the state: their names in AWS, by URN."""
    return _missing(workspace)[0]


def _missing(workspace: Workspace) -> tuple[dict[str, str], bool]:
    """The same, and whether the state can't be read."""
    try:
        return unfinished(workspace.journal, workspace.state.urns), False
    except DamagedStateError:
        return unfinished(workspace.journal, ()), True


def _text(error: auto.CommandError) -> str:
    """The CLI's own words of an error for which there is no event."""
    _, separator, text = str(error).partition("\n stderr: ")
    lines = [line.removeprefix("error: ") for line in text.strip().splitlines()] if separator else []
    return "\n".join(lines) or str(error)
