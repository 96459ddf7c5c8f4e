"""One-time schedules that commands create: with the target and the role of a schedule, so that the operator needs no
right on what it starts. EventBridge Scheduler deletes them after their invocation. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from ..aws.deployment import Deployment
from ..aws.schedules import Schedule
from .request import LaunchContext

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import CreateScheduleInputTypeDef

_LONGEST_DESCRIPTION = 512
"""AWS: botocore scheduler, Description."""


def one_time_schedule(
    deployment: Deployment, schedule: Schedule, context: LaunchContext, *, name: str, at: datetime, description: str
) -> "CreateScheduleInputTypeDef":
    """Return the request for a one-time schedule that invokes the target of a schedule.

    Args:
        deployment: The deployment.
        schedule: The schedule with the target.
        context: The scheduled time and the ARN that the target gets in place of its own.
        name: Name of the one-time schedule.
        at: When it invokes the target. EventBridge Scheduler is precise to a minute.
        description: Its description. It is cut to the longest that AWS accepts.
    """
    request: dict[str, object] = {
        "GroupName": deployment.name,
        "Name": name,
        "Description": description[:_LONGEST_DESCRIPTION],
        "ScheduleExpression": f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "State": "ENABLED",
        "Target": _target(schedule.target, context),
        **({"KmsKeyArn": schedule.kms_key_arn} if schedule.kms_key_arn else {}),
    }
    return cast("CreateScheduleInputTypeDef", request)


def _target(target: Mapping[str, Any], context: LaunchContext) -> dict[str, Any]:
    if "Input" not in target:
        return dict(target)
    known = {"schedule-arn": context.schedule_arn, "scheduled-time": context.scheduled_time}
    text: str = target["Input"]
    for keyword, value in known.items():
        text = text.replace(f"<aws.scheduler.{keyword}>", value)
    return {**target, "Input": text}
