"""The days of a schedule in words, as fields of a cron expression. Pure."""

import calendar
import re
from dataclasses import dataclass

from components.schedules.expression import MONTH_NAMES
from components.schedules.hints import DAYS


class WordsError(ValueError):
    """Words that have no meaning, or several."""


@dataclass(frozen=True, slots=True)
class Days:
    """The fields for days of a cron expression."""

    month_days: str = "?"
    months: str = "*"
    weekdays: str = "?"


_NAMES = {
    **{name.lower(): DAYS[(number + 1) % 7] for number, name in enumerate(calendar.day_name)},
    **{day.lower(): day for day in DAYS},
    "tues": "TUE",
    "wednes": "WED",
    "thur": "THU",
    "thurs": "THU",
}
_MONTHS = {
    **{name.lower(): MONTH_NAMES[number] for number, name in enumerate(calendar.month_name[1:])},
    **{month.lower(): month for month in MONTH_NAMES},
    "sept": "SEP",
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_DAY = rf"(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})"
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_NUMBER = r"(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth)"
_AND = r"(?:, and |, | and )"
_EACH = r"(?:every week on|weekly on|every|on)"
_NUMBERS = rf"({_NUMBER}(?:{_AND}(?:the )?{_NUMBER})*)"
_A_NUMBER, _SEPARATOR = re.compile(_NUMBER), re.compile(_AND)
_WORKDAYS = re.compile(rf"(?:{_EACH} )?weekdays|every weekday|every working day")
_WEEKENDS = re.compile(rf"(?:{_EACH} )?weekends")
_DAY_RANGE = re.compile(rf"(?:{_EACH} )?({_DAY})s? ?(?:-|to|through|until) ?({_DAY})s?")
_A_DAY = re.compile(rf"{_DAY}s?")
_PREFIX = re.compile(rf"(?:({_EACH}) )?(.*)")
_MONTH_DAYS = re.compile(
    rf"(?:on )?(?:the |day )?{_NUMBERS}(?: day)? of (?:every|the) month"
    rf"|(?:every month|monthly) on (?:the |day ){_NUMBERS}"
)
_DAY_OF_MONTH = re.compile(
    r"(?:on )?(?:the )?(last|first|second|third|fourth|fifth|[1-5](?:st|nd|rd|th)) "
    rf"(day|weekday|working day|{_DAY}) of (?:every|the) month"
)
_DAY_OF_YEAR = re.compile(
    rf"(?:every year|yearly) on (?:the )?(?:({_MONTH}) ({_NUMBER})|({_NUMBER})(?: of)? ({_MONTH}))"
)
_SAFE_DAYS = 28
"""Days that each month has."""


def days_of(text: str) -> Days | None:
    """Return the fields for the days of a schedule in words; None if the words have another form.

    Raises:
        WordsError: The words can mean two things.
    """
    for read in (_every_day, _weekdays, _month_days, _day_of_month, _day_of_year):
        if (found := read(text)) is not None:
            return found
    return None


def _every_day(text: str) -> Days | None:
    return Days(month_days="*") if text in ("every day", "daily", "every days") else None


def _weekdays(text: str) -> Days | None:
    if _WORKDAYS.fullmatch(text):
        return Days(weekdays="MON-FRI")
    if _WEEKENDS.fullmatch(text):
        return Days(weekdays="SUN,SAT")
    if text == "every weekend":
        raise WordsError('"every weekend" can mean one day or both. Write on weekends, or every saturday.')
    if re.match(r"every (?:other|second|2nd|third|3rd) ", text):
        raise WordsError("A cron expression can't skip weeks. Write an interval, such as every 14 days.")
    if match := _DAY_RANGE.fullmatch(text):
        return Days(weekdays=_range(match[1], match[2]))
    match = _PREFIX.fullmatch(text)
    names = _SEPARATOR.split(match[2]) if match else []
    if match and all(_A_DAY.fullmatch(name) for name in names):
        if match[1] in (None, "on") and not all(name.endswith("s") and name not in _NAMES for name in names):
            raise WordsError(
                f'"{text}" can mean one day or every week. Write every {names[0].removesuffix("s")}, or a date.'
            )
        days = {_NAMES[name if name in _NAMES else name.removesuffix("s")] for name in names}
        return Days(weekdays=",".join(sorted(days, key=DAYS.index)))
    return None


def _range(first: str, last: str) -> str:
    """A range of weekdays. AWS documents none that run from Saturday to Sunday."""
    low, high = DAYS.index(_NAMES[first]), DAYS.index(_NAMES[last])
    if low < high:
        return f"{DAYS[low]}-{DAYS[high]}"
    count = (high - low) % 7 + 1
    return ",".join(sorted((DAYS[(low + number) % 7] for number in range(count)), key=DAYS.index))


def _month_days(text: str) -> Days | None:
    """Numbered days of every month: `on the 1st and 15th of every month`."""
    match = _MONTH_DAYS.fullmatch(text)
    if not match:
        return None
    days = sorted({_number(each) for each in _A_NUMBER.findall(match[1] or match[2])})
    if days[0] < 1 or days[-1] > 31:
        raise WordsError(f"A month has no day {days[0] if days[0] < 1 else days[-1]}.")
    if days[-1] > _SAFE_DAYS:
        raise WordsError(
            f"Not every month has a day {days[-1]}. For the last day, write on the last day of each month at 9:00. To "
            f"skip shorter months, write cron(0 9 {days[-1]} * ? *)."
        )
    return Days(month_days=",".join(map(str, days)))


def _day_of_month(text: str) -> Days | None:
    """The last day of every month, or one of its weekdays: `on the first monday of every month`."""
    match = _DAY_OF_MONTH.fullmatch(text)
    if not match:
        return None
    which, day = match[1], match[2]
    if day == "day":
        return Days(month_days="L") if which == "last" else Days(month_days=str(_number(which)))
    if day in ("weekday", "working day"):
        raise WordsError(
            f'AWS has no expression for "{which} {day} of the month". For the weekday that is nearest to day 1, write '
            "cron(0 9 1W * ? *)."
        )
    if which == "last":
        return Days(weekdays=f"{_NAMES[day]}L")
    if _number(which) == 5:
        raise WordsError(
            f"Not every month has a fifth {day}. Write on the last {day} of each month at 9:00. To skip the other "
            f"months, write cron(0 9 ? * {_NAMES[day]}#5 *)."
        )
    return Days(weekdays=f"{_NAMES[day]}#{_number(which)}")


def _day_of_year(text: str) -> Days | None:
    match = _DAY_OF_YEAR.fullmatch(text)
    if not match:
        return None
    month, day = _MONTHS[match[1] or match[4]], _number(match[2] or match[3])
    # 2027 isn't a leap year.
    most = calendar.monthrange(2027, MONTH_NAMES.index(month) + 1)[1]
    if not 1 <= day <= most:
        raise WordsError(f"There is no {day} {calendar.month_name[MONTH_NAMES.index(month) + 1]} in every year.")
    return Days(month_days=str(day), months=month)


def _number(text: str) -> int:
    return _ORDINALS.get(text) or int(re.sub(r"\D", "", text))
