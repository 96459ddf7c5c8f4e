"""The times that a deployed schedule leaves out, from the input of its state machine. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from components.exceptions.left_out import Span
from components.json_values import Json, items, mapping, read_json
from components.supervised.exceptions import COVERED_UNTIL, EXCEPT

SOON = timedelta(days=365)
"""A deployment of this year covers the year after next. With less than a year left, the last deployment was at least a
year ago."""


@dataclass(frozen=True, slots=True)
class DeployedExceptions:
    """The times that a deployed schedule leaves out.

    Args:
        spans: The intervals.
        until: The time after which they are not known, because the deployment covers some years. None if there are no
            exceptions.
    """

    spans: tuple[Span, ...] = ()
    until: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.spans)

    def ending(self, now: datetime) -> str:
        """A sentence if the intervals end soon; empty if they don't."""
        if self.until is None or self.until - now > SOON:
            return ""
        ends = "end" if self.until > now else "ended"
        return f"The times that it leaves out {ends} on {self.until:%Y-%m-%d}. To add later years, run: pulumi up"

    def reason(self, instant: datetime) -> str:
        """Why a scheduled time is left out; empty if it isn't."""
        return next((span.reason for span in self.spans if instant in span), "")


@lru_cache(maxsize=1024)
def deployed_exceptions(text: str) -> DeployedExceptions:
    """Read the exceptions in the input of a schedule. Input that somebody changed by hand has none."""
    if f'"{EXCEPT}"' not in text:
        return DeployedExceptions()
    try:
        given = mapping(read_json(text))
        spans = tuple(_span(each) for each in items(given.get(EXCEPT, [])))
        return DeployedExceptions(spans, _instant(given.get(COVERED_UNTIL)))
    except ValueError:
        return DeployedExceptions()


def _span(given: Json) -> Span:
    found = mapping(given)
    return Span(_instant(found.get("from")), _instant(found.get("to")), str(found.get("why", "")))


def _instant(text: Json) -> datetime:
    return datetime.fromisoformat(str(text)).astimezone(UTC)
