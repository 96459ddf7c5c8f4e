"""What differs between AWS and a stack's configuration, as words. Data in, data out.

Either somebody changed it in AWS, or the configuration is not deployed yet: which of the two, these cannot tell.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from components import durations, overrides
from components.target import DEFAULT_RETRY_AGE, DEFAULT_RETRY_ATTEMPTS, capacity, timing, utc
from components.task_definition import CONTAINER_NAME
from components.when import TaskSchedule

from ..aws.schedules import Schedule
from ..runs.records import last_part

Data = Mapping[str, Any]


def state_difference(*, expected: bool, there: bool) -> str:
    """What differs in whether a schedule is enabled; empty where nothing does."""
    if expected == there:
        return ""
    return "enabled in AWS, paused in the configuration" if there else "paused by hand"


def schedule_differences(schedule: Schedule, wanted: TaskSchedule) -> list[str]:
    """What a schedule in AWS says otherwise than its configuration, by the configuration's keys."""
    differences = list(_timing(schedule, wanted))
    if not schedule.supervised:
        differences += _target(schedule, wanted)
    return differences


def _timing(schedule: Schedule, wanted: TaskSchedule) -> Iterator[str]:
    expected = timing(wanted, enabled=True)
    if schedule.expression != expected["schedule_expression"]:
        yield f"schedule is {schedule.expression}"
    if schedule.timezone != expected["schedule_expression_timezone"]:
        yield f"timezone is {schedule.timezone}"
    if schedule.window_minutes != expected["flexible_time_window"].get("maximum_window_in_minutes"):
        yield f"flexibleWindow is {f'{schedule.window_minutes}m' if schedule.window_minutes else 'off'}"
    for key in ("start", "end"):
        there = getattr(schedule, key)
        found = utc(there.isoformat()) if there else None
        if found != expected.get(f"{key}_date"):
            yield f"{key} is {found or 'left out'}"


def _target(schedule: Schedule, wanted: TaskSchedule) -> Iterator[str]:
    args = wanted.task
    given = schedule.parameters
    if given.get("TaskCount", 1) != args.get("count", 1):
        yield f"count is {given['TaskCount']}"
    if _capacity(given) != _expected_capacity(args):
        yield f"launch is {_capacity(given)}"
    retry = _retry(args)
    there = schedule.target.get("RetryPolicy", retry)
    if there != retry:
        yield f"retry is {there['MaximumRetryAttempts']} attempts in {there['MaximumEventAgeInSeconds']}s"
    document = overrides.document(wanted.args, container=args.get("container", CONTAINER_NAME))
    if _decoded(schedule.target.get("Input", "")) != _decoded(document):
        yield "command, environment or size of the schedule differ"


def _retry(args: Data) -> dict[str, int]:
    retry: Data = args.get("retry", {})
    return {
        "MaximumRetryAttempts": retry.get("attempts", DEFAULT_RETRY_ATTEMPTS),
        "MaximumEventAgeInSeconds": durations.seconds(retry.get("max_age", DEFAULT_RETRY_AGE)),
    }


def _capacity(given: Data) -> str:
    strategy = given.get("CapacityProviderStrategy", ())
    items = [(item["capacityProvider"], item.get("weight", 0), item.get("base", 0)) for item in strategy]
    return _spelled(items, given.get("LaunchType", ""))


def _expected_capacity(args: Data) -> str:
    expected = capacity(args)
    strategies = expected.get("capacity_provider_strategies", ())
    items = [(item["capacity_provider"], item["weight"], item["base"]) for item in strategies]
    return _spelled(items, expected.get("launch_type", ""))


def _spelled(items: list[tuple[str, int, int]], launch_type: str) -> str:
    return ", ".join(f"{name} {weight}:{base}" for name, weight, base in sorted(items)) or launch_type


def _decoded(text: str) -> Any:
    return json.loads(text) if text else {}


def definition_differences(task_definition_arn: str, there: Data, expected: Data, *, family: str) -> list[str]:
    """What the task definition of a schedule says otherwise than the configuration describes.

    `expected` is as `ops.runs.definition` makes it, with the image None where it is built at deployment.
    """
    name = last_part(task_definition_arn)
    if name.split(":")[0] != family:
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
