"""Added, changed and removed tasks in words."""

from collections.abc import Iterable, Iterator, Sequence

from components.problems import listed as listed_in_words
from ops.output import counted

from ..planning.plans import ESTIMATE
from .differences import Runs, TaskChange, TaskSummary
from .document import Item, code, strong, words
from .formatting import dollars, listed
from .new_calls import NewCall
from .new_tasks import NewTask, Part
from .value_changes import Change
from .values import change, value

EXAMPLES = 3
"""Names and runs to show, however short the lists are."""


def alike(tasks: Iterable[TaskChange]) -> list[list[TaskChange]]:
    """Groups of tasks with the same changes."""
    groups: dict[tuple[str, object], list[TaskChange]] = {}
    for task in tasks:
        paused = task.runs and (task.runs[0].paused, task.runs[1].paused)
        groups.setdefault((repr(task.changes), paused), []).append(task)
    return list(groups.values())


def changed(tasks: Sequence[TaskChange], limit: int) -> Item:
    """Tasks with the same changes, as an item with a list of at most `limit` changes."""
    names = listed((strong(code(task.name)) for task in tasks), max(EXAMPLES, limit))
    text = f"{names} ({counted(len(tasks), 'task')})" if len(tasks) > 1 else names
    keys = list(dict.fromkeys(_key_change(item) for item in tasks[0].changes))
    more = [f"… and {len(keys) - limit} more"] if len(keys) > limit else []
    return Item(text, (*keys[:limit], *more, *_moved(tasks)))


def removed(task: TaskSummary) -> Item:
    """A removed task with its schedules and what it costs."""
    return Item(f"{strong(code(task.name))}: ran {_schedules(task)}. Saves {dollars(task.cost)} per month.")


def added(tasks: Iterable[TaskSummary]) -> Iterator[Item]:
    """New tasks, each with its schedules, its next runs, its cost, its image, its size, its network and its alerts.

    A task with the same image, size, network and alerts as an earlier one refers to it.
    """
    first: dict[NewTask, str] = {}
    for task in tasks:
        at_once = "at its creation, " if task.runs.at_creation else ""
        shown = f"{_schedules(task)}" + ("" if task.runs.after else f". Next runs: {at_once}{_runs(task.runs)}")
        details: list[str] = []
        if isinstance(task.new, NewCall):
            parts = (("Calls", task.new.calls), ("Retries", task.new.retries))
            details = [f"{name}: {''.join(map(_part, found))}" for name, found in parts]
        elif task.new and (same := first.setdefault(task.new, task.name)) != task.name:
            details.append(f"Image, size, network and alerts: same as {code(same)}")
        elif new := task.new:
            parts = (("Runs", new.runs), ("Size", new.size), ("Network", new.network), ("Alerts", new.alerts))
            details = [f"{name}: {''.join(map(_part, found))}" for name, found in parts]
        text = f"{strong(code(task.name))}: {shown}. Costs {dollars(task.cost)} per month."
        yield Item(text, tuple(details))


def _part(part: Part) -> str:
    return value(part.text) if part.is_value else part.text


def _schedules(task: TaskSummary) -> str:
    return listed_in_words(map(words, task.schedules), "and")


def _key_change(item: Change) -> str:
    """A change of a task. Changes of permissions are listed separately."""
    if item.path[0] != "permissions":
        return change(item)
    return f"{code('permissions')}: see the permissions above"


def _moved(tasks: Sequence[TaskChange]) -> Iterator[str]:
    """The next runs of tasks with the same changes, for some of them."""
    moved = [(task.name, task.runs) for task in tasks if task.runs]
    if moved and all(after.paused for _, (_, after) in moved):
        yield "Paused: no more runs"
        return
    for name, (before, after) in moved[:EXAMPLES]:
        of = f" of {code(name)}" if len(tasks) > 1 else ""
        yield f"Next runs{of} before: {_runs(before)}"
        yield f"Next runs{of} after: {_runs(after)}"
    if len(moved) > EXAMPLES:
        yield f"… and the runs of {counted(len(moved) - EXAMPLES, 'more task')}"


def _runs(runs: Runs) -> str:
    if runs.after:
        return f"after each success of {code(runs.after)}"
    if runs.paused or runs.on_demand:
        return "paused" if runs.paused else "no schedule"
    note = " (estimates, because the rate has no start)" if any(run.startswith(ESTIMATE) for run in runs.next) else ""
    left_out = f"; left out: {', '.join(map(words, runs.left_out))}" if runs.left_out else ""
    return (", ".join(map(words, runs.next)) + note or "never again") + left_out
