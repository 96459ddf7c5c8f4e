"""Makes a scheduled call once: a one-time schedule with the same target and role, so that the operator needs no right
on the called resource."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from components.aws.names import named_schedule
from components.json_values import mapping, read_json
from components.supervised.exceptions import COVERED_UNTIL, EXCEPT

from ..aws.deployment import Deployment
from ..aws.schedules import ONCE, Schedule, call_in_words
from .one_time import one_time_schedule
from .request import LaunchContext

_SOON = timedelta(minutes=1)
"""Time until the call. EventBridge Scheduler is precise to a minute. AWS: EventBridge Scheduler user guide, "Schedule
types"."""


@dataclass(frozen=True, slots=True)
class OneTimeCall:
    """A call that EventBridge Scheduler will make."""

    schedule: str
    """Name of the one-time schedule, which AWS deletes after the call."""
    time: datetime
    call: str
    existed: bool
    """Whether an earlier request created it."""

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {"schedule": self.schedule, "time": self.time, "call": self.call}


def call_once(
    deployment: Deployment, task: str, schedule: Schedule, context: LaunchContext, *, who: str, now: datetime
) -> OneTimeCall:
    """Create a one-time schedule that makes the call of a schedule, but only one per `context.execution_id`.

    It passes the scheduled time of `context`. A client token that is made of the time is then that of the failed call,
    so AWS ignores the call if the failed one had an effect. The times that the schedule leaves out count only for the
    call in place of a failed one.
    """
    digest = hashlib.sha256(context.execution_id.encode()).hexdigest()[:8]
    if schedule.has_call_machine and not context.delivered:
        # The times that are left out are for the scheduled times. A call by hand is always made.
        schedule = _without_exceptions(schedule)
    name, at = named_schedule(task, f"{ONCE}{digest}"), (now + _SOON).astimezone(UTC).replace(microsecond=0)
    made_by = f"Made by {who} with scheduled-tasks: {task}"
    request = one_time_schedule(deployment, schedule, context, name=name, at=at, description=made_by)
    scheduler, existed = deployment.client("scheduler"), False
    try:
        scheduler.create_schedule(**{**request, "ClientToken": f"{ONCE}{digest}"})
    except scheduler.exceptions.ConflictException:
        existed = True
    return OneTimeCall(name, at, call_in_words(schedule.target_arn), existed)


def _without_exceptions(schedule: Schedule) -> Schedule:
    """Return a schedule that leaves out nothing. An input that somebody has changed by hand stays."""
    if not schedule.exceptions:
        return schedule
    given = mapping(read_json(schedule.input))
    kept = {name: value for name, value in given.items() if name not in (EXCEPT, COVERED_UNTIL)}
    return replace(schedule, target={**schedule.target, "Input": json.dumps(kept, sort_keys=True)})
