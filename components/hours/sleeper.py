"""A resource that sleeps outside of office hours, as expressions of its state machine. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..aws.policies import Condition
from ..json_values import Json

Expression: TypeAlias = str
"""JSONata. It can read the variables of looks, and at an opening `$memory`."""


@dataclass(frozen=True, slots=True)
class Look:
    """A request that describes the resource, and the variable that keeps what matters of the answer."""

    name: str
    """End of the state's name, such as `look`."""
    resource: str
    """The service and action as Step Functions names them: `aws-sdk:rds:describeDBInstances`."""
    arguments: Mapping[str, Json]
    variable: str
    value: Expression
    """The value of the variable, from `$states.result`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A request that changes the resource."""

    name: str
    resource: str
    arguments: Mapping[str, Json]
    when: Expression = ""
    """Whether it is needed; empty if it always is."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A state of the resource in which it can be neither stopped nor started."""

    when: Expression
    why: Expression
    """A sentence, as a string."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A permission of the state machine's role."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Sleeper:
    """A resource that is stopped at the closing and restored at the opening.

    Both are a loop: look, change what is not as wanted, wait, look again. So each can be repeated at any time, and
    the result is the same.
    """

    kind: str
    name: str
    looks: tuple[Look, ...]
    refusals: tuple[Refusal, ...]
    status: Expression
    """Its state for readers, as a string."""
    memory: Expression
    """The settings that the opening restores: an object."""
    asleep: Expression
    """Whether it is stopped, so that the closing has nothing left to do."""
    may_stop: Expression
    """Whether the steps of `stop` are needed and AWS accepts them now."""
    stop: tuple[Step, ...]
    awake: Expression
    """Whether it is restored, so that the opening has nothing left to do."""
    may_start: Expression
    """Whether the steps of `start` are needed and AWS accepts them now."""
    start: tuple[Step, ...]
    needs: Sequence[Needed]

    @property
    def label(self) -> str:
        """The resource, for readers: `database orders`."""
        return f"{self.kind} {self.name}"

    @property
    def key(self) -> str:
        """The resource in the key of its memory. It doesn't depend on its place in the list."""
        return f"{self.kind}:{self.name}"
