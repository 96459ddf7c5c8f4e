"""A check of a task or a group, with the keys that it reads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..problems import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check(Generic[T]):
    """One rule. It is skipped if a key that it reads is invalid by itself, as its answer would mislead."""

    find: Callable[[T], Iterator[Problem]]
    reads: frozenset[str]


def reads(*keys: str) -> Callable[[Callable[[T], Iterator[Problem]]], Check[T]]:
    """Make a check of a function that yields problems. `keys` are the top-level keys that it reads."""
    return lambda find: Check(find, frozenset(keys))


def problems(checks: Iterable[Check[T]], value: T, faulty: frozenset[str]) -> Iterator[Problem]:
    """Problems that the checks find. `faulty` are the keys that are invalid by themselves."""
    for check in checks:
        if not faulty or not check.reads & faulty:
            yield from check.find(value)
