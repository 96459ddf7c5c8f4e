"""Warnings about cron expressions that AWS accepts, but that often mean something else than intended.

Pure: an expression in, messages out. AWS: EventBridge Scheduler user guide, "Schedule types on EventBridge Scheduler".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

from ..problems import listed
from ..schedules import Cron
from ..schedules.expression import DAY_NAMES

_DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_STEPPED = (("minutes", 0, 59), ("hours", 0, 23), ("day-of-month", 1, 31), ("month", 1, 12))
_LONGEST = {month: 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)}


def expression_warnings(cron: Cron) -> Iterator[str]:
    """Messages about days by number, steps that are not even, and days that some months don't have."""
    yield from _numbered_days(cron)
    yield from _uneven_steps(cron)
    yield from _missing_days(cron)


def _numbered_days(cron: Cron) -> Iterator[str]:
    """Unix cron counts days from 0 (Sunday), so that 1 is Monday. AWS counts from 1 (Sunday)."""
    field = cron.fields[4]
    # Forms such as 2#1 and 6L are left out: AWS documents them with numbers only.
    if not re.fullmatch(r"[1-7](?:[-,][1-7])*", field):
        return
    by_name = re.sub(r"[1-7]", lambda found: DAY_NAMES[int(found[0]) - 1], field)
    meant = _days(field)
    unix = re.sub(r"[1-7]", lambda found: DAY_NAMES[int(found[0]) % 7], field)
    yield (
        f"day-of-week {field} is {meant}: AWS counts from 1 (Sunday), Unix cron from 0. Write {by_name} if you intend "
        f"that, or {unix} for the days of Unix cron."
    )


def _days(field: str) -> str:
    parts = [[_DAY_NAMES[int(number) - 1] for number in part.split("-")] for part in field.split(",")]
    return listed([" to ".join(part) for part in parts], "and")


def _uneven_steps(cron: Cron) -> Iterator[str]:
    for (name, least, most), field in zip(_STEPPED, cron.fields, strict=False):
        found = re.fullmatch(r"(\*|[0-9]+)/([0-9]+)", field)
        if not found or int(found[2]) == 1:
            continue
        step, size = int(found[2]), most - least + 1
        first = least if found[1] == "*" else int(found[1])
        values = list(range(first, most + 1, step))
        gap = size - values[-1] + first
        if gap == step and name != "day-of-month":
            continue
        if name == "day-of-month":
            yield (
                f"day-of-month {field} starts again at day {first} of each month, so the interval changes there. For a "
                f"fixed interval, write rate({step} days)."
            )
        else:
            yield (
                f"{name} {field} is not an even interval: it is {_values(values)}, and then {first} after only {gap}. "
                f"Use a step that divides {size}, or write out the values if you intend that."
                if gap < step
                else f"{name} {field} is not an even interval: it is {_values(values)}, and then {first} after {gap}. "
                f"Write */{step} or the values."
            )


def _values(values: list[int]) -> str:
    return listed(values, "and") if len(values) <= 4 else f"{values[0]}, {values[1]}, ... and {values[-1]}"


def _missing_days(cron: Cron) -> Iterator[str]:
    """Days that are written one by one. A range to 31 means the rest of the month."""
    for part in cron.fields[2].split(","):
        found = re.fullmatch(r"(29|30|31)(W?)", part)
        if not found:
            continue
        day = int(found[1])
        # February has a day 29 in leap years only.
        without = [month for month in cron.months if _LONGEST[month] < day or (month == 2 and day == 29)]
        if without:
            names = listed([calendar.month_name[month] for month in without], "and")
            some = "most years have no" if without == [2] and day == 29 else "there is no"
            yield (
                f"{some} day {day} in {names}, so there is no run then. For the last day of each month, write L as "
                "day-of-month."
            )
