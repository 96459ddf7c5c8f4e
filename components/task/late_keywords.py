"""Finds keywords of EventBridge Scheduler in values that other resources produce. Pure, on known values.

Whether a schedule sends a part of a task is decided before these values are known (`overrides`).
"""

from collections.abc import Iterator, Sequence

from ..json_values import Data
from ..keys.annotations import is_output
from ..problems import Name, Path, Problem
from ..resolved import MAIN_CONTAINER
from .keywords import has_keyword


def late_keywords(containers: Sequence[Data], known: Sequence[Data]) -> Iterator[Problem]:
    """A problem for each output that contains a keyword and is not sent.

    Args:
        containers: Container definitions with outputs.
        known: The same container definitions with known values.
    """
    for container, now in zip(containers, known, strict=True):
        name = container["name"]
        place: Path = () if name == MAIN_CONTAINER else ("sidecars", Name(name))
        command: Sequence[object] = container.get("command", ())
        if not has_keyword(command):
            for position, word in enumerate(command):
                yield from _problem((*place, "command", position), word, now["command"][position])
        for pair, known_pair in zip(container["environment"], now["environment"], strict=True):
            yield from _problem((*place, "environment", Name(pair["name"])), pair["value"], known_pair["value"])


def _problem(path: Path, value: object, known: object) -> Iterator[Problem]:
    if is_output(value) and has_keyword(known):
        yield Problem(
            path,
            "contains a keyword of EventBridge Scheduler, but another resource produces the value, so schedules can't "
            "send it. Write the keyword as plain text.",
        )
