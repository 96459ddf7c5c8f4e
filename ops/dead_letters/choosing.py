"""Which messages are meant. Data in, data out."""

from collections.abc import Iterable, Sequence

from components.problems import listed

from ..errors import MISTYPED, OpsError
from .message import Letter

SHORTEST = 4
"""Characters of an id's beginning: fewer are a mistake, such as a variable of a shell that is not set."""


def chosen(letters: Sequence[Letter], ids: Sequence[str], task: str | None, queue: str, *, every: bool) -> list[Letter]:
    """The letters whose ids begin so; or those of a task, or all, of a queue.

    Raises OpsError for a beginning of none or of several, and where it is not said which.
    """
    if task == "":
        raise OpsError("--task is empty: name a task.", MISTYPED)
    if sum((bool(ids), task is not None, every)) != 1:
        raise OpsError("say which: the ids of messages, --task NAME, or --all.")
    if ids:
        return list({letter.id: letter for letter in (found(letters, id_) for id_ in ids)}.values())
    return [letter for letter in letters if letter.queue == queue and (every or letter.task == task)]


def found(letters: Iterable[Letter], beginning: str) -> Letter:
    """The letter whose id begins so. Raises OpsError where there is none, or are several, and for too short a
    beginning."""
    if len(beginning) < SHORTEST:
        raise OpsError(f'"{beginning}" is too short for an id: give {SHORTEST} characters of it, or more.', MISTYPED)
    matching = [letter for letter in letters if letter.id.startswith(beginning)]
    if not matching:
        raise OpsError(f'there is no message "{beginning}". Those that there are: ops dead-letters list')
    if len(matching) > 1:
        raise OpsError(f'several messages begin with "{beginning}": {listed([each.id for each in matching], "and")}.')
    return matching[0]
