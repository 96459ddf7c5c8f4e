"""Likely mistakes in a stack's configuration, at the keys that people wrote."""

from datetime import datetime

from components.checks import advice, call_advice, locks
from components.problems import Name, Problem
from components.resolved import ScheduleTimes

from .loader import StackConfig
from .places import LocatedProblem
from .translation import as_written


def warnings(config: StackConfig, now: datetime) -> list[LocatedProblem]:
    """Likely mistakes in the stack's file, in each task, and in all tasks together."""
    found = [
        _of_task(config, name, warning)
        for name, task in config.tasks.items()
        for warning in advice.task_warnings(task, now)
    ]
    found += [
        _of_task(config, name, warning)
        for name, call in config.calls.items()
        for warning in call_advice.call_warnings(call, now)
    ]
    for each in (advice.reach_warnings(config.group, config.tasks), locks.lock_warnings(config.tasks)):
        found += [_of_task(config, name, warning) for name, warning in each.items()]
    of_stack = [*advice.missing_recipients(config.group), *advice.launch_warnings(config.tasks, now)]
    every = [*found, *(as_written(warning) for warning in of_stack)]
    return [*config.file_warnings, *(config.locate(warning) for warning in every)]


def ended(config: StackConfig, now: datetime) -> list[LocatedProblem]:
    """The schedules that a deployment omits, because they will never run again."""
    return [
        config.locate(_of_task(config, name, Problem(schedule.expression_path, _omitted(schedule))))
        for name, task in config.scheduled.items()
        for schedule in advice.ended_schedules(task, now)
    ]


def _omitted(schedule: ScheduleTimes) -> str:
    return f'"{schedule.expression}" will never run again, so it is omitted. Remove it.'


def _of_task(config: StackConfig, name: str, problem: Problem) -> Problem:
    written = as_written(problem, schedule_is_list=name in config.schedule_lists)
    return written.within("tasks", Name(name))
