"""Suggestions for expressions that AWS does not accept."""

import re
from datetime import datetime

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_RATE_UNITS = {"m": "minute", "h": "hour", "d": "day"}
_SHORTHANDS = {
    "@yearly": "cron(0 0 1 1 ? *)",
    "@annually": "cron(0 0 1 1 ? *)",
    "@monthly": "cron(0 0 1 * ? *)",
    "@weekly": "cron(0 0 ? * 1 *)",
    "@daily": "cron(0 0 * * ? *)",
    "@midnight": "cron(0 0 * * ? *)",
    "@hourly": "cron(0 * * * ? *)",
}


def translated(fields: list[str]) -> list[str] | None:
    """The six fields of an AWS cron expression for the five fields of Unix cron. None if that needs two schedules: Unix
    cron runs on either day if both day fields are set."""
    minutes, hours, month_day, month, week_day = fields
    if week_day in ("*", "?"):
        return [minutes, hours, month_day, month.upper(), "?", "*"]
    if month_day not in ("*", "?"):
        return None
    days = _days(week_day.upper())
    return [minutes, hours, "?", month.upper(), days, "*"] if days else None


def _days(text: str) -> str | None:
    """Days by name. In Unix cron, Sunday is 0 and 7, and ranges can include it."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\w+)(?:-(\w+))?(?:/(\d+))?", part)
        if not match:
            return None
        first, last = _day(match[1]), _day(match[2] or match[1])
        if first is None or last is None:
            return None
        if last < first:
            last += 7
        found.update(day % 7 for day in range(first, last + 1, max(1, int(match[3] or 1))))
    if sorted(found) == [1, 2, 3, 4, 5]:
        return "MON-FRI"
    return ",".join(DAYS[day] for day in sorted(found))


def _day(text: str) -> int | None:
    if text in DAYS:
        return DAYS.index(text)
    return int(text) if re.fullmatch(r"[0-7]", text) else None


def shorthand_hint(shorthand: str) -> str | None:
    """The AWS expression for `@daily` and similar shorthands."""
    if shorthand in _SHORTHANDS:
        return f"Write {_SHORTHANDS[shorthand]}."
    match = re.fullmatch(r"@every ([0-9]+)([mhd])", shorthand)
    return f"Write {_rate_of(match[1], match[2])}." if match else None


def _rate_of(value: str, unit: str) -> str:
    return f"rate({value} {_RATE_UNITS[unit]}s)"


def rate_hint(inside: str) -> str | None:
    """The rate that was probably intended by the text inside `rate(...)`."""
    match = re.fullmatch(r"\s*([0-9]+)\s*([A-Za-z]+?)s?\s*", inside)
    if not match or int(match[1]) == 0:
        return None
    value, unit = match[1], match[2].lower()
    if unit in ("", "s", "sec", "second"):
        return "The shortest interval is 1 minute."
    if unit in ("w", "week"):
        return f"Write {_rate_of(str(7 * int(value)), 'd')}."
    if unit in ("month", "year"):
        return "Months and years vary in length. Use cron(...)."
    return f"Write {_rate_of(value, unit[0])}." if unit[0] in _RATE_UNITS else None


def at_hint(inside: str) -> str | None:
    """The time that was probably intended by the text inside `at(...)`."""
    try:
        when = datetime.fromisoformat(inside.strip())
    except ValueError:
        return None
    written = f"at({when:%Y-%m-%dT%H:%M:%S})"
    return f"Write {written}." if when.tzinfo is None else f"Write {written}, and set timezone."
