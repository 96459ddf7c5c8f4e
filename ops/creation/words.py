"""Schedules in words, such as `every weekday at 9:00`, as expressions of EventBridge Scheduler. Pure.

Words that can mean two things are refused with both meanings. They are never guessed.
"""

import re
from datetime import datetime

from components.problems import listed
from components.schedules import ExpressionError, parse

from .days import Days, WordsError, days_of

__all__ = ["EXAMPLES", "WordsError", "expression_of"]

EXAMPLES = (
    "every 15 minutes",
    "every 6 hours",
    "every hour at minute 5",
    "every day at 3:30",
    "every weekday at 9:00 and 17:00",
    "every monday and thursday at 6pm",
    "on the first of each month at 3:30",
    "on the last day of each month at 23:00",
    "on the first monday of each month at 9:00",
    "every year on january 5 at 10:00",
    "2030-01-05 10:00",
    "cron(0 9 ? * MON-FRI *)",
)
"""One schedule in words per form of the grammar."""
_TIME = r"(?:noon|midnight|\d{1,2}:\d{2} ?(?:am|pm)?|\d{1,2} ?(?:am|pm)?)"
_TIMES = rf"{_TIME}(?:(?:, and |, | and ){_TIME})*"
_A_TIME = re.compile(_TIME)
_DATE = re.compile(rf"(?:once )?(?:on )?(\d{{4}}-\d{{2}}-\d{{2}})(?:(?:t| at | )({_TIME})(?::(\d\d))?)?")
_DAYS_AT = re.compile(rf"(.+?),? at ({_TIMES})")
_AT_DAYS = re.compile(rf"at ({_TIMES}),? (.+)")
_DAYS_AND_TIMES = re.compile(rf"(.+?) ({_TIMES})")
_SHORTEST = "The shortest interval is 1 minute."
_NO_TIME = "At which time? Add it, such as: {days} at 9:00."
_LONGEST = 512
"""Characters of a schedule. AWS accepts expressions of 256 characters."""
_UNITS = {"minute": "minute", "min": "minute", "hour": "hour", "day": "day"}


def expression_of(words: str) -> str:
    """Return the expression of EventBridge Scheduler for a schedule in words. AWS's expressions stay as they are.

    The grammar is that of `EXAMPLES`: an interval, or days and times of day, or a date and a time. Upper and lower
    case are the same. A time is `9:00`, `21:30`, `9am`, `9:30 pm`, `noon` or `midnight`.

    Raises:
        WordsError: The words have no meaning, or several. The message says which, or gives an example.
    """
    if len(words) > _LONGEST:
        raise WordsError(f"A schedule in words has at most {_LONGEST} characters. Examples: {listed(EXAMPLES, 'or')}")
    if re.match(r"\s*(rate|cron|at)\s*\(", words) or _is_bare_cron(words):
        return _checked(words.strip())
    text = re.sub(r"\s+", " ", words.strip().lower()).removesuffix(".").removeprefix("run ").strip()
    text = re.sub(r"\b(each|all)\b", "every", text).replace("a.m", "am").replace("p.m", "pm")
    for read in (_interval, _minute_of_the_hour, _date, _days_and_times):
        if (found := read(text)) is not None:
            return _checked(found)
    raise _unknown(words)


def _is_bare_cron(words: str) -> bool:
    """Whether the words are fields of cron, or a shorthand such as @daily. The parser has hints for them."""
    return words.strip().startswith("@") or (
        len(words.split()) in (5, 6, 7) and re.fullmatch(r"[\d*/?, A-Z#L-]+", words.strip()) is not None
    )


def _checked(expression: str) -> str:
    try:
        parse(expression)
    except ExpressionError as error:
        raise WordsError(error.message) from None
    return expression


def _unknown(words: str) -> WordsError:
    return WordsError(f'"{words}" isn\'t a schedule in words. Examples: {listed(EXAMPLES, "or")}')


def _interval(text: str) -> str | None:
    if text == "hourly":
        return "rate(1 hour)"
    match = re.fullmatch(r"every (?:(\d+) )?(second|sec|minute|min|hour|day|week|month|year)s?(?P<rest> .*)?", text)
    if not match:
        return None
    count, unit, rest = match[1], match[2], match["rest"]
    if rest:
        # "every day at 9:00" is about days. "every 2 days at 9:00" can't be.
        return _no_interval_with_time(count, unit, rest) if count and count != "1" else None
    if unit in ("second", "sec"):
        raise WordsError(_SHORTEST)
    if unit in ("week", "month", "year"):
        raise WordsError(_long_interval(int(count or 1), unit))
    if unit == "day" and not count:
        raise WordsError(
            "At which time? Write every day at 9:00. For an interval that AWS counts from the deployment, write "
            "every 24 hours."
        )
    value = int(count or 1)
    return f"rate({value} {_UNITS[unit]}{'' if value == 1 else 's'})"


def _long_interval(count: int, unit: str) -> str:
    if unit == "week":
        on_days = "" if count > 1 else " Or write the day, such as every monday at 9:00."
        return f"AWS has no intervals of weeks. Write every {7 * count} days.{on_days}"
    example = "on the first of each month at 9:00" if unit == "month" else "every year on january 5 at 9:00"
    return f"A {unit} has no fixed length. Write the day and time, such as {example}."


def _no_interval_with_time(count: str, unit: str, rest: str) -> str | None:
    if rest.startswith(" at "):
        raise WordsError(
            f"AWS counts an interval from the deployment, so it has no time. Write every {count} {unit}s, or days with "
            f"a time, such as every day{rest}."
        )
    return None


def _minute_of_the_hour(text: str) -> str | None:
    match = re.fullmatch(r"(?:every hour|hourly) at (?:minute |:)(\d{1,2})", text) or re.fullmatch(
        r"at minute (\d{1,2}) of every hour", text
    )
    if not match:
        return None
    if int(match[1]) > 59:
        raise WordsError(f"There is no minute {match[1]}. Write 0 to 59.")
    return f"cron({int(match[1])} * * * ? *)"


def _date(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    if not match:
        if re.match(r"(?:once )?(?:on )?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b", text):
            raise WordsError("A date has the format year-month-day: 2030-01-05 10:00.")
        if re.match(r"(?:once )?(?:on )?(?:today|tomorrow|tonight|next |in \d)", text):
            raise WordsError("Write the date of a single run: 2030-01-05 10:00.")
        return None
    if match[2] is None:
        raise WordsError(f"At which time? Write {match[1]} 10:00.")
    hour, minute = _clock(match[2])
    written = f"{match[1]}T{hour:02}:{minute:02}:{match[3] or '00'}"
    try:
        datetime.fromisoformat(written)
    except ValueError as error:
        raise WordsError(f"{match[1]} isn't a date: {error}.") from None
    return f"at({written})"


def _days_and_times(text: str) -> str | None:
    times, days = _split(text)
    found = days_of(days)
    if found is None:
        return None
    if not times:
        raise WordsError(_NO_TIME.format(days=days))
    return _cron(found, [_clock(time) for time in _A_TIME.findall(times)])


def _split(text: str) -> tuple[str, str]:
    """The times of day and the days."""
    if match := _DAYS_AT.fullmatch(text):
        return match[2], match[1]
    if match := _AT_DAYS.fullmatch(text):
        return match[1], match[2]
    if match := _DAYS_AND_TIMES.fullmatch(text):
        return match[2], match[1]
    return "", text


def _clock(text: str) -> tuple[int, int]:
    """The hour and minute of a time of day."""
    if text in ("noon", "midnight"):
        return (12, 0) if text == "noon" else (0, 0)
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))? ?(am|pm)?", text)
    assert match
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12 or minute > 59:
            raise WordsError(f'"{text}" isn\'t a time. With am and pm, hours are 1 to 12.')
        return hour % 12 + (12 if half == "pm" else 0), minute
    if match[2] is None:
        raise WordsError(_which_half(hour))
    if hour > 23 or minute > 59:
        raise WordsError(f'"{text}" isn\'t a time. Times are 0:00 to 23:59.')
    return hour, minute


def _which_half(hour: int) -> str:
    if 1 <= hour <= 11:
        return f'"at {hour}" can mean {hour}:00 or {hour + 12}:00. Write one of them, or {hour}am or {hour}pm.'
    if hour == 12:
        return '"at 12" can mean 12:00 or 0:00. Write one of them, or noon or midnight.'
    return f"Write a time with minutes: {hour if hour < 24 else 9}:00."


def _cron(days: Days, times: list[tuple[int, int]]) -> str:
    minutes = sorted({minute for _, minute in times})
    if len(minutes) > 1:
        shown = " and ".join(f"{hour}:{minute:02}" for hour, minute in times)
        raise WordsError(
            f"One schedule runs at the same minute of each hour, and {shown} have different ones. Start with one of "
            "them, then list a second expression under schedule in the task's file."
        )
    hours = ",".join(str(hour) for hour in sorted({hour for hour, _ in times}))
    return f"cron({minutes[0]} {hours} {days.month_days} {days.months} {days.weekdays} *)"
