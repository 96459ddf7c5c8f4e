"""Tells whether a running execution of a supervised task waits, by the newest events of its history. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from components.json_values import mapping, read_json, value_at
from components.supervised.lock import lock_key

from ..output import short_time

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

EVENTS = 100
"""The newest events that tell what an execution waits for. One try to get a lease and a lock takes about 25."""
_LOCK = "Wait for lock"
_QUEUE, _EARLIER_RUN = "its turn in the queue", "an earlier run to end"
_LEFT_RUN = "the last holder of its lock to stop"
_OWN_RUN = "its own run to stop"
_UNSEEN_RUN = "ECS to show if its failed launch started a run"
_WAITS: Mapping[str, str] = {
    "Wait in queue": _QUEUE,
    _LOCK: "its lock",
    "Wait for the lease": _EARLIER_RUN,
    "Wait to see other runs": _EARLIER_RUN,
    "Wait for other runs": _EARLIER_RUN,
    "Wait to see runs left": _LEFT_RUN,
    "Wait for runs left": _LEFT_RUN,
    "Wait to see own run": _OWN_RUN,
    "Wait for own run": _OWN_RUN,
    "Wait before cleanup": _UNSEEN_RUN,
    "Wait for the list": _UNSEEN_RUN,
}
"""The reason of each state that waits, after "waiting for"."""
_LAUNCH = re.compile(r"Wait \d+ s before launch")
_ATTEMPT = re.compile(r"Pause before (attempt \d+)")
_TRY = re.compile(
    "Enter queue|Leave queue|Acquire|Take over|Lease held|Request lease|Acquire lock|Ask for lock|Lock held"
    "|Take over lock"
    "|(?:Find|Found|Describe|Select|Stop|Check|Stopped) (?:other runs|runs left|own run)"
)
"""States between two waits. An execution that tries again still waits."""
_FROM_START = (_QUEUE, _EARLIER_RUN)
"""Waits that begin at the start of an execution, unless it has already done something else."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait of a run.

    Args:
        what: The reason, for example `the lock orders-db`.
        since: When it began to wait. It can have begun earlier if it has tried more often than `EVENTS` show.
        after_start: Whether its ECS task can be running: it waits for the end of this task.
    """

    what: str
    since: datetime
    after_start: bool = False

    @property
    def words(self) -> str:
        """For example `waiting for the lock orders-db since 11-24 03:00Z`."""
        return f"waiting for {self.what} since {short_time(self.since)}"

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {"for": self.what, "since": self.since}


def waits_for(state: str, lock: str = "") -> str | None:
    """Return the reason why an execution in this state waits. None if it doesn't.

    Args:
        state: The name of the state.
        lock: The name of the task's lock, if it is known.
    """
    if state == _LOCK and lock:
        return f"the lock {lock}"
    if _LAUNCH.fullmatch(state):
        return "its next launch"
    if attempt := _ATTEMPT.fullmatch(state):
        return attempt[1]
    return _WAITS.get(state)


def waiting(events: "Iterable[HistoryEventTypeDef]", started: datetime | None) -> Waiting | None:
    """Return the wait of an execution. None if it doesn't wait.

    Args:
        events: The newest events of its history, in any order.
        started: The start of the execution.
    """
    newest = sorted(events, key=lambda event: event["id"], reverse=True)
    lock = _lock(newest)
    entered = [
        (details["name"], event["timestamp"])
        for event in newest
        if (details := event.get("stateEnteredEventDetails")) and not _TRY.fullmatch(details["name"])
    ]
    what = waits_for(entered[0][0], lock) if entered else None
    if what is None:
        return None
    times = [time for _, time in takewhile(lambda each: waits_for(each[0], lock) == what, entered)]
    since = times[-1]
    if entered[0][0] == _LOCK:
        since = _waited(newest, since) or since
    elif what in _FROM_START and started and len(times) == len(entered):
        since = started
    return Waiting(what, since, after_start=what in (_OWN_RUN, _UNSEEN_RUN))


def _waited(newest: "Sequence[HistoryEventTypeDef]", first_entry: datetime) -> datetime | None:
    """When an execution began to wait for its lock, by the seconds in its variable. None before the first try.

    AWS: Step Functions API reference, StateExitedEventDetails, `assignedVariables`.

    Args:
        newest: The newest events, the newest first.
        first_entry: The first of its entries of this wait that the events show. An earlier exit ended another wait.
    """
    exits = (
        (event["timestamp"], details.get("assignedVariables", {}).get("lockWaited", ""))
        for event in newest
        if (details := event.get("stateExitedEventDetails")) and details["name"] == _LOCK
    )
    time, seconds = next(exits, (first_entry, ""))
    try:
        return time - timedelta(seconds=float(seconds)) if time >= first_entry else None
    except (ValueError, OverflowError):
        return None


def _lock(newest: "Sequence[HistoryEventTypeDef]") -> str:
    """The name of the lock in the last request for it. Empty without one.

    AWS: Step Functions API reference, TaskScheduledEventDetails, `parameters`.
    """
    for event in newest:
        details = event.get("taskScheduledEventDetails")
        if not details:
            continue
        try:
            key = value_at(mapping(read_json(details["parameters"])), "Key", "id", "S")
        except ValueError:
            continue
        if isinstance(key, str) and key.startswith(lock_key("")):
            return key.removeprefix(lock_key(""))
    return ""
