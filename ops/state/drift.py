"""What differs between AWS and a stack's configuration, as words. Data in, data out.

Either somebody changed it in AWS, or the configuration is not deployed yet: which of the two, these cannot tell.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from components.schedules.of_task import TaskSchedule

from components.aws.names import GroupNames, family_of
from components.aws.spelling import pascal_case
from components.schedules import durations
from components.supervised.contract import UnknownMachineError, decode
from components.supervised.language import Supervised
from components.supervised.machine import definition
from components.supervised.settings import SUPERVISED_GROUP, is_supervised, supervision
from components.task import overrides
from components.task.definition import CONTAINER_NAME, deciding_container
from components.task.schedule_target import DEFAULT_RETRY_AGE, DEFAULT_RETRY_ATTEMPTS, begin, capacity, timing, utc

from ..aws.schedules import Schedule
from ..runs.records import last_part

Data = Mapping[str, Any]

_AWS_RETRY = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400}
"""Where a schedule does not say (AWS: EventBridge Scheduler API reference, RetryPolicy)."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the schedules of a stack have in common, as its configuration says."""

    names: GroupNames
    network: Data
    """`Subnets` and `SecurityGroups`, as far as they are known."""


def state_difference(*, expected: bool, there: bool, by_hand: bool) -> str:
    """What differs in whether a schedule is enabled; empty where nothing does."""
    if expected == there:
        return ""
    if there:
        return "enabled in AWS, paused in the configuration"
    return "paused by hand" if by_hand else "disabled in AWS, enabled in the configuration"


def schedule_differences(
    schedule: Schedule, wanted: TaskSchedule, *, task: str, shared: Shared, now: datetime
) -> list[str]:
    """What a schedule in AWS says otherwise than its configuration, by the configuration's keys."""
    supervised = is_supervised(wanted.task)
    differences = [*_timing(schedule, wanted, now), *_delivery(schedule, wanted, shared)]
    if schedule.supervised and not supervised:
        return [*differences, "a state machine runs it, and the configuration has no supervision"]
    if supervised:
        return [*differences, *_execution(schedule, wanted, task, shared)]
    if not schedule.parameters:
        return [*differences, f"it does not run an ECS task: its target is {schedule.target['Arn']}"]
    return [*differences, *_target(schedule, wanted, task, shared)]


def _timing(schedule: Schedule, wanted: TaskSchedule, now: datetime) -> Iterator[str]:
    expected = timing(wanted, enabled=True, now=now)
    if schedule.expression != expected["schedule_expression"]:
        yield f"schedule is {schedule.expression}"
    if schedule.timezone != expected["schedule_expression_timezone"]:
        yield f"timezone is {schedule.timezone}"
    if schedule.window_minutes != expected["flexible_time_window"].get("maximum_window_in_minutes"):
        yield f"flexibleWindow is {f'{schedule.window_minutes}m' if schedule.window_minutes else 'off'}"
    # A start that has passed may be as it was when it was to come.
    dates = {"start": (schedule.start, begin(wanted.expression, schedule.start, now)), "end": (schedule.end,) * 2}
    for key, (there, compared) in dates.items():
        if (utc(compared) if compared else None) != expected.get(f"{key}_date"):
            yield f"{key} is {utc(there) if there else 'left out'}"


def _delivery(schedule: Schedule, wanted: TaskSchedule, shared: Shared) -> Iterator[str]:
    """What all targets have: who calls it, how often that is tried, and where a launch goes that is given up."""
    role = last_part(schedule.target["RoleArn"])
    if role != shared.names.role("scheduler"):
        yield f"role is {role}"
    queue = last_part(schedule.target.get("DeadLetterConfig", {}).get("Arn", ""), ":")
    if queue != shared.names.dead_letter_queue:
        yield f"dead letters go to {queue}" if queue else "dead letters are not kept"
    there = {**_AWS_RETRY, **schedule.target.get("RetryPolicy", {})}
    if there != _retry(wanted.task):
        yield f"retry is {there['MaximumRetryAttempts']} attempts in {there['MaximumEventAgeInSeconds']}s"


def _target(schedule: Schedule, wanted: TaskSchedule, task: str, shared: Shared) -> Iterator[str]:
    args = wanted.task
    given = schedule.parameters
    count = given.get("TaskCount", 1)
    if count != args.get("count", 1):
        yield f"count is {count}"
    if given.get("Group") != task:
        yield f"group is {given.get('Group') or 'left out'}: status, history and alarms do not know its runs"
    if _capacity(given) != _expected_capacity(args):
        yield f"launch is {_capacity(given)}"
    yield from _network(given.get("NetworkConfiguration", {}).get("awsvpcConfiguration", {}), shared)
    document = overrides.document(wanted.args, container=deciding_container(args))
    if _decoded(schedule.target.get("Input", "")) != _decoded(document):
        yield _OVERRIDES_DIFFER


def _execution(schedule: Schedule, wanted: TaskSchedule, task: str, shared: Shared) -> Iterator[str]:
    """What starts the state machine of a supervised task."""
    if (target := last_part(schedule.target["Arn"], ":")) != shared.names.state_machine(task):
        yield f"it starts {target}, and not the task's state machine"
    document = overrides.execution_input(wanted.args, schedule=schedule.name, container=deciding_container(wanted.task))
    if _decoded(schedule.target.get("Input", "")) != _decoded(document):
        yield _OVERRIDES_DIFFER


def machine_differences(there: str, args: Data, *, task: str, shared: Shared) -> list[str]:
    """What the state machine of a supervised task says otherwise than the configuration, from its definition."""
    try:
        given = decode(there).run
    except UnknownMachineError as error:
        return [f"can't tell what the state machine runs. {error}"]
    made = Supervised(
        task=task,
        container=deciding_container(args),
        prefix=shared.names.prefix,
        table=shared.names.lease_table,
        settings=supervision(args),
        run=given,
    )
    network = given.get("NetworkConfiguration")
    differences = list(_network(network["AwsvpcConfiguration"] if network else {}, shared))
    if _capacity(given) != _expected_capacity(args):
        differences.append(f"launch is {_capacity(given)}")
    if given.get("Group") != f"{SUPERVISED_GROUP}{task}":
        differences.append(f"group is {given.get('Group') or 'left out'}: status and history do not know its runs")
    if _decoded(definition(made)) != _decoded(there):
        differences.append("the state machine is another: timeout, overlap, retries, or how it is made")
    return differences


def _network(there: Data, shared: Shared) -> Iterator[str]:
    for key, words in (("Subnets", "subnets are"), ("SecurityGroups", "security groups are")):
        found = sorted(there.get(key, ()))
        # Only runs with network interfaces of their own say where these are.
        if there and key in shared.network and found != sorted(shared.network[key]):
            yield f"{words} {', '.join(found) or 'left out'}"


_OVERRIDES_DIFFER = "command, environment or size of the schedule differ"


def _retry(args: Data) -> dict[str, int]:
    retry: Data = args.get("retry", {})
    return {
        "MaximumRetryAttempts": retry.get("attempts", DEFAULT_RETRY_ATTEMPTS),
        "MaximumEventAgeInSeconds": durations.seconds(retry.get("max_age", DEFAULT_RETRY_AGE)),
    }


def _capacity(given: Data) -> str:
    # EventBridge Scheduler and Step Functions do not spell the keys alike.
    given_strategy: Sequence[Data] = given.get("CapacityProviderStrategy", ())
    strategy = [{pascal_case(key): value for key, value in entry.items()} for entry in given_strategy]
    items = [(item["CapacityProvider"], item.get("Weight", 0), item.get("Base", 0)) for item in strategy]
    return _spelled(items, given.get("LaunchType", ""))


def _expected_capacity(args: Data) -> str:
    expected = capacity(args)
    strategies = expected.get("capacity_provider_strategies", ())
    items = [(item["capacity_provider"], item["weight"], item["base"]) for item in strategies]
    return _spelled(items, expected.get("launch_type", ""))


def _spelled(items: list[tuple[str, int, int]], launch_type: str) -> str:
    return ", ".join(f"{name} {weight}:{base}" for name, weight, base in sorted(items)) or launch_type


def _decoded(text: str) -> Any:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return text


def definition_differences(task_definition_arn: str, there: Data, expected: Data, *, family: str) -> list[str]:
    """What the task definition of a schedule says otherwise than the configuration describes.

    `expected` is as `ops.runs.definition` makes it, with the image None where it is built at deployment.
    """
    name = last_part(task_definition_arn)
    if family_of(name) != family:
        return [f"task definition {name} is not the stack's"]
    main, wanted = _main(there), _main(expected)
    compared = [key for key in _COMPARED if key != "image" or wanted.get(key) is not None]
    keys = [key for key in compared if _plain(main.get(key)) != _plain(wanted.get(key))]
    keys += [key for key in ("cpu", "memory") if there.get(key) != expected.get(key)]
    return [f"revision {name.split(':')[-1]} has another {', '.join(keys)}"] if keys else []


_COMPARED = ("image", "command", "entryPoint", "environment", "secrets")


def _main(definition: Data) -> Data:
    nothing: Data = {}
    containers = definition["containerDefinitions"]
    return next((container for container in containers if container["name"] == CONTAINER_NAME), nothing)


def _plain(value: Any) -> Any:
    """Lists of variables in one order; what is empty as nothing."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted(json.dumps(item, sort_keys=True) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return value or None  # pyright: ignore[reportUnknownVariableType]
