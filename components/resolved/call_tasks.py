"""A scheduled call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, cast

from .. import args
from ..args import Days, GroupReference, ScheduledCallArgs
from ..aws.names import CallMachine
from ..exceptions.left_out import NO_EXCEPTIONS, Exceptions
from ..hours.times import action_of
from ..keys.resolution import resolves
from .exceptions import Except, exceptions_of
from .schedules import Retry, ScheduleTimes

if TYPE_CHECKING:
    from pulumi import Input


def machine_of(given: Mapping[str, object]) -> CallMachine | None:
    """The state machine that the arguments of a call need."""
    if "hours" in given:
        return "hours"
    snapshot = given.get("snapshot")
    return "keep" if isinstance(snapshot, Mapping) and "keep" in snapshot else None


@resolves(args.CallRetryArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallRetry:
    """Retries of a failed call, as they are given."""

    attempts: int | None
    """None for the default, which depends on the call."""
    max_age: int


@resolves(args.ScheduledCallArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallTask:
    """One scheduled call: a task that makes an API call instead of running a container."""

    DERIVED: ClassVar[frozenset[str]] = frozenset({"group", "retry", "schedules"})

    name: str
    args: ScheduledCallArgs
    """The arguments that it is made from."""
    group: GroupReference | None
    schedules: tuple[ScheduleTimes, ...]
    enabled: bool
    role: Input[str] | None
    """None for a new role."""
    retry: Retry
    except_: Except | None
    only: Days | None
    expect_success_within: int | None
    """Seconds. None for no alarm."""
    tags: Mapping[str, str]

    def in_group(self, group: GroupReference) -> CallTask:
        """The same call as a member of a group."""
        return replace(self, group=group)

    @property
    def exceptions(self) -> Exceptions:
        """The times that its schedules leave out, except for the closings of office hours."""
        return exceptions_of(self.except_, self.only)

    def exceptions_in(self, schedule: ScheduleTimes) -> Exceptions:
        """The times that one of its schedules leaves out. A closing always runs, so that nothing stays open."""
        closes = self.machine == "hours" and action_of(schedule.name or "") == "close"
        return NO_EXCEPTIONS if closes else self.exceptions

    @property
    def machine(self) -> CallMachine | None:
        """The state machine that does the work. None if EventBridge Scheduler makes the call itself."""
        return machine_of(cast("Mapping[str, object]", self.args))

    @property
    def is_paused(self) -> bool:
        """Whether all of its schedules are paused."""
        return not any(schedule.enabled for schedule in self.schedules)
