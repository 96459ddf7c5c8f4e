"""A schedule in one English line."""

from .expression import MONTH_NAMES, At, Cron, DayRule, Expression, Rate

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_EVERY_YEAR = 230


def explain(expression: Expression, timezone: str = "UTC") -> str:
    """What an expression means: `at 09:00 on the first Monday of every month (Europe/Berlin)`."""
    if isinstance(expression, Rate):
        unit = expression.unit
        return f"every {unit}" if expression.value == 1 else f"every {expression.value} {unit}s"
    if isinstance(expression, At):
        return f"once, on {expression.at:%Y-%m-%d} at {_clock(expression.at)} ({timezone})"
    return f"{_times(expression)} {_days(expression)}{_years(expression)} ({timezone})"


def _clock(when: object) -> str:
    text = f"{when:%H:%M:%S}"
    return text.removesuffix(":00") if text.endswith(":00") else text


def _times(cron: Cron) -> str:
    minutes, hours = cron.fields[0], cron.fields[1]
    if len(cron.hours) * len(cron.minutes) <= 4:
        return "at " + _listed([f"{hour:02}:{minute:02}" for hour in cron.hours for minute in cron.minutes])
    span = "" if len(cron.hours) == 24 else f" of the hours {hours}"
    if len(cron.minutes) == 60:
        return f"every minute{span}"
    step = _step(cron.minutes, 60)
    if step and cron.minutes[0] == 0:
        return f"every {step} minutes{span}"
    where = (
        f"at minute {_listed([str(minute) for minute in cron.minutes])}"
        if len(cron.minutes) <= 6
        else f"at minutes {minutes}"
    )
    return f"{where} of every hour" if not span else f"{where}{span}"


def _step(values: tuple[int, ...], size: int) -> int | None:
    """The distance between values that are evenly spread over the whole range."""
    if len(values) < 2:
        return None
    step = values[1] - values[0]
    return step if values == tuple(range(values[0], size, step)) else None


def _days(cron: Cron) -> str:
    months = _months(cron)
    if cron.rules or cron.weekdays is None:
        parts = [_rule(rule) for rule in cron.rules]
        if cron.weekdays is None and cron.days == tuple(range(1, 32)):
            return "every day" if months == "every month" else f"every day in {months}"
        fixed = cron.days if cron.weekdays is None else None
        parts += [f"day {day}" for day in fixed or ()]
        parts += [_DAYS[day - 1] for day in cron.weekdays or ()]
        return f"on {_listed(parts)} of {months}"
    within = "" if months == "every month" else f" in {months}"
    return f"{_weekdays(cron.weekdays)}{within}"


def _weekdays(days: tuple[int, ...]) -> str:
    if len(days) == 7:
        return "every day"
    if days == (2, 3, 4, 5, 6):
        return "on weekdays"
    return "every " + _listed([_DAYS[day - 1] for day in days])


def _rule(rule: DayRule) -> str:
    if rule.kind == "last":
        return "the last day"
    if rule.kind == "weekday":
        return f"the weekday nearest to day {rule.day}"
    day = _DAYS[rule.day - 1]
    return f"the last {day}" if rule.kind == "last_weekday" else f"the {_ORDINALS[rule.nth - 1]} {day}"


def _months(cron: Cron) -> str:
    if len(cron.months) == len(MONTH_NAMES):
        return "every month"
    return _listed([_MONTHS[month - 1] for month in cron.months])


def _years(cron: Cron) -> str:
    if len(cron.years) == _EVERY_YEAR:
        return ""
    return (
        f" in {_listed([str(year) for year in cron.years])}"
        if len(cron.years) <= 3
        else f" in the years {cron.fields[5]}"
    )


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
