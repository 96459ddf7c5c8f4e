"""Opening hours in words, such as `MON-FRI 07:30-19:00`, and the cron expressions of each opening and closing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAY = 24 * 60
_WEEK = 7 * _DAY
_PART = re.compile(r"([A-Z]{3})(?:-([A-Z]{3}))? ([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_EXAMPLE = 'Write days and times, such as "MON-FRI 07:30-19:00" or "MON-THU 07:30-19:00, FRI 07:30-16:00".'


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The times of a week at which something opens and closes, in minutes after Monday 00:00."""

    openings: tuple[int, ...]
    closings: tuple[int, ...]


def opening_hours(text: str) -> OpeningHours:
    """Opening hours from text: parts such as `MON-FRI 07:30-19:00`, separated by commas.

    A part that ends before it starts ends on the next day. Parts that touch or overlap are one.

    Raises:
        ValueError: It is not in this form, or there is no time at which it is closed.
    """
    spans = [span for part in text.split(",") for span in _spans(part.strip(), text)]
    minutes = {minute % _WEEK for start, end in spans for minute in range(start, end)}
    if len(minutes) == _WEEK:
        raise ValueError(f'"{text}" never closes. Leave out some time of the week.')
    openings = sorted(minute for minute in minutes if (minute - 1) % _WEEK not in minutes)
    closings = sorted((minute + 1) % _WEEK for minute in minutes if (minute + 1) % _WEEK not in minutes)
    return OpeningHours(tuple(openings), tuple(closings))


def _spans(part: str, text: str) -> Iterable[tuple[int, int]]:
    found = _PART.fullmatch(part.upper())
    if found is None:
        raise ValueError(f'"{text}" is not in the form of opening hours. {_EXAMPLE}')
    first, last = (_day(name) for name in (found[1], found[2] or found[1]))
    start = _minute(found[3], found[4])
    end = _DAY if (found[5], found[6]) == ("24", "00") else _minute(found[5], found[6])
    if start == end:
        raise ValueError(f'"{part}" closes when it opens. {_EXAMPLE}')
    days = (last - first) % 7 + 1
    length = end - start if end > start else end - start + _DAY
    for day in range(first, first + days):
        yield day * _DAY + start, day * _DAY + start + length


def _day(name: str) -> int:
    if name not in DAYS:
        raise ValueError(f'"{name}" is not a day. Use one of {", ".join(DAYS)}.')
    return DAYS.index(name)


def _minute(hour: str, minute: str) -> int:
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError(f'"{hour}:{minute}" is not a time. Use 00:00 to 23:59, or 24:00 at the end of a day.')
    return int(hour) * 60 + int(minute)


def cron_expressions(times: Iterable[int]) -> list[str]:
    """The fewest cron expressions that run at times of the week, in the order of their first times.

    Args:
        times: Minutes after Monday 00:00.
    """
    days_of: dict[int, list[int]] = {}
    for time in sorted(times):
        days_of.setdefault(time % _DAY, []).append(time // _DAY)
    return [f"cron({time % 60} {time // 60} ? * {_in_cron(days)} *)" for time, days in days_of.items()]


def _in_cron(days: list[int]) -> str:
    """`MON-FRI`, `MON,WED` or `*`."""
    if len(days) == len(DAYS):
        return "*"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
    return ",".join(DAYS[day] for day in days)
