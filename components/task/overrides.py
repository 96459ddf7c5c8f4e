"""Overrides of the task definition for the runs of one schedule, as data."""

import json

from ..aws.spelling import pascal_keys
from ..json_values import Data, Object
from ..resolved import Schedule

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""EventBridge Scheduler replaces it with the scheduled time, which is the same for each delivery."""


def document(schedule: Schedule, *, container: str) -> str:
    """RunTask's overrides as canonical JSON; empty if the schedule overrides nothing."""
    whole = run_overrides(schedule, container=container)
    return _json(whole) if whole else ""


def execution_input(schedule: Schedule, *, name: str, container: str) -> str:
    """The input of the state machine of a supervised task, as canonical JSON.

    It holds the name of the schedule, the scheduled time, and RunTask's overrides in the spelling of Step Functions.
    """
    overrides = pascal_keys(run_overrides(schedule, container=container))
    return _json({"schedule": name, "time": SCHEDULED_TIME, "overrides": overrides})


def run_overrides(schedule: Schedule, *, container: str) -> Object:
    """RunTask's overrides; empty if the schedule overrides nothing.

    Context attributes such as `<aws.scheduler.scheduled-time>` stay as they are, for EventBridge Scheduler replaces
    them (AWS: EventBridge Scheduler user guide, "Adding context attributes"). AWS: Amazon ECS API reference,
    TaskOverride and ContainerOverride."""
    main: Object = {}
    if schedule.command is not None:
        main["command"] = list(schedule.command)
    if schedule.environment:
        main["environment"] = [{"name": name, "value": value} for name, value in sorted(schedule.environment.items())]
    sizes = {"cpu": schedule.cpu, "memory": schedule.memory}
    storage = schedule.ephemeral_storage
    return {
        **({"containerOverrides": [{"name": container, **main}]} if main else {}),
        **{key: str(size) for key, size in sizes.items() if size is not None},
        **({} if storage is None else {"ephemeralStorage": {"sizeInGiB": storage}}),
    }


def _json(whole: Data) -> str:
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
