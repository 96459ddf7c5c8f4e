"""Selects messages by the arguments of a command. Pure functions."""

from collections.abc import Iterable, Sequence

from components.problems import listed

from ..errors import MISTYPED, OpsError
from .message import DeadLetter

SHORTEST = 4
"""The shortest prefix of an id. A shorter one is a mistake, such as an unset shell variable."""


def check_selection(ids: Sequence[str], task: str | None, *, every: bool) -> None:
    """Check the arguments of `select`. Raises OpsError if not exactly one selection is given, or if it is unclear."""
    if task == "":
        raise OpsError("--task is empty. Pass the name of a task.", MISTYPED)
    if sum((bool(ids), task is not None, every)) != 1:
        raise OpsError("Select messages by id, by --task NAME, or with --all.", MISTYPED)
    for prefix in ids:
        check_prefix(prefix)


def check_prefix(prefix: str) -> None:
    """Raise OpsError if the prefix of an id is too short."""
    if len(prefix) < SHORTEST:
        raise OpsError(f'The id "{prefix}" is too short. Pass at least {SHORTEST} characters.', MISTYPED)


def select(
    messages: Sequence[DeadLetter], ids: Sequence[str], task: str | None, queue: str, *, every: bool
) -> list[DeadLetter]:
    """Return the messages with these id prefixes, or those of a task or all in a queue.

    Raises OpsError if a prefix matches none or several messages, or if not exactly one selection is given.
    """
    check_selection(ids, task, every=every)
    if ids:
        return list({message.id: message for message in (find_by_id(messages, id_) for id_ in ids)}.values())
    return [message for message in messages if message.queue == queue and (every or message.task == task)]


def find_by_id(messages: Iterable[DeadLetter], prefix: str) -> DeadLetter:
    """Return the message whose id has this prefix.

    Raises OpsError if the prefix is too short, or matches none or several messages.
    """
    check_prefix(prefix)
    matching = [message for message in messages if message.id.startswith(prefix)]
    if not matching:
        raise OpsError(f'There is no message "{prefix}". To list the messages, run: scheduled-tasks dead-letters list')
    if len(matching) > 1:
        raise OpsError(f'Several messages begin with "{prefix}": {listed([each.id for each in matching], "and")}.')
    return matching[0]
