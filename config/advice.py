"""What a stack's configuration makes one think about again, at the keys that people wrote."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from components.checks import advice
from components.problems import Name, Problem

from .arguments import as_written
from .loader import StackConfig


def warnings(config: StackConfig, now: datetime) -> list[Problem]:
    """What may not be what was meant: of each task, and of all together."""
    tasks = _tasks(config)
    found = [
        as_written(warning, schedule_is_list=name in config.schedule_lists).within("tasks", Name(name))
        for name, args in tasks.items()
        for warning in advice.task_warnings(args, now)
    ]
    reach = advice.reach_warnings(cast("Mapping[str, Any]", config.group), tasks)
    found += [problem.within("tasks", Name(name)) for name, problem in reach.items()]
    found += advice.nobody_is_told(cast("Mapping[str, Any]", config.group))
    return [*found, *advice.launch_warnings(tasks, now)]


def ended(config: StackConfig, now: datetime) -> list[Problem]:
    """The schedules that a deployment leaves out, because they will never run again."""
    return [
        as_written(
            Problem(
                schedule.expression_path, f'"{schedule.expression}" will never run again: it is left out. Remove it.'
            ),
            schedule_is_list=name in config.schedule_lists,
        ).within("tasks", Name(name))
        for name, args in _tasks(config).items()
        for schedule in advice.ended_schedules(args, now)
    ]


def _tasks(config: StackConfig) -> Mapping[str, Mapping[str, Any]]:
    return cast("Mapping[str, Mapping[str, Any]]", config.tasks)
