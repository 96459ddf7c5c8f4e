"""What EventBridge Scheduler is told: the target of a schedule and its timing, as data.

Keys are those of `pulumi_aws.scheduler.Schedule`; values may be outputs, which are passed on untouched.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..schedules import Rate, durations, next_runs, parse
from ..schedules.of_task import TaskSchedule
from .capacity import runs_on

Args = Mapping[str, Any]

DEFAULT_RETRY_ATTEMPTS = 5
DEFAULT_RETRY_AGE = "1h"
"""AWS's own defaults, 185 attempts and 24 h, can start a nightly task in the following afternoon."""


def capacity(args: Args) -> dict[str, Any]:
    """The launch type, or the capacity provider strategy: AWS takes one or the other.

    AWS: Amazon ECS API reference, RunTask.
    """
    if args.get("launch") == "fargateSpot":
        return {"capacity_provider_strategies": [strategy_entry({"provider": "FARGATE_SPOT"})]}
    if "capacity_providers" in args:
        return {"capacity_provider_strategies": [strategy_entry(entry) for entry in args["capacity_providers"]]}
    return {"launch_type": runs_on(args)}


def strategy_entry(entry: Args) -> dict[str, Any]:
    """One entry of a capacity provider strategy."""
    # AWS's default weight is 0, with which a provider gets no run at all.
    return {
        "capacity_provider": entry["provider"],
        "weight": entry.get("weight", 1),
        "base": entry.get("base", 0),
    }


def ecs_parameters(
    args: Args,
    *,
    group: str,
    task_definition_arn: Any,
    network: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """RunTask's parameters (AWS: EventBridge Scheduler API reference, EcsParameters).

    Runs are tagged by ECS, and with the tags of their task definition, so that their cost can be told apart.
    """
    parameters: dict[str, Any] = {
        "task_definition_arn": task_definition_arn,
        "task_count": args.get("count", 1),
        "group": group,
        "enable_ecs_managed_tags": True,
        **capacity(args),
    }
    optional = {
        "network_configuration": dict(network) if network else None,
        "propagate_tags": "TASK_DEFINITION" if args.get("propagate_tags", True) else None,
        "enable_execute_command": args.get("exec") or None,
        "placement_constraints": list(args.get("placement_constraints", ())) or None,
        "placement_strategies": list(args.get("placement_strategies", ())) or None,
        "platform_version": None if args.get("platform_version") == "LATEST" else args.get("platform_version"),
    }
    return {**parameters, **{key: value for key, value in optional.items() if value is not None}}


def target(
    args: Args,
    *,
    arn: Any,
    role_arn: Any,
    dead_letter_queue_arn: Any,
    parameters: Mapping[str, Any] | None,
    text: str = "",
) -> dict[str, Any]:
    """The target of a schedule, called by the scheduler role, with retries and where exhausted ones go: a cluster, with
    the `parameters` of RunTask and its overrides as `text`; or a state machine, with its input."""
    retry: Args = args.get("retry", {})
    target: dict[str, Any] = {
        "arn": arn,
        "role_arn": role_arn,
        "dead_letter_config": {"arn": dead_letter_queue_arn},
        "retry_policy": {
            "maximum_retry_attempts": retry.get("attempts", DEFAULT_RETRY_ATTEMPTS),
            "maximum_event_age_in_seconds": durations.seconds(retry.get("max_age", DEFAULT_RETRY_AGE)),
        },
    }
    if parameters is not None:
        target["ecs_parameters"] = dict(parameters)
    return {**target, "input": text} if text else target


def timing(schedule: TaskSchedule, *, enabled: bool, now: datetime) -> dict[str, Any]:
    """When a schedule invokes its target, as it is said at the time `now`.

    `action_after_completion` is always said: the provider does not notice when it is removed.
    """
    args = schedule.args
    timing: dict[str, Any] = {
        "schedule_expression": schedule.expression,
        "schedule_expression_timezone": schedule.timezone,
        "flexible_time_window": _window(args.get("flexible_window")),
        "state": "ENABLED" if enabled and args.get("enabled", True) else "DISABLED",
        "action_after_completion": "DELETE" if args.get("delete_after_completion", False) else "NONE",
    }
    start, end = schedule.limits
    dates = {"start_date": begin(schedule.expression, start, now), "end_date": end}
    description = {"description": args["description"]} if "description" in args else {}
    return {**timing, **{key: utc(date) for key, date in dates.items() if date}, **description}


def begin(expression: str, start: datetime | None, now: datetime) -> datetime | None:
    """The start that a schedule is given at the time `now`: its own while that is to come. AWS takes none that has
    passed, neither for a new schedule nor for a change of one ("The StartDate you specify cannot be earlier than 5
    minutes ago"). A cron expression needs none from then on; a rate, which counts from its start, begins at the next of
    its times."""
    if start is None or start > now:
        return start
    parsed = parse(expression)
    return next(next_runs(parsed, "UTC", now, start=start), None) if isinstance(parsed, Rate) else None


def utc(when: datetime) -> str:
    """An instant as AWS gives it back: in UTC, with `Z`. Another spelling would show as a change on every
    deployment."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _window(text: str | None) -> dict[str, Any]:
    if text is None:
        return {"mode": "OFF"}
    return {"mode": "FLEXIBLE", "maximum_window_in_minutes": durations.seconds(text) // 60}
