"""Switches from the old side to the new one, and back.

Both directions have the same steps: save the change, enable the other side, check that, disable this side. If the last
step fails, the first one is taken back: this side is read, enabled if need be, and then the other one is disabled. At
each instant at least one side is enabled.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...aws import errors
from ...aws.deployment import Deployment
from ...aws.schedule_states import change_state
from ...errors import OpsError
from .gaps import SWITCH
from .planning import Move
from .undo import Change, UndoFile

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import TargetOutputTypeDef


class SwitchError(OpsError):
    """A switch that failed. The message tells which side is enabled.

    Args:
        message: One or more sentences.
        restored: Whether everything is the same as before the switch.
    """

    def __init__(self, message: str, *, restored: bool):
        super().__init__(message)
        self.restored = restored


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a switch.

    Args:
        words: The side as a phrase, such as `rule nightly`.
        is_on: Reads whether all of it is enabled.
        is_off: Reads whether all of it is disabled.
        turn: Enables or disables it.
    """

    words: str
    is_on: Callable[[], bool]
    is_off: Callable[[], bool]
    turn: Callable[[bool], None]


def switch(begin: Side, end: Side, deadline: datetime | None, clock: Callable[[], datetime]) -> None:
    """Enable a side and disable the other one.

    Args:
        begin: The side to enable.
        end: The side to disable. It is enabled.
        deadline: The end of the gap. None without a limit.
        clock: Returns the current time.

    Raises SwitchError.
    """
    try:
        begin.turn(True)
        _check_begun(begin, deadline, clock())
        end.turn(False)
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        if errors.is_uncertain(error) and _is(end.is_off) and _is(begin.is_on):
            return
        _take_back(begin, end, line)


def _check_begun(begin: Side, deadline: datetime | None, now: datetime) -> None:
    """Raise OpsError if the other side must not be disabled."""
    if not begin.is_on():
        raise OpsError(f"AWS doesn't report {begin.words} as enabled yet. Try again.")
    if deadline is not None and now + SWITCH / 3 > deadline:
        raise OpsError("AWS was too slow for this gap. Try again.")


def _is(state: Callable[[], bool]) -> bool:
    """Whether AWS reports a state. False if it can't be read."""
    try:
        return state()
    except Exception as error:
        if errors.explained(error) is None:
            raise
        return False


def _take_back(begin: Side, end: Side, line: str) -> None:
    """Make sure that the side to disable is enabled, then disable the other one again. Raises SwitchError."""
    again = "To continue, run the command again."
    if not _is(end.is_on):
        with suppress(OpsError):
            _try(lambda: end.turn(True))
        if not _is(end.is_on):
            raise SwitchError(
                f"{line} It isn't known if {end.words} is enabled. {begin.words} may be enabled too. {again}",
                restored=False,
            )
    try:
        _try(lambda: begin.turn(False))
    except OpsError as error:
        raise SwitchError(
            f"{line} {begin.words} could not be disabled again: {error} Both are enabled, so each run starts twice. "
            f"{again}",
            restored=False,
        ) from None
    raise SwitchError(f"{line} Nothing was changed: {end.words} is enabled.", restored=True)


def _try(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        raise OpsError(line) from None


@dataclass(frozen=True, slots=True)
class Switcher:
    """Makes the changes in AWS.

    Args:
        deployment: The stack.
        undo: The undo file.
        clock: Returns the current time.
        tell: Receives sentences for the user.
    """

    deployment: Deployment
    undo: UndoFile
    clock: Callable[[], datetime]
    tell: Callable[[str], None]

    def cut_over(self, move: Move) -> None:
        """Enable the new schedules, and disable the old rule or schedule, or remove its targets. Raises SwitchError."""
        origin = move.pairs[0].origin
        schedules = {pair.task: pair.new.names for pair in move.pairs if pair.new}
        kind = origin.kind if move.whole else "target"
        target = {} if move.whole else self._target(origin.place, origin.name, origin.target)
        change = Change(kind, origin.place, origin.name, schedules, target)
        self.undo.add(change)
        switch(self._new(change), self._old(change), move.deadline, self.clock)

    def undo_change(self, change: Change, deadline: datetime | None) -> None:
        """Enable the old side again, and disable the new schedules. Raises SwitchError."""
        self.undo.begin_undo(change, self.clock())
        switch(self._old(change), self._new(change), deadline, self.clock)
        self.undo.remove(change)

    def old_runs(self, change: Change) -> bool:
        """Whether the old side of a change is enabled. False if it can't be read."""
        return _is(self._old(change).is_on)

    def _new(self, change: Change) -> Side:
        group = self.deployment.name

        def states() -> list[bool]:
            return [enabled for name in change.names if (enabled := self._enabled(group, name)) is not None]

        def turn(on: bool) -> None:
            for name in change.names:
                self._turn(group, name, on=on)

        words = f"schedule {', '.join(change.names)} of the stack"
        return Side(words, lambda: all(states()), lambda: not any(states()), turn)

    def _old(self, change: Change) -> Side:
        place, name = change.place, change.name
        if change.kind == "schedule":
            return Side(
                f"the old {change.words}",
                lambda: self._enabled(place, name) is True,
                lambda: self._enabled(place, name) is False,
                lambda on: self._turn(place, name, on=on, required=on),
            )
        if change.kind == "rule":
            return Side(
                f"the old {change.words}",
                lambda: self._rule_enabled(place, name),
                lambda: not self._rule_enabled(place, name),
                lambda on: self._turn_rule(place, name, on=on),
            )
        identifier = str(change.target["Id"])
        return Side(
            f"the old {change.words}",
            lambda: self._has_target(place, name, identifier) and self._rule_enabled(place, name),
            lambda: not self._has_target(place, name, identifier),
            lambda on: self._turn_target(change, on=on),
        )

    # Schedules

    def _enabled(self, group: str, name: str) -> bool | None:
        """Whether a schedule is enabled. None if it doesn't exist."""
        scheduler = self.deployment.client("scheduler")
        try:
            return scheduler.get_schedule(GroupName=group, Name=name)["State"] == "ENABLED"
        except scheduler.exceptions.ResourceNotFoundException:
            return None

    def _turn(self, group: str, name: str, *, on: bool, required: bool = False) -> None:
        scheduler = self.deployment.client("scheduler")
        try:
            current = scheduler.get_schedule(GroupName=group, Name=name)
        except scheduler.exceptions.ResourceNotFoundException:
            if required:
                raise OpsError(f"The schedule {name} doesn't exist any more. Create it again.") from None
            return
        if (current["State"] == "ENABLED") != on:
            change_state(scheduler, current, enabled=on, tell=self.tell)

    # Rules

    def _rule_enabled(self, bus: str, name: str) -> bool:
        return self.deployment.client("events").describe_rule(Name=name, EventBusName=bus).get("State") != "DISABLED"

    def _turn_rule(self, bus: str, name: str, *, on: bool) -> None:
        events = self.deployment.client("events")
        if on:
            events.enable_rule(Name=name, EventBusName=bus)
        else:
            events.disable_rule(Name=name, EventBusName=bus)

    def _targets(self, bus: str, name: str) -> "list[TargetOutputTypeDef]":
        pages = self.deployment.client("events").get_paginator("list_targets_by_rule")
        return [target for page in pages.paginate(Rule=name, EventBusName=bus) for target in page["Targets"]]

    def _target(self, bus: str, name: str, identifier: str) -> dict[str, object]:
        saved = next((each.target for each in self.undo.changes if each.key == ("target", bus, name, identifier)), None)
        found = next((target for target in self._targets(bus, name) if target["Id"] == identifier), None)
        if found is None and saved is None:
            raise SwitchError(f"The rule {name} has no target {identifier}. Nothing was changed.", restored=True)
        whole: Any = found if found is not None else saved
        return dict(whole)

    def _has_target(self, bus: str, name: str, identifier: str) -> bool:
        return any(target["Id"] == identifier for target in self._targets(bus, name))

    def _turn_target(self, change: Change, *, on: bool) -> None:
        events = self.deployment.client("events")
        target: Any = dict(change.target)
        if on:
            answer: Any = events.put_targets(Rule=change.name, EventBusName=change.place, Targets=[target])
        else:
            answer = events.remove_targets(Rule=change.name, EventBusName=change.place, Ids=[target["Id"]])
        _check_entries(answer.get("FailedEntries") or [])
        if on and not self._rule_enabled(change.place, change.name):
            raise OpsError(f"The rule {change.name} is disabled, so its target has no effect. Undo its other tasks.")


def _check_entries(failed: Sequence[Any]) -> None:
    """Raise OpsError if AWS refused a target: it answers such a call without an error."""
    if failed:
        raise OpsError(f"AWS refused the target: {failed[0].get('ErrorCode')}: {failed[0].get('ErrorMessage')}")
