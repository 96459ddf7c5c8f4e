"""Tasks that start after others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..args import UpstreamReference
from ..aws import limits
from ..problems import Problem, key, nearest
from ..resolved import Task
from ..task import overrides
from ..task.after import start_message
from .check import reads

_LONGEST_SCHEDULE = f"arn:aws-us-gov:scheduler:us-gov-west-1:123456789012:schedule/{'g' * 64}/{'s' * 64}"


@reads("after", "schedule", "schedules", "run_on")
def one_start(task: Task) -> Iterator[Problem]:
    """A task starts after another one, or at times, or after deployments."""
    if task.after is None:
        return
    for name in ("schedule", "schedules", "run_on"):
        if name in task.args:
            yield Problem(("after",), f"a task has either {key('after')} or {key(name)}. Remove one.")
    if task.after == task.name:
        yield Problem(("after",), f'"{task.after}" is the task itself, so it would never start. Name another task.')


@reads("after", "except_", "only")
def left_out_times(task: Task) -> Iterator[Problem]:
    """The times that a schedule leaves out are in the input of its executions. A year of weekends takes more characters
    than an input template can have. AWS: botocore events, TransformerInput."""
    if task.after is not None:
        for name in ("except_", "only"):
            if name in task.args:
                yield Problem(
                    (name,),
                    f"needs a schedule, and this task starts {key('after')} {task.after}. Leave out the times of "
                    f"{task.after}, or let the container end at once on such days.",
                )


@reads("after", "schedule", "schedules", "command", "environment", "container")
def input_length(task: Task) -> Iterator[Problem]:
    """The input of executions fits into an input template. AWS: botocore events, TransformerInput."""
    if task.after is None:
        return
    for schedule in task.schedules:
        whole = overrides.execution_input(
            overrides.run_overrides(task, schedule),
            name=task.name,
            after=task.after,
        )
        template = start_message(whole, run="$.detail.executionArn", schedule_arn=_LONGEST_SCHEDULE)["input_template"]
        if len(template) > limits.INPUT_TEMPLATE_LENGTH:
            yield Problem(
                ("after",),
                f"the input of its runs takes {len(template):,} characters, and EventBridge accepts "
                f"{limits.INPUT_TEMPLATE_LENGTH:,}. Put long text into the image or a parameter.",
            )


def upstream_problems(tasks: Mapping[str, Task], calls: Mapping[str, bool]) -> Iterator[tuple[str, Problem]]:
    """Problems of the tasks of a stack that start after others, each with the name of its task.

    Args:
        tasks: The tasks that run containers.
        calls: Those that make API calls, with whether an event reports the end of the work that they start.
    """
    reported: set[str] = set()
    for name, task in tasks.items():
        if task.after is None or task.after == name:
            continue
        if task.after in calls:
            if not calls[task.after]:
                yield name, _has_no_end(task.after)
        elif task.after not in tasks:
            message = (
                f'"{task.after}" isn\'t a task of the stack.{nearest(task.after, [it for it in tasks if it != name])}'
            )
            yield name, Problem(("after",), message)
        elif tasks[task.after].count > 1:
            yield name, _starts_several(task.after, tasks[task.after].count)
        elif name not in reported and (cycle := _cycle(name, tasks)):
            reported.update(cycle)
            listed = " → ".join([*cycle, name])
            yield (
                name,
                Problem(("after",), f"makes a cycle, in which no task ever starts: {listed}. Schedule one of them."),
            )


def _has_no_end(name: str) -> Problem:
    return Problem(
        ("after",),
        f'"{name}" makes an API call, and no event reports the end of what it starts. Name a task that runs a '
        f"container, or a call with {key('execute')} or {key('submit')}.",
    )


def _starts_several(name: str, count: int) -> Problem:
    return Problem(
        ("after",),
        f'"{name}" has {key("count")}: {count}, so each of its {count} runs would start one. Name a task with one run '
        "per launch.",
    )


def _cycle(name: str, tasks: Mapping[str, Task]) -> list[str]:
    """The tasks from this one back to it, each of which starts the one before. Empty if there is no such cycle."""
    found, current = [name], tasks[name].after
    while current is not None and current in tasks and current not in found:
        found.append(current)
        current = tasks[current].after
    return found if current == name else []


def upstream_in_group(task: Task, known: Mapping[str, UpstreamReference]) -> Iterator[Problem]:
    """An upstream task that the group doesn't know, so that no event would start the task.

    Args:
        task: The task.
        known: The tasks of the group that others can start after.
    """
    if task.after is not None and task.after not in known:
        yield Problem(
            ("after",),
            f'"{task.after}" isn\'t a task that its group knows.{nearest(task.after, known)} In a Python program, '
            "create both tasks with the ScheduledTaskGroup itself as their group, and pass the other ScheduledTask. "
            "The key isn't for programs in other languages.",
        )
