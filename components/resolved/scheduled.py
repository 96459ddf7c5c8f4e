"""Schedules, retries of launches and tags, which all kinds of tasks have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..exceptions.left_out import Exceptions
from .schedules import Retry, ScheduleTimes


class Scheduled(Protocol):
    """A task that runs containers, or a call. Functions that need only its schedules take it."""

    @property
    def name(self) -> str:
        """Name of the task."""
        ...

    @property
    def args(self) -> Mapping[str, object]:
        """The arguments that it is made from."""
        ...

    @property
    def schedules(self) -> tuple[ScheduleTimes, ...]:
        """When it runs."""
        ...

    @property
    def enabled(self) -> bool:
        """Whether its schedules are enabled, unless one of them is paused itself."""
        ...

    @property
    def retry(self) -> Retry:
        """Retries of a failed launch."""
        ...

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags, in addition to the group's."""
        ...

    @property
    def exceptions(self) -> Exceptions:
        """The times that its schedules leave out."""
        ...

    def exceptions_in(self, schedule: ScheduleTimes) -> Exceptions:
        """The times that one of its schedules leaves out."""
        ...

    @property
    def is_paused(self) -> bool:
        """Whether all of its schedules are paused."""
        ...
