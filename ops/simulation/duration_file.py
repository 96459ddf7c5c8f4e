"""Reading the durations of runs: from a file by hand, or from the JSON of `scheduled-tasks history`."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from components.json_values import is_list, is_object
from components.problems import Name, Problem, nearest
from components.schedules import durations

from ..pricing.costs import MOST_MINUTES
from ..runs.records import SUCCEEDED
from .input_file import InputFile

LONGEST = MOST_MINUTES * 60
"""Seconds of the longest run."""
Samples = dict[str, list[float]]
EXAMPLE = "Write TASK: 5m, TASK: [4m, 6m], or pass the JSON of: scheduled-tasks history TASK --json"


def read_durations(paths: Iterable[Path], tasks: Collection[str]) -> Mapping[str, Sequence[float]]:
    """The durations in files, in seconds by task. Several files are read together.

    Raises:
        InputError: A file can't be read, or has problems. The error has all problems of the first such file.
    """
    found: Samples = {}
    for path in paths:
        file = InputFile(path)
        file.refuse(_history(file.value, tasks, found) if is_list(file.value) else _by_hand(file.value, tasks, found))
    return found


def _history(runs: Sequence[object], tasks: Collection[str], found: Samples) -> Iterator[Problem]:
    """Read the runs that succeeded. The others say nothing about the work of the container."""
    for number, run in enumerate(runs):
        if not (is_object(run) and "outcome" in run and "seconds" in run and isinstance(run.get("task"), str)):
            yield Problem((number,), f"is not a run. {EXAMPLE}")
            continue
        name, seconds = str(run["task"]), run["seconds"]
        if name not in tasks:
            yield Problem((number, "task"), f'There is no task "{name}".{nearest(name, tasks)}')
        elif run["outcome"] == SUCCEEDED and isinstance(seconds, int | float):
            found.setdefault(name, []).append(min(max(1.0, float(seconds)), LONGEST))


def _by_hand(value: object, tasks: Collection[str], found: Samples) -> Iterator[Problem]:
    if not is_object(value):
        yield Problem((), f"has no durations. {EXAMPLE}")
        return
    for name, written in value.items():
        if name not in tasks:
            yield Problem((Name(name),), f'There is no task "{name}".{nearest(name, tasks)}')
            continue
        for text in written if is_list(written) else [written]:
            try:
                seconds = durations.seconds(str(text), unit="m")
            except ValueError as error:
                yield Problem((Name(name),), str(error))
                continue
            if not 1 <= seconds <= LONGEST:
                yield Problem((Name(name),), f'"{text}" is not allowed. Use 1s to {durations.in_words(LONGEST)}.')
            found.setdefault(name, []).append(seconds)
