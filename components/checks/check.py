"""A check of a task or a group, with the keys that it reads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..problems import Problem

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Check(Generic[T_contra]):
    """One rule. It is skipped if a key that it reads is invalid by itself, as its answer would mislead."""

    find: Callable[[T_contra], Iterator[Problem]]
    reads: frozenset[str]
    each: frozenset[str] = frozenset()
    """The keys whose entries it reads one by one. Invalid entries are left out, and say nothing about the others."""


def reads(*keys: str, each: Iterable[str] = ()) -> Callable[[Callable[[T], Iterator[Problem]]], Check[T]]:
    """Make a check of a function that yields problems.

    Args:
        *keys: The top-level keys that it reads.
        each: Those of them that are objects with chosen names, and that it reads entry by entry: a missing entry makes
            no problem.
    """
    return lambda find: Check(find, frozenset(keys), frozenset(each))


def problems(checks: Iterable[Check[T]], value: T, faulty: frozenset[str]) -> Iterator[Problem]:
    """Problems that the checks find. `faulty` are the keys that are invalid by themselves."""
    for check in checks:
        if not faulty or not (check.reads - check.each) & faulty:
            yield from check.find(value)
