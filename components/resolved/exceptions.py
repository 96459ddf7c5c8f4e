"""The times that a task leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from .. import args
from ..args import Days
from ..exceptions.left_out import NO_EXCEPTIONS, Exceptions
from ..keys.resolution import resolves


@resolves(args.ExceptArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Except:
    """Days and times without runs."""

    dates: tuple[str, ...]
    holidays: tuple[str, ...]
    calendars: tuple[str, ...]


def exceptions_of(given: Except | None, only: Days | None) -> Exceptions:
    """The times that `except` and `only` leave out."""
    if given is None and only is None:
        return NO_EXCEPTIONS
    return Exceptions(
        dates=given.dates if given else (),
        holidays=given.holidays if given else (),
        calendars=given.calendars if given else (),
        workdays=only == "workdays",
    )
