"""The kinds of checks: whether one value is among those allowed.

A value that is missing or of the wrong type is passed over: other checks say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..problems import Problem, listed, nearest
from ..schedules import durations

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Args = Mapping[str, Any]
Path = tuple[str | int, ...]


def choice(args: Args, key: str, allowed: Sequence[str]) -> Iterator[Problem]:
    """One of some words."""
    if isinstance(value := args.get(key), str) and value not in allowed:
        yield Problem((key,), not_among(value, allowed))


def not_among(value: str, allowed: Sequence[str]) -> str:
    """What to say of a word that is none of these."""
    return f'"{value}" is not one of {listed(allowed)}.{nearest(value, allowed)}'


def within(args: Args, key: str, bounds: tuple[int, int], unit: str = "") -> Iterator[Problem]:
    """A whole number from one bound to the other."""
    if whole(value := args.get(key)) and not bounds[0] <= value <= bounds[1]:
        yield Problem((key,), f"{value} is not allowed. Use {bounds[0]} to {bounds[1]}{unit}.")


def length(items: Sequence[object], path: tuple[str, ...], bounds: tuple[int, int], noun: str) -> Iterator[Problem]:
    """As many items as AWS takes."""
    if not bounds[0] <= len(items) <= bounds[1]:
        yield Problem(path, f"has {len(items)} {noun}. AWS takes {bounds[0]} to {bounds[1]}.")


def duration(args: Args, key: str, bounds: tuple[int, int]) -> Iterator[Problem]:
    """A duration from one bound in seconds to the other."""
    if not isinstance(text := args.get(key), str):
        return
    try:
        count = durations.seconds(text)
    except ValueError as error:
        yield Problem((key,), str(error))
        return
    if not bounds[0] <= count <= bounds[1]:
        least, most = (durations.in_words(bound) for bound in bounds)
        yield Problem((key,), f'"{text}" is not allowed. Use {least} to {most} ({bounds[0]} to {bounds[1]} seconds).')


def pattern(args: Args, key: str, pattern: re.Pattern[str], noun: str, allowed: str) -> Iterator[Problem]:
    """Text that looks as it should."""
    if isinstance(value := args.get(key), str) and not pattern.fullmatch(value):
        yield Problem((key,), f'"{value}" is not {noun}. Write {allowed}.')


def whole(value: object) -> TypeIs[int]:
    """Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def mapping(args: Args, key: str) -> Args:
    """The map at a key; empty where there is none."""
    value = args.get(key)
    return cast("Args", value) if isinstance(value, Mapping) else {}


def known(value: object) -> TypeIs[Sequence[str]]:
    """Whether a list is there before anything is created: plain text, and nothing that another resource produces."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return False
    return all(isinstance(item, str) for item in cast("Sequence[object]", value))


def items(args: Args, key: str) -> Sequence[object]:
    """The list at a key; empty where there is none."""
    value = args.get(key)
    return cast("Sequence[object]", value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
