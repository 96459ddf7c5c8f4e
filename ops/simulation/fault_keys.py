"""The keys of a file with faults."""

from collections.abc import Sequence
from typing import Annotated, Required

from typing_extensions import TypedDict

from components.args.strict import strict
from components.keys.annotations import Between, Duration, Instant, NotEmpty

from .faults import Kind, Service


@strict
class FaultKeys(TypedDict, total=False):
    """One fault."""

    kind: Required[Kind]
    """The kind of the fault."""

    tasks: Annotated[Sequence[str], NotEmpty("is empty. Name at least one task, or remove it for all tasks.")]
    """The tasks that it concerns. Default: all tasks."""

    service: Service
    """The service of an outage."""

    from_: Annotated[str, Instant()]
    """When it begins. Default: the start of the simulation."""

    to: Annotated[str, Instant()]
    """When it ends. Default: the end of the simulation."""

    percent: Annotated[int, Between(1, 100)]
    """How many of the deliveries, launches or runs in its time it affects. Default: 100."""

    times: Annotated[int, Between(1, 1_000_000)]
    """The most that it affects of each task. Default: all."""

    exit_code: Annotated[int, Between(1, 255)]
    """The exit code of `exitCode`. Default: 1."""

    after: Annotated[str, Duration("1s", "7d", unit="s")]
    """When it happens in a run, from the launch. Default: at the end of the run."""


@strict
class FaultFile(TypedDict, total=False):
    """A file with faults."""

    faults: Required[Annotated[Sequence[object], NotEmpty("is empty. Write at least one fault, or pass no file.")]]
    """The faults. Each is checked by itself, so that one doesn't hide the problems of another."""
