"""Values that the two public entries refuse: the YAML configuration of a stack, and the arguments of the components.

The tests in this folder name the path of each problem, and a value or a key in its message. They say nothing about the
wording.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs
from components.checks.errors import InvalidArgumentsError
from config import ConfigError, Source, load
from tests.mocks import Answers, Recorded, run

Values = Mapping[str, Any]
Case = tuple[dict[str, Any], str, str]
"""The values, the path of the problem, and a part of its message."""

TASK: Values = {"image": "job:1", "schedule": "rate(6 hours)"}
GROUP: Values = {"prefix": "shop-dev", "cluster": "main"}
_PROBLEM = re.compile(r"^  - (?P<text>.*(?:\n {4,}.*)*)", re.MULTILINE)


def texts(error: Exception) -> list[str]:
    """The problems that an error reports, each as `path: message`."""
    return [found["text"] for found in _PROBLEM.finditer(str(error))]


def in_stack(values: Values, tasks: Values | None = None) -> list[str]:
    """The problems of a stack that has these keys besides one task."""
    stack = {"catalogue": False, "tasks": tasks or {"job": dict(TASK)}, **values}
    with pytest.raises(ConfigError) as raised:
        load(Source("test", stack, ()), Path("no-such-folder"))
    return texts(raised.value)


def in_task(values: Values) -> list[str]:
    """The problems of a configured task. None removes a key of the task that is valid without these values."""
    task = {key: value for key, value in {**TASK, **values}.items() if value is not None}
    return in_stack({"cluster": "main"}, {"job": task})


def in_task_arguments(values: Values) -> list[str]:
    """The problems of a `ScheduledTask`. None removes an argument; a function makes one while the program runs."""

    def program() -> None:
        given = _made({**TASK, "group_args": {}, **values})
        ScheduledTask("job", cast("ScheduledTaskArgs", given))

    return _refused(program)


def in_group_arguments(values: Values, answers: Answers | None = None) -> list[str]:
    """The problems of a `ScheduledTaskGroup`. None removes an argument; a function makes one while the program runs."""

    def program() -> None:
        ScheduledTaskGroup("tasks", cast("ScheduledTaskGroupArgs", _made({**GROUP, **values})))

    return _refused(program, answers)


def _made(values: Values) -> dict[str, Any]:
    return {key: value() if callable(value) else value for key, value in values.items() if value is not None}


def _refused(program: Callable[[], None], answers: Answers | None = None) -> list[str]:
    recorded: Recorded = run(program, preview=False, answers=answers)
    assert isinstance(recorded.error, InvalidArgumentsError), recorded.error
    return texts(recorded.error)


def assert_one(problems: list[str], path: str, part: str) -> None:
    """There is one problem, at this path, and its message contains this."""
    assert len(problems) == 1, problems
    assert_at(problems, path, part)


def assert_at(problems: list[str], path: str, part: str) -> None:
    """There is one problem at this path, and its message contains this; there may be problems elsewhere."""
    found = [problem for problem in problems if problem.startswith(f"{path}: ")]
    assert len(found) == 1, problems
    assert part in found[0].removeprefix(f"{path}: "), problems
