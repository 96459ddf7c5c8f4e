"""The data in the page: everything that it shows, as JSON. Pure."""

from collections.abc import Mapping, Sequence

from components.json_values import Json, is_list, is_object
from components.text import visible

from .counts import counts
from .period import Period
from .problems import Problem, nothing_wrong, problems
from .reading import Reading
from .tasks import instant, task_data, views


def board_data(readings: Sequence[Reading], period: Period) -> Mapping[str, Json]:
    """The data of a board. Invisible characters in it are shown as their code points."""
    data: dict[str, Json] = {
        "read": instant(period.now),
        "from": instant(period.start),
        "to": instant(period.end),
        "stacks": [_stack(reading, period) for reading in readings],
    }
    return {key: _shown(value) for key, value in data.items()}


def _stack(reading: Reading, period: Period) -> dict[str, Json]:
    found, tasks = reading.status, views(reading, period)
    before, _, after = reading.command.partition(" @")
    return {
        "name": reading.name,
        "region": found.deployment.region if found else "",
        "account": found.deployment.account_id if found else "",
        "command": [before, after.strip()],
        "read": found is not None,
        "fine": nothing_wrong(reading),
        "problems": [_problem(each) for each in problems(reading, tasks)],
        "counts": {name: [count.number, count.known] for name, count in counts(reading, tasks).items()},
        "tasks": [task_data(view, reading.lines, period) for view in tasks],
    }


def _problem(problem: Problem) -> dict[str, Json]:
    return {
        "level": problem.level,
        "title": problem.title,
        "text": [line for line in problem.text.split("\n") if line],
        "task": problem.task,
        "at": instant(problem.at),
        "words": list(problem.words),
        "line": problem.line,
    }


def _shown(value: Json) -> Json:
    if isinstance(value, str):
        return visible(value, keep="\t")
    if is_list(value):
        return [_shown(item) for item in value]
    if is_object(value):
        return {visible(key): _shown(item) for key, item in value.items()}
    return value
