"""What the runs of one schedule do otherwise than their task definition says, as data."""

import json
from collections.abc import Mapping
from typing import Any

Args = Mapping[str, Any]


def document(args: Args, *, container: str) -> str:
    """RunTask's overrides as canonical JSON, from a schedule's arguments; empty where nothing is overridden.

    `<aws.scheduler.scheduled-time>` and its like stay as they are written, for EventBridge Scheduler puts values
    in for them (AWS: EventBridge Scheduler user guide, "Adding context attributes").
    AWS: Amazon ECS API reference, TaskOverride and ContainerOverride.
    """
    main: dict[str, Any] = {}
    if "command" in args:
        main["command"] = list(args["command"])
    if args.get("environment"):
        main["environment"] = [{"name": name, "value": value} for name, value in sorted(args["environment"].items())]
    whole = {
        **({"containerOverrides": [{"name": container, **main}]} if main else {}),
        **{key: str(args[key]) for key in ("cpu", "memory") if key in args},
        **({"ephemeralStorage": {"sizeInGiB": args["ephemeral_storage"]}} if "ephemeral_storage" in args else {}),
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if whole else ""
