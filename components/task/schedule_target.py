"""The target and the timing of a schedule in EventBridge Scheduler, as data.

Keys are those of `pulumi_aws.scheduler.Schedule`. Values may be outputs, which are passed on unchanged.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..json_values import Data, Object
from ..passthrough.merging import provider_properties
from ..resolved import CapacityProvider, Retry, ScheduleTimes, Task
from ..schedules import Rate, next_runs, parse
from .catch_up import described

if TYPE_CHECKING:
    from pulumi import Input


def capacity(task: Task) -> Object:
    """The launch type, or the capacity provider strategy: AWS accepts one or the other.

    AWS: Amazon ECS API reference, RunTask.
    """
    if task.strategy:
        return {"capacity_provider_strategies": [strategy_entry(entry) for entry in task.strategy]}
    # Without either, ECS uses the cluster's default strategy.
    return {} if task.launch == "clusterDefault" else {"launch_type": task.launch_type}


def strategy_entry(entry: CapacityProvider) -> Object:
    """One entry of a capacity provider strategy."""
    return {"capacity_provider": entry.provider, "weight": entry.weight, "base": entry.base}


def ecs_parameters(
    task: Task, *, enter: bool, group: str, task_definition_arn: "Input[str]", network: Data | None
) -> Object:
    """RunTask's parameters (AWS: EventBridge Scheduler API reference, EcsParameters).

    ECS tags runs, also with the tags of their task definition, so that you can tell their cost apart.

    Args:
        task: The task.
        enter: Whether ECS Exec is enabled.
        group: The group of the runs in ECS.
        task_definition_arn: The revision that runs.
        network: Subnets and security groups, for the network mode awsvpc.
    """
    optional = {
        "network_configuration": dict(network) if network else None,
        "propagate_tags": "TASK_DEFINITION" if task.propagate_tags else None,
        "enable_execute_command": enter or None,
        "placement_constraints": [_given(type=it.type, expression=it.expression) for it in task.placement_constraints],
        "placement_strategies": [_given(type=it.type, field=it.field) for it in task.placement_strategies],
        "platform_version": None if task.platform_version == "LATEST" else task.platform_version,
    }
    return {
        "task_definition_arn": task_definition_arn,
        "task_count": task.count,
        "group": group,
        "enable_ecs_managed_tags": True,
        **capacity(task),
        **{key: value for key, value in optional.items() if value},
        **provider_properties(task.aws.run_task, "RunTaskRequest"),
    }


def _given(**values: str | None) -> dict[str, str]:
    return {key: value for key, value in values.items() if value is not None}


def target(
    retry: Retry,
    *,
    arn: "Input[str]",
    role_arn: "Input[str]",
    dead_letter_queue_arn: "Input[str]",
    parameters: Data | None,
    text: "Input[str]" = "",
) -> Object:
    """The target of a schedule, with its retries and its dead-letter queue.

    Args:
        retry: Retries of a failed launch.
        arn: The cluster, or the state machine of a supervised task.
        role_arn: The scheduler role.
        dead_letter_queue_arn: The queue for launches whose retries are exhausted.
        parameters: RunTask's parameters, for a cluster.
        text: RunTask's overrides for a cluster, the input for a state machine; empty for none.
    """
    target: Object = {
        "arn": arn,
        "role_arn": role_arn,
        "dead_letter_config": {"arn": dead_letter_queue_arn},
        "retry_policy": {
            "maximum_retry_attempts": retry.attempts,
            "maximum_event_age_in_seconds": retry.max_age,
        },
    }
    if parameters is not None:
        target["ecs_parameters"] = dict(parameters)
    return target if text == "" else {**target, "input": text}


def timing(schedule: ScheduleTimes, *, enabled: bool, now: datetime) -> Object:
    """When a schedule invokes its target, as it is deployed at the time `now`.

    `action_after_completion` is always set: the provider does not notice its removal.
    """
    window, description = schedule.flexible_window, described(schedule.description, schedule.catch_up)
    dates = {"start_date": deployed_start(schedule, now), "end_date": schedule.end}
    return {
        "schedule_expression": schedule.expression,
        "schedule_expression_timezone": schedule.timezone,
        "flexible_time_window": (
            {"mode": "FLEXIBLE", "maximum_window_in_minutes": window // 60} if window else {"mode": "OFF"}
        ),
        "state": "ENABLED" if enabled and schedule.enabled else "DISABLED",
        "action_after_completion": "DELETE" if schedule.delete_after_completion else "NONE",
        **{key: utc(date) for key, date in dates.items() if date},
        **({} if description is None else {"description": description}),
    }


def deployed_start(schedule: ScheduleTimes, now: datetime) -> datetime | None:
    """The start date that a schedule is deployed with at the time `now`: its own, as long as that is in the future.

    AWS refuses past start dates, for new schedules and for changes ("The StartDate you specify cannot be earlier than 5
    minutes ago"). A cron expression then needs none. A rate counts from its start, so it starts at its next run.
    """
    if schedule.start is None or schedule.start > now:
        return schedule.start
    parsed = parse(schedule.expression)
    return next(next_runs(parsed, "UTC", now, start=schedule.start), None) if isinstance(parsed, Rate) else None


def utc(when: datetime) -> str:
    """A time as AWS returns it: in UTC, with `Z`. Another spelling would show as a change on every deployment."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
