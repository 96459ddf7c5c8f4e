"""Office hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import args
from ..keys.resolution import resolves

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.SleepArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """A resource that runs only during office hours. One field is set."""

    database: Input[str] | None
    cluster: Input[str] | None
    instances: tuple[Input[str], ...]
    redshift: Input[str] | None
    service: Input[str] | None
    group: Input[str] | None


@resolves(args.HoursArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When resources run, and which."""

    open: str
    """Days and times as written."""
    sleeps: tuple[Sleep, ...]
    """In the order in which they are stopped."""
