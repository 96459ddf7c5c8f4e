"""The schedule keys of a task from cron fields or an interval. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .cron_fields import CronFields, FieldError, expressions, in_utc
from .durations import seconds_of


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The keys of a schedule.

    Args:
        keys: `schedule` or `schedules`, and `timezone`.
        changed: Whether more changed than the form of the expression, and why. Empty if not.
    """

    keys: dict[str, object]
    changed: str = ""


def scheduled(fields: CronFields, timezone: str, now: datetime) -> Scheduled:
    """The keys for cron fields in a time zone. Raises FieldError."""
    if moved := in_utc(fields, timezone, now):
        return Scheduled(
            {"schedule": expressions(moved)[0], "timezone": "UTC"},
            f"It runs every hour. In {timezone}, Scheduler would skip the hour that the clock repeats.",
        )
    return Scheduled(
        {**schedule_keys(expressions(fields)), "timezone": timezone},
        "It runs on the day of the month or of the week, so it has two schedules."
        if len(expressions(fields)) > 1
        else "",
    )


def schedule_keys(found: Sequence[str]) -> dict[str, object]:
    """`schedule` for one expression; `schedules` with stable names for two."""
    if len(found) == 1:
        return {"schedule": found[0]}
    names = ("by-day", "by-weekday")
    return {
        "schedules": [{"name": name, "expression": text} for name, text in zip(names, found, strict=True)],
    }


def interval_minutes(text: str) -> int:
    """The minutes of a Go duration such as `1h30m`. Raises FieldError for seconds, which AWS doesn't have."""
    seconds = seconds_of(text)
    if seconds is None:
        raise FieldError(f"`@every {text}` isn't an interval such as 1h30m.")
    minutes, rest = divmod(seconds, 60)
    if rest or not minutes:
        raise FieldError(f"`@every {text}`: AWS's shortest unit is a minute.")
    return int(minutes)


def rate(minutes: int) -> str:
    """The expression of an interval."""
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes % size == 0:
            number = minutes // size
            return f"rate({number} {unit if number == 1 else unit + 's'})"
    raise AssertionError(minutes)


def seconds_text(seconds: int) -> str:
    """Seconds as a duration of the configuration: `90s`, `15m`, `26h`."""
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
