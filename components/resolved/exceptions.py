"""The times that a task leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from .. import args
from ..keys.resolution import resolves


@resolves(args.ExceptArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Except:
    """Days and times without runs."""

    dates: tuple[str, ...]
    holidays: tuple[str, ...]
    calendars: tuple[str, ...]
