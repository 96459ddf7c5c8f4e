"""What the runs of one schedule do otherwise than their task definition says, as data."""

import json
from collections.abc import Mapping
from typing import Any

from ..aws.spelling import pascal_keys

Args = Mapping[str, Any]

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""EventBridge Scheduler puts the time in that a run was due at, the same for each delivery."""


def document(args: Args, *, container: str) -> str:
    """RunTask's overrides as canonical JSON, from a schedule's arguments; empty where nothing is overridden."""
    whole = _overrides(args, container)
    return _json(whole) if whole else ""


def execution_input(args: Args, *, schedule: str, container: str) -> str:
    """What a schedule of a supervised task starts its state machine with, as canonical JSON: which schedule, which of
    its times, and RunTask's overrides in Step Functions' spelling."""
    whole = {"schedule": schedule, "time": SCHEDULED_TIME, "overrides": pascal_keys(_overrides(args, container))}
    return _json(whole)


def _overrides(args: Args, container: str) -> dict[str, Any]:
    """RunTask's overrides; empty where nothing is overridden.

    `<aws.scheduler.scheduled-time>` and its like stay as they are written, for EventBridge Scheduler puts values
    in for them (AWS: EventBridge Scheduler user guide, "Adding context attributes").
    AWS: Amazon ECS API reference, TaskOverride and ContainerOverride.
    """
    main: dict[str, Any] = {}
    if "command" in args:
        main["command"] = list(args["command"])
    if args.get("environment"):
        main["environment"] = [{"name": name, "value": value} for name, value in sorted(args["environment"].items())]
    return {
        **({"containerOverrides": [{"name": container, **main}]} if main else {}),
        **{key: str(args[key]) for key in ("cpu", "memory") if key in args},
        **({"ephemeralStorage": {"sizeInGiB": args["ephemeral_storage"]}} if "ephemeral_storage" in args else {}),
    }


def _json(whole: Mapping[str, Any]) -> str:
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
