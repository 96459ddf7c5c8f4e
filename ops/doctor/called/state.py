"""States of resources that calls act on, as sentences of findings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ...aws.called_clients import CalledClients
from ..finding import OK, PROBLEM, WARNING
from .resources import Called


@dataclass(frozen=True, slots=True)
class State:
    """A sentence about a called resource."""

    level: str
    predicate: str
    """The rest of a sentence that starts with the resource: `is available.`"""
    fix: str = ""
    key: str = ""
    """The KMS key that encrypts it, for calls that need permissions on it. Empty for none."""


Reader: TypeAlias = Callable[[CalledClients, Called], Iterable[State]]
"""Reads a resource of a kind with one call, and says in which state it is."""

MISSING = State(
    PROBLEM,
    "doesn't exist, so each call fails.",
    "Create it, or name another one in the configuration and run: pulumi up",
)


def exists(key: str = "") -> State:
    """The resource exists, which is all that the call needs."""
    return State(OK, "exists.", key=key)


def in_order(status: str) -> State:
    """The call works in this state."""
    return State(OK, f"is {status}.")


def refused(predicate: str, fix: str) -> State:
    """AWS refuses each call, or the call has no effect."""
    return State(PROBLEM, predicate, fix)


def doubtful(predicate: str, fix: str) -> State:
    """AWS refuses the call for now, or undoes it."""
    return State(WARNING, predicate, fix)
