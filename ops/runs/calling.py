"""Makes a scheduled call once: a one-time schedule with the same target and role, so that the operator needs no right
on the called resource."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from components.aws.names import named_schedule

from ..aws.deployment import Deployment
from ..aws.schedules import ONCE, Schedule, call_in_words
from .request import LaunchContext

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import CreateScheduleInputTypeDef

_SOON = timedelta(minutes=1)
"""Time until the call. EventBridge Scheduler is precise to a minute. AWS: EventBridge Scheduler user guide, "Schedule
types"."""
_LONGEST_DESCRIPTION = 512
"""AWS: botocore scheduler, Description."""


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
    so AWS ignores the call if the failed one had an effect.
    """
    digest = hashlib.sha256(context.execution_id.encode()).hexdigest()[:8]
    name, at = named_schedule(task, f"{ONCE}{digest}"), (now + _SOON).astimezone(UTC).replace(microsecond=0)
    request: dict[str, object] = {
        "GroupName": deployment.name,
        "Name": name,
        "Description": f"Made by {who} with scheduled-tasks: {task}"[:_LONGEST_DESCRIPTION],
        "ScheduleExpression": f"at({at:%Y-%m-%dT%H:%M:%S})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "ClientToken": f"{ONCE}{digest}",
        "Target": _target(schedule.target, context),
        **({"KmsKeyArn": schedule.kms_key_arn} if schedule.kms_key_arn else {}),
    }
    scheduler, existed = deployment.client("scheduler"), False
    try:
        scheduler.create_schedule(**cast("CreateScheduleInputTypeDef", request))
    except scheduler.exceptions.ConflictException:
        existed = True
    return OneTimeCall(name, at, call_in_words(schedule.target_arn), existed)


def _target(target: Mapping[str, Any], context: LaunchContext) -> dict[str, Any]:
    if "Input" not in target:
        return dict(target)
    known = {"schedule-arn": context.schedule_arn, "scheduled-time": context.scheduled_time}
    text: str = target["Input"]
    for keyword, value in known.items():
        text = text.replace(f"<aws.scheduler.{keyword}>", value)
    return {**target, "Input": text}
