"""The record of what tasks come from. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ..record import Origin as Entry
from .mapping import Origin
from .model import Rule, text_at


def origins_of(found: Sequence[Origin], now: datetime | None = None) -> dict[str, Entry]:
    """The entries of the record, by task.

    Args:
        found: The drafts with their rules and schedules.
        now: The time of the import; the current time by default.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {each.draft.name: _entry(each, at) for each in found}


def _entry(found: Origin, at: str) -> Entry:
    origin, value = found.origin, found.origin.value
    is_rule = isinstance(origin, Rule)
    return Entry(
        kind="rule" if is_rule else "schedule",
        arn=origin.arn,
        name=origin.name,
        place=origin.bus if is_rule else origin.group,
        target=found.target,
        state="DISABLED" if text_at(value, "State") == "DISABLED" else "ENABLED",
        expression=text_at(value, "ScheduleExpression"),
        timezone=text_at(value, "ScheduleExpressionTimezone") or "UTC",
        imported=at,
        start=text_at(value, "StartDate"),
        end=text_at(value, "EndDate"),
    )
