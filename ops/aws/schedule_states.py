"""Enabling and disabling a schedule without another change."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from components.schedules import Rate, next_runs

from . import errors
from .schedules import understood

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient


def change_state(
    scheduler: "EventBridgeSchedulerClient",
    current: Mapping[str, Any],
    *,
    enabled: bool,
    tell: Callable[[str], None],
) -> None:
    """Change the state of a schedule and nothing else.

    Args:
        scheduler: The client.
        current: The answer of GetSchedule. A caller can change its start.
        enabled: The new state.
        tell: Receives a sentence if AWS refuses the start of the schedule, which is changed then.
    """
    # An update replaces the whole schedule: an omitted setting gets its default (AWS: EventBridge Scheduler API
    # reference, UpdateSchedule). So everything that both calls know is sent back, also what botocore adds later.
    known = scheduler.meta.service_model.operation_model("UpdateSchedule").input_shape
    assert known is not None
    request: Any = {key: value for key, value in current.items() if key in known.members and value is not None}
    request["State"] = "ENABLED" if enabled else "DISABLED"
    start = request.pop("StartDate", None)
    for begin in _starts(current, start, datetime.now(UTC)):
        start_date: Any = {"StartDate": begin} if begin else {}
        try:
            _update(scheduler, {**request, **start_date})
        except scheduler.exceptions.ValidationException as error:
            # A new schedule must not start in the past. AWS doesn't document if that applies to an existing one.
            if begin is None or "startdate" not in str(error).lower():
                raise
        else:
            if start and begin != start:
                became = f"changed to {begin.isoformat()}, which keeps its times" if begin else "removed"
                tell(
                    f"{request['Name']}: AWS doesn't accept its start {start.isoformat()}, which is in the past. It "
                    f"was {became}."
                )
            break


def _update(scheduler: "EventBridgeSchedulerClient", request: Any) -> None:
    """Update a schedule. If the answer is lost, read the schedule to see if the update took effect."""
    try:
        scheduler.update_schedule(**request)
    except Exception as error:
        if not errors.is_uncertain(error):
            raise
        try:
            found = scheduler.get_schedule(GroupName=request["GroupName"], Name=request["Name"])
        except Exception:
            raise error from None
        if found["State"] != request["State"] or found.get("StartDate") != request.get("StartDate"):
            raise


def _starts(current: Mapping[str, Any], start: datetime | None, now: datetime) -> Iterator[datetime | None]:
    """Yield the start dates to try until AWS accepts one: the current one, then for a rate, which counts from its
    start, its next time, then none."""
    if start:
        yield start
        expression = understood(current["ScheduleExpression"])
        if isinstance(expression, Rate):
            yield from islice(next_runs(expression, "UTC", now, start=start, end=current.get("EndDate")), 1)
    yield None
