"""Describes the differences between AWS and a stack's configuration. Pure functions.

A difference means that either someone changed a resource in AWS, or the configuration isn't deployed yet. These
functions can't tell which.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from components.aws.names import GroupNames, family_of
from components.aws.spelling import pascal_case
from components.json_values import Data, read_json
from components.resolved import MAIN_CONTAINER, Retry, Task
from components.resolved import Schedule as ConfiguredSchedule
from components.supervised.contract import UnknownMachineError, decode
from components.supervised.language import Supervised
from components.supervised.machine import definition
from components.supervised.settings import SUPERVISED_GROUP, Supervision
from components.task import overrides
from components.task.schedule_names import schedule_names
from components.task.schedule_target import deployed_start, timing, utc

from ..aws.schedules import Schedule
from ..runs.records import last_part

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
    schedule: Schedule, task: Task, wanted: ConfiguredSchedule, *, shared: Shared, now: datetime
) -> list[str]:
    """Describe the differences of a schedule, by configuration key."""
    differences = [*_timing(schedule, wanted, now), *_delivery(schedule, task, shared)]
    if schedule.supervised and not task.is_supervised:
        return [
            *differences,
            "its target is a state machine, but the configuration has no timeout, overlap or retryRun",
        ]
    if task.is_supervised:
        return [*differences, *_execution(schedule, task, wanted, shared)]
    if not schedule.parameters:
        return [*differences, f"target is {schedule.target_arn}, which runs no ECS task"]
    return [*differences, *_target(schedule, task, wanted, shared)]


def _timing(schedule: Schedule, wanted: ConfiguredSchedule, now: datetime) -> Iterator[str]:
    expected = timing(wanted, enabled=True, now=now)
    if schedule.expression != expected["schedule_expression"]:
        yield f"schedule is {schedule.expression}"
    if schedule.timezone != expected["schedule_expression_timezone"]:
        yield f"timezone is {schedule.timezone}"
    if schedule.window_minutes != expected["flexible_time_window"].get("maximum_window_in_minutes"):
        yield f"flexibleWindow is {f'{schedule.window_minutes}m' if schedule.window_minutes else 'off'}"
    # A start in the past may still be deployed.
    started = deployed_start(replace(wanted, start=schedule.start), now)
    dates = {"start": (schedule.start, started), "end": (schedule.end,) * 2}
    for key, (actual, compared) in dates.items():
        if (utc(compared) if compared else None) != expected.get(f"{key}_date"):
            yield f"{key} is {utc(actual) if actual else 'not set'}"


def _delivery(schedule: Schedule, task: Task, shared: Shared) -> Iterator[str]:
    """Compare what all targets have: role, retries and dead-letter queue."""
    role = last_part(schedule.role_arn)
    if role != shared.names.role("scheduler"):
        yield f"role is {role}"
    queue = last_part(schedule.dead_letter_queue_arn, ":")
    if queue != shared.names.dead_letter_queue:
        yield f"dead-letter queue is {queue or 'not set'}"
    retry = {**_AWS_RETRY, **schedule.target.get("RetryPolicy", {})}
    if retry != _retry(task.retry):
        yield f"retry is {retry['MaximumRetryAttempts']} attempts in {retry['MaximumEventAgeInSeconds']}s"


def _target(schedule: Schedule, task: Task, wanted: ConfiguredSchedule, shared: Shared) -> Iterator[str]:
    given = schedule.parameters
    if schedule.task_count != task.count:
        yield f"count is {schedule.task_count}"
    if given.get("Group") != task.name:
        yield f"group is {given.get('Group') or 'not set'} (status, history and alarms miss its runs)"
    if _capacity(given) != _expected_capacity(task):
        yield f"launch is {_capacity(given)}"
    yield from _network(given.get("NetworkConfiguration", {}).get("awsvpcConfiguration", {}), shared)
    found = task.with_container(_overridden_container(schedule.input))
    if _decoded(schedule.input) != overrides.run_overrides(found, wanted):
        yield _OVERRIDES_DIFFER


def _execution(schedule: Schedule, task: Task, wanted: ConfiguredSchedule, shared: Shared) -> Iterator[str]:
    """Compare the target of a supervised task."""
    if (target := last_part(schedule.target_arn, ":")) != shared.names.state_machine(task.name):
        yield f"target is {target}, not the task's state machine"
    changes = overrides.run_overrides(task.with_container(_overridden_container(schedule.input)), wanted)
    # Earlier versions passed the name in AWS, which a schedule keeps.
    own = (schedule_names(task)[task.schedules.index(wanted)].in_aws, schedule.name)
    if _decoded(schedule.input) not in [overrides.execution_input(changes, name=name) for name in own]:
        yield _OVERRIDES_DIFFER


def machine_differences(actual: str, task: Task, settings: Supervision, *, shared: Shared) -> list[str]:
    """Describe the differences of a supervised task's state machine. `actual` is its definition."""
    try:
        facts = decode(actual)
    except UnknownMachineError as error:
        return [f"can't tell what the state machine runs. {error}"]
    given = facts.run
    made = Supervised(
        task=task.name,
        container=task.container or facts.container,
        prefix=shared.names.prefix,
        table=shared.names.lease_table,
        settings=settings,
        run=given,
    )
    network = given.get("NetworkConfiguration")
    differences = list(_network(network["AwsvpcConfiguration"] if network else {}, shared))
    if _capacity(given) != _expected_capacity(task):
        differences.append(f"launch is {_capacity(given)}")
    if given.get("Group") != f"{SUPERVISED_GROUP}{task.name}":
        differences.append(f"group is {given.get('Group') or 'not set'} (status and history miss its runs)")
    if _decoded(definition(made)) != _decoded(actual):
        differences.append("the state machine differs: timeout, overlap, retries or version")
    return differences


def _network(actual: Data, shared: Shared) -> Iterator[str]:
    for key, label in (("Subnets", "subnets are"), ("SecurityGroups", "security groups are")):
        found = sorted(actual.get(key, ()))
        # Without awsvpc networking, a run has no network configuration.
        if actual and key in shared.network and found != sorted(shared.network[key]):
            yield f"{label} {', '.join(found) or 'not set'}"


def _overridden_container(text: str) -> str:
    """Return the container that the deployment found in an existing task definition, from the input of a schedule."""
    given = _decoded(text)
    containers = _lowercase(_lowercase(given).get("overrides", given)).get("containeroverrides")
    if isinstance(containers, list) and containers:
        return str(_lowercase(containers[0]).get("name", MAIN_CONTAINER))
    return MAIN_CONTAINER


def _lowercase(value: JsonValue) -> dict[str, JsonValue]:
    """Return an object with lowercase keys, because EventBridge Scheduler and Step Functions spell them differently."""
    return {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else {}


_OVERRIDES_DIFFER = "command, environment, cpu or memory of the schedule differ"


def _retry(retry: Retry) -> dict[str, int]:
    return {"MaximumRetryAttempts": retry.attempts, "MaximumEventAgeInSeconds": retry.max_age}


def _capacity(given: Data) -> str:
    # EventBridge Scheduler and Step Functions spell the keys differently.
    entries: Sequence[Data] = given.get("CapacityProviderStrategy", ())
    strategy = [{pascal_case(key): value for key, value in entry.items()} for entry in entries]
    items = [(item["CapacityProvider"], item.get("Weight", 0), item.get("Base", 0)) for item in strategy]
    return _spelled(items, given.get("LaunchType", ""))


def _expected_capacity(task: Task) -> str:
    items = [(entry.provider, entry.weight, entry.base) for entry in task.strategy]
    return _spelled(items, task.launch_type)


def _spelled(items: list[tuple[str, int, int]], launch_type: str) -> str:
    return ", ".join(f"{name} {weight}:{base}" for name, weight, base in sorted(items)) or launch_type


def _decoded(text: str) -> JsonValue:
    try:
        return cast("JsonValue", read_json(text)) if text else {}
    except ValueError:
        return text


def definition_differences(
    task_definition_arn: str, actual: Data, expected: Data, *, family: str, compare_image: bool
) -> list[str]:
    """Describe the differences of a task definition.

    `expected` comes from `ops.runs.definition`. Its image is unknown if the deployment builds the image.
    """
    name = last_part(task_definition_arn)
    if family_of(name) != family:
        return [f"task definition {name} is not the stack's"]
    main, wanted = _main(actual), _main(expected)
    compared = [key for key in _COMPARED if key != "image" or compare_image]
    keys = [key for key in compared if _plain(main.get(key)) != _plain(wanted.get(key))]
    keys += [key for key in ("cpu", "memory") if actual.get(key) != expected.get(key)]
    return [f"revision {name.split(':')[-1]} differs in {', '.join(keys)}"] if keys else []


_COMPARED = ("image", "command", "entryPoint", "environment", "secrets")


def _main(definition: Data) -> Data:
    nothing: Data = {}
    containers = definition["containerDefinitions"]
    return next((container for container in containers if container["name"] == MAIN_CONTAINER), nothing)


def _plain(value: JsonValue) -> JsonValue | list[str]:
    """Return lists of variables in a fixed order, and None for an empty value."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted(json.dumps(item, sort_keys=True) for item in value)
    return value or None
