"""Overrides of the task definition for the runs of one schedule, as data.

Values may be outputs, which are passed on unchanged.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..aws.spelling import pascal_keys
from ..exceptions.left_out import covered_until
from ..json_values import Data, Object
from ..resolved import MAIN_CONTAINER, Schedule, Scheduled, ScheduleTimes, Task
from ..supervised.exceptions import exceptions_input
from ..supervised.settings import AFTER, RUN_VARIABLE, TASK_COUNT, TASK_INDEX
from .keywords import LONGEST_VALUES, SCHEDULED_TIME, has_keyword

if TYPE_CHECKING:
    from pulumi import Input


def document(task: Task, schedule: Schedule) -> str:
    """RunTask's overrides as canonical JSON; empty if there are none. Outputs count as empty strings."""
    whole = run_overrides(task, schedule)
    return canonical(whole) if whole else ""


_EXECUTION_NAME = 80
"""The most characters of the name of an execution. AWS: botocore stepfunctions, Name."""


def longest(task: Task, schedule: Schedule) -> int:
    """The most characters that RunTask's overrides can have for the runs of a schedule. Outputs count as empty strings.

    EventBridge Scheduler replaces keywords by values that can be longer, and the state machine of a supervised task
    adds the variables that identify the ECS task.
    """
    whole = run_overrides(task, schedule)
    if task.is_supervised:
        whole = _with_variables(whole, task.container or MAIN_CONTAINER, tasks=task.tasks_per_run)
    text = canonical(whole) if whole else ""
    for keyword, value in LONGEST_VALUES.items():
        text = text.replace(keyword, value)
    return len(text)


def _with_variables(overrides: Data, container: str, *, tasks: int) -> Object:
    """The overrides that the state machine sends: see `components.supervised.running.run`."""
    containers: Sequence[Data] = overrides.get("containerOverrides", [])
    own = next((found for found in containers if found["name"] == container), {"name": container})
    others = [found for found in containers if found["name"] != container]
    values = {RUN_VARIABLE: "x" * _EXECUTION_NAME}
    if tasks > 1:
        values |= {TASK_INDEX: str(tasks - 1), TASK_COUNT: str(tasks)}
    variables = [{"name": name, "value": value} for name, value in values.items()]
    changed = {**own, "environment": [*own.get("environment", []), *variables]}
    return {**overrides, "containerOverrides": [changed, *others]}


def execution_input(overrides: Data, *, name: str, exceptions: Data | None = None, after: str | None = None) -> Object:
    """The input of the state machine of a supervised task.

    It holds the name of the schedule, the scheduled time, RunTask's overrides in the spelling of Step Functions, and
    the times that are left out, if there are any. For commands, it also names the task after which this one starts.
    """
    return {
        "schedule": name,
        "time": SCHEDULED_TIME,
        "overrides": pascal_keys(overrides),
        **(exceptions or {}),
        **({AFTER: after} if after else {}),
    }


def exceptions(task: Scheduled, schedule: ScheduleTimes, year: int) -> Object:
    """The part of the input that says which times are left out; empty for a schedule without exceptions.

    Args:
        task: The task, or the call.
        schedule: The schedule, whose time zone counts.
        year: The year of the deployment.
    """
    found, zone = task.exceptions_in(schedule), schedule.timezone
    return exceptions_input(found.spans(year, zone), covered_until(year, zone)) if found else {}


def run_overrides(task: Task, schedule: Schedule) -> Object:
    """RunTask's overrides for the runs of a schedule; empty if there are none.

    They hold what the schedule overrides, and each part of the task that contains a keyword of EventBridge Scheduler.
    AWS: Amazon ECS API reference, TaskOverride and ContainerOverride.
    """
    command = task.command if schedule.command is None and has_keyword(task.command) else schedule.command
    containers = [
        # Until the container of an existing task definition is looked up, only the length of the overrides matters.
        _container(
            task.container or MAIN_CONTAINER, command, {**_with_keywords(task.environment), **schedule.environment}
        ),
        *(
            _container(
                name,
                sidecar.command if has_keyword(sidecar.command) else None,
                _with_keywords(sidecar.environment),
            )
            for name, sidecar in sorted(task.sidecars.items())
        ),
    ]
    changed = [container for container in containers if len(container) > 1]
    sizes = {"cpu": schedule.cpu, "memory": schedule.memory}
    storage = schedule.ephemeral_storage
    return {
        **({"containerOverrides": changed} if changed else {}),
        **{key: str(size) for key, size in sizes.items() if size is not None},
        **({} if storage is None else {"ephemeralStorage": {"sizeInGiB": storage}}),
        **({} if schedule.task_role is None else {"taskRoleArn": schedule.task_role}),
    }


def _container(name: str, command: "Sequence[Input[str]] | None", environment: "Mapping[str, Input[str]]") -> Object:
    container: Object = {"name": name}
    if command is not None:
        container["command"] = list(command)
    if environment:
        container["environment"] = [{"name": name, "value": value} for name, value in sorted(environment.items())]
    return container


def _with_keywords(environment: "Mapping[str, Input[str]]") -> "dict[str, Input[str]]":
    return {name: value for name, value in environment.items() if has_keyword(value)}


def canonical(whole: Data) -> str:
    """The overrides, or the input, as canonical JSON. Outputs become empty strings."""
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=lambda _: "")
