"""Describes the differences between AWS and a stack's configuration. Pure functions.

A difference means that either someone changed a resource in AWS, or the configuration isn't deployed yet. These
functions can't tell which.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from components.aws.names import GroupNames, family_of
from components.schedules import durations
from components.schedules.of_task import TaskSchedule
from components.supervised.language import Supervised
from components.supervised.machine import definition
from components.supervised.run_task import pascal
from components.supervised.settings import SUPERVISED_GROUP, is_supervised, supervision
from components.task import overrides
from components.task.definition import CONTAINER_NAME, deciding_container
from components.task.schedule_target import DEFAULT_RETRY_AGE, DEFAULT_RETRY_ATTEMPTS, begin, capacity, timing, utc

from ..aws.schedules import Schedule
from ..runs.records import last_part

Data = Mapping[str, Any]

_AWS_RETRY = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400}
"""AWS's defaults. AWS: EventBridge Scheduler API reference, RetryPolicy."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The settings that all schedules of a stack share, according to its configuration."""

    names: GroupNames
    network: Data
    """`Subnets` and `SecurityGroups`, if they are known."""


def state_difference(*, expected: bool, actual: bool, by_hand: bool) -> str:
    """Describe the difference of a schedule's state. Empty if there is none."""
    if expected == actual:
        return ""
    if actual:
        return "enabled in AWS, paused in the configuration"
    return "paused by hand" if by_hand else "disabled in AWS, enabled in the configuration"


def schedule_differences(
    schedule: Schedule, wanted: TaskSchedule, *, task: str, shared: Shared, now: datetime
) -> list[str]:
    """Describe the differences of a schedule, by configuration key."""
    supervised = is_supervised(wanted.task)
    differences = [*_timing(schedule, wanted, now), *_delivery(schedule, wanted, shared)]
    if schedule.supervised and not supervised:
        return [
            *differences,
            "its target is a state machine, but the configuration has no timeout, overlap or retryRun",
        ]
    if supervised:
        return [*differences, *_execution(schedule, wanted, task, shared)]
    if not schedule.parameters:
        return [*differences, f"target is {schedule.target_arn}, which runs no ECS task"]
    return [*differences, *_target(schedule, wanted, task, shared)]


def _timing(schedule: Schedule, wanted: TaskSchedule, now: datetime) -> Iterator[str]:
    expected = timing(wanted, enabled=True, now=now)
    if schedule.expression != expected["schedule_expression"]:
        yield f"schedule is {schedule.expression}"
    if schedule.timezone != expected["schedule_expression_timezone"]:
        yield f"timezone is {schedule.timezone}"
    if schedule.window_minutes != expected["flexible_time_window"].get("maximum_window_in_minutes"):
        yield f"flexibleWindow is {f'{schedule.window_minutes}m' if schedule.window_minutes else 'off'}"
    # A start in the past may still be deployed.
    dates = {"start": (schedule.start, begin(wanted.expression, schedule.start, now)), "end": (schedule.end,) * 2}
    for key, (actual, compared) in dates.items():
        if (utc(compared) if compared else None) != expected.get(f"{key}_date"):
            yield f"{key} is {utc(actual) if actual else 'not set'}"


def _delivery(schedule: Schedule, wanted: TaskSchedule, shared: Shared) -> Iterator[str]:
    """Compare what all targets have: role, retries and dead-letter queue."""
    role = last_part(schedule.role_arn)
    if role != shared.names.role("scheduler"):
        yield f"role is {role}"
    queue = last_part(schedule.dead_letter_queue_arn, ":")
    if queue != shared.names.dead_letter_queue:
        yield f"dead-letter queue is {queue or 'not set'}"
    retry = {**_AWS_RETRY, **schedule.target.get("RetryPolicy", {})}
    if retry != _retry(wanted.task):
        yield f"retry is {retry['MaximumRetryAttempts']} attempts in {retry['MaximumEventAgeInSeconds']}s"


def _target(schedule: Schedule, wanted: TaskSchedule, task: str, shared: Shared) -> Iterator[str]:
    args = wanted.task
    given = schedule.parameters
    if schedule.task_count != args.get("count", 1):
        yield f"count is {schedule.task_count}"
    if given.get("Group") != task:
        yield f"group is {given.get('Group') or 'not set'} (status, history and alarms miss its runs)"
    if _capacity(given) != _expected_capacity(args):
        yield f"launch is {_capacity(given)}"
    yield from _network(given.get("NetworkConfiguration", {}).get("awsvpcConfiguration", {}), shared)
    document = overrides.document(wanted.args, container=deciding_container(args))
    if _decoded(schedule.input) != _decoded(document):
        yield _OVERRIDES_DIFFER


def _execution(schedule: Schedule, wanted: TaskSchedule, task: str, shared: Shared) -> Iterator[str]:
    """Compare the target of a supervised task."""
    if (target := last_part(schedule.target_arn, ":")) != shared.names.state_machine(task):
        yield f"target is {target}, not the task's state machine"
    document = overrides.execution_input(wanted.args, schedule=schedule.name, container=deciding_container(wanted.task))
    if _decoded(schedule.input) != _decoded(document):
        yield _OVERRIDES_DIFFER


def machine_differences(actual: Data, args: Data, *, task: str, shared: Shared) -> list[str]:
    """Describe the differences of a supervised task's state machine."""
    run = run_arguments(actual)
    if not run.keys() >= {"Cluster", "TaskDefinition"}:
        return ["the state machine differs: its state `Run` starts no ECS task"]
    given = {key: value for key, value in run.items() if key != "Overrides"}
    made = Supervised(
        task=task,
        container=deciding_container(args),
        prefix=shared.names.prefix,
        table=shared.names.lease_table,
        settings=supervision(args),
        run=given,
    )
    differences = list(_network(given.get("NetworkConfiguration", {}).get("AwsvpcConfiguration", {}), shared))
    if _capacity(given) != _expected_capacity(args):
        differences.append(f"launch is {_capacity(given)}")
    if given.get("Group") != f"{SUPERVISED_GROUP}{task}":
        differences.append(f"group is {given.get('Group') or 'not set'} (status and history miss its runs)")
    if _decoded(definition(made)) != actual:
        differences.append("the state machine differs: timeout, overlap, retries or version")
    return differences


def run_arguments(definition: Data) -> Data:
    """Return the parameters of RunTask in a state machine."""
    run: Data = definition.get("States", {}).get("Run", {})
    return run.get("Arguments", {})


def _network(actual: Data, shared: Shared) -> Iterator[str]:
    for key, label in (("Subnets", "subnets are"), ("SecurityGroups", "security groups are")):
        found = sorted(actual.get(key, ()))
        # Without awsvpc networking, a run has no network configuration.
        if actual and key in shared.network and found != sorted(shared.network[key]):
            yield f"{label} {', '.join(found) or 'not set'}"


_OVERRIDES_DIFFER = "command, environment, cpu or memory of the schedule differ"


def _retry(args: Data) -> dict[str, int]:
    retry: Data = args.get("retry", {})
    return {
        "MaximumRetryAttempts": retry.get("attempts", DEFAULT_RETRY_ATTEMPTS),
        "MaximumEventAgeInSeconds": durations.seconds(retry.get("max_age", DEFAULT_RETRY_AGE)),
    }


def _capacity(given: Data) -> str:
    # EventBridge Scheduler and Step Functions spell the keys differently.
    strategy = pascal(given.get("CapacityProviderStrategy", ()))
    items = [(item["CapacityProvider"], item.get("Weight", 0), item.get("Base", 0)) for item in strategy]
    return _spelled(items, given.get("LaunchType", ""))


def _expected_capacity(args: Data) -> str:
    expected = capacity(args)
    strategies = expected.get("capacity_provider_strategies", ())
    items = [(item["capacity_provider"], item["weight"], item["base"]) for item in strategies]
    return _spelled(items, expected.get("launch_type", ""))


def _spelled(items: list[tuple[str, int, int]], launch_type: str) -> str:
    return ", ".join(f"{name} {weight}:{base}" for name, weight, base in sorted(items)) or launch_type


def _decoded(text: str) -> JsonValue:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return text


def definition_differences(task_definition_arn: str, actual: Data, expected: Data, *, family: str) -> list[str]:
    """Describe the differences of a task definition.

    `expected` comes from `ops.runs.definition`. Its image is None if the deployment builds the image.
    """
    name = last_part(task_definition_arn)
    if family_of(name) != family:
        return [f"task definition {name} is not the stack's"]
    main, wanted = _main(actual), _main(expected)
    compared = [key for key in _COMPARED if key != "image" or wanted.get(key) is not None]
    keys = [key for key in compared if _plain(main.get(key)) != _plain(wanted.get(key))]
    keys += [key for key in ("cpu", "memory") if actual.get(key) != expected.get(key)]
    return [f"revision {name.split(':')[-1]} differs in {', '.join(keys)}"] if keys else []


_COMPARED = ("image", "command", "entryPoint", "environment", "secrets")


def _main(definition: Data) -> Data:
    nothing: Data = {}
    containers = definition["containerDefinitions"]
    return next((container for container in containers if container["name"] == CONTAINER_NAME), nothing)


def _plain(value: JsonValue) -> JsonValue | list[str]:
    """Return lists of variables in a fixed order, and None for an empty value."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted(json.dumps(item, sort_keys=True) for item in value)
    return value or None
