"""Marks of runs that commands start: the scheduled time or the revision that a run is for. Pure.

A mark is the end of `startedBy`, or of the name of the execution of a supervised run.
"""

import re
from datetime import UTC, datetime

_FOR_TIME = re.compile(r"(?:^|[/-])for-(\d{8}T\d{6}Z)$")
_FOR_REVISION = re.compile(r"(?:^|[/-])revision-(\d{1,9})$")


def mark_of(time: datetime) -> str:
    """The mark of a run that `backfill` starts for a scheduled time."""
    return f"for-{time.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def marked_time(text: str) -> datetime | None:
    """The scheduled time in a text with such a mark; None for others."""
    found = _FOR_TIME.search(text)
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def revision_mark(revision: int) -> str:
    """The mark of a run that `run-deployed` starts for a revision of the task definition."""
    return f"revision-{revision}"


def marked_revision(text: str) -> int | None:
    """The revision in a text with such a mark; None for others."""
    found = _FOR_REVISION.search(text)
    return int(found[1]) if found else None
