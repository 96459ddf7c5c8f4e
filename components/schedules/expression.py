"""The parser of schedule expressions: `rate`, `cron` and `at`.

It accepts only what AWS documents as valid. AWS: EventBridge Scheduler user guide, "Schedule types on EventBridge
Scheduler".
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from ..problems import listed
from .hints import DAYS as DAY_NAMES
from .hints import at_hint, rate_hint, shorthand_hint, translated

MAX_LENGTH = 256
"""AWS: botocore scheduler, ScheduleExpression."""
YEARS = (1970, 2199)
"""The years of a cron expression. AWS: EventBridge Scheduler user guide, "Schedule types on EventBridge Scheduler". The
guide names no years for `at`, and no longest rate."""
NO_SCHEDULE = "none"
"""The value of `schedule` for a task that only people and programs start."""
ON_DEMAND = f"cron(0 0 1 1 ? {YEARS[1]})"
"""The expression of such a task. Its schedule in AWS is disabled, and keeps everything that starts a run. Even enabled
by mistake, it would start one in the last year that AWS accepts."""
AFTER_DEPLOYMENT = f"cron(0 0 2 1 ? {YEARS[1]})"
"""The expression of a task without a schedule that runs once after a deployment of a new revision."""
BEFORE_DEPLOYMENT = f"cron(0 0 3 1 ? {YEARS[1]})"
"""The expression of one that runs before schedules move to their new revisions."""
AFTER_TASK = f"cron(0 0 4 1 ? {YEARS[1]})"
"""The expression of one that a rule starts after the success of another task."""
WITHOUT_TIMES = frozenset({ON_DEMAND, AFTER_DEPLOYMENT, BEFORE_DEPLOYMENT, AFTER_TASK})
"""The expressions of schedules that never start a run by themselves."""
_LONGEST_RATE = (date.max - date.min) // timedelta(minutes=1)
"""Minutes in the years 1 to 9999, which are all that Python can calculate with."""
MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class ExpressionError(ValueError):
    """An expression that AWS refuses or does not document as valid."""

    def __init__(self, text: str, start: int, end: int, reason: str, hint: str | None = None):
        super().__init__(reason)
        self.text, self.start, self.end, self.reason, self.hint = text, start, end, reason, hint

    @property
    def message(self) -> str:
        """One line: what is wrong, what is allowed, and a suggestion if there is one."""
        return f"{self.reason} {self.hint}" if self.hint else self.reason

    def __str__(self) -> str:
        caret = " " * self.start + "^" * max(1, self.end - self.start)
        return f"{self.message}\n  {self.text}\n  {caret}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A fixed interval."""

    value: int
    unit: str
    """minute, hour or day."""

    @property
    def minutes(self) -> int:
        """The interval in minutes. A day always has 24 hours, regardless of daylight saving time."""
        return self.value * {"minute": 1, "hour": 60, "day": 1440}[self.unit]


@dataclass(frozen=True, slots=True)
class At:
    """A single run at a local time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DayRule:
    """A rule for days that differ between months: L, 15W, 6L, 2#1."""

    kind: str
    """last (L), weekday (nW), last_weekday (nL) or nth_weekday (n#k)."""
    day: int = 0
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Cron:
    """Local times by minute, hour, day, month, and year. A day field is None if it is `?`."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...] | None
    months: tuple[int, ...]
    weekdays: tuple[int, ...] | None
    """1 is Sunday, 7 is Saturday."""
    years: tuple[int, ...]
    rules: tuple[DayRule, ...] = ()
    fields: tuple[str, ...] = ()
    """The six fields as given."""


Expression = Rate | Cron | At


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    steps: bool = True

    def first(self, like: str) -> str:
        """The lowest value, as a name if `like` is a name, or else as a number."""
        return self.names[0] if like in self.names else str(self.least)

    def allowed(self, *more: str) -> str:
        """The allowed values: `1 to 7, SUN to SAT or *`."""
        names = [f"{self.names[0]} to {self.names[-1]}"] if self.names else []
        return listed([f"{self.least} to {self.most}", *names, *more])


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day-of-month", 1, 31),
    _Field("month", 1, 12, MONTH_NAMES),
    _Field("day-of-week", 1, 7, DAY_NAMES, steps=False),
    _Field("year", *YEARS),
)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The schedule of an expression.

    Raises:
        ExpressionError: AWS does not accept the expression.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            text, MAX_LENGTH, len(text), f"The expression has {len(text)} characters. AWS accepts at most {MAX_LENGTH}."
        )
    match = re.fullmatch(r"(rate|cron|at)\((.*)\)", text, re.DOTALL)
    if not match:
        raise _unknown_form(text)
    inside, start = match[2], match.start(2)
    return {"rate": _rate, "cron": _cron, "at": _at}[match[1]](text, inside, start)


def _unknown_form(text: str) -> ExpressionError:
    stripped = text.strip()
    if stripped != text:
        return ExpressionError(text, 0, len(text), "The expression has white space around it.", f"Write {stripped}.")
    if stripped.startswith("@"):
        return ExpressionError(text, 0, len(text), f"AWS does not support {stripped}.", shorthand_hint(stripped))
    if stripped.startswith(("TZ=", "CRON_TZ=")):
        end = len(stripped.split(" ", 1)[0])
        return ExpressionError(text, 0, end, "The time zone is not part of the expression.", "Set timezone instead.")
    if re.match(r"(rate|cron|at)\([^)]*$", stripped):
        return ExpressionError(text, len(text), len(text), "The closing parenthesis is missing.", "Add ).")
    fields = stripped.split()
    if len(fields) in (5, 6) and re.fullmatch(r"[-0-9A-Za-z*,/?# \t]+", stripped):
        return ExpressionError(
            text, 0, len(text), "A cron expression must be inside cron(...).", _bare_cron_hint(fields)
        )
    return ExpressionError(text, 0, len(text), "Must be rate(...), cron(...) or at(...), in lowercase.")


def _rate(text: str, inside: str, start: int) -> Rate:
    match = re.fullmatch(r"([0-9]+) (minute|hour|day)s?", inside)
    if not match:
        reason = "A rate is a positive integer, a space, and minutes, hours or days, such as rate(6 hours)."
        raise ExpressionError(text, start, start + len(inside), reason, rate_hint(inside))
    if int(match[1]) == 0:
        raise ExpressionError(text, start, start + match.end(1), "A rate must be at least 1.")
    rate = Rate(int(match[1]), match[2])
    if rate.minutes > _LONGEST_RATE:
        raise ExpressionError(text, start, start + match.end(1), "The interval is longer than 9998 years.")
    return rate


def _at(text: str, inside: str, start: int) -> At:
    end = start + len(inside)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", inside, re.ASCII):
        raise ExpressionError(text, start, end, "The time must have the format yyyy-mm-ddThh:mm:ss.", at_hint(inside))
    try:
        return At(datetime.fromisoformat(inside))
    except ValueError as error:
        raise ExpressionError(text, start, end, f"The time does not exist: {error}.") from None


def _cron(text: str, inside: str, start: int) -> Cron:
    if space := re.search(r"[^\S ]", inside):
        at = start + space.start()
        raise ExpressionError(text, at, at + 1, "Only spaces can separate the fields of a cron expression.")
    spans = [(match[0], start + match.start()) for match in re.finditer(r"\S+", inside)]
    values = [value for value, _ in spans]
    if len(values) != 6:
        hint = _field_count_hint(values)
        reason = (
            "A cron expression has six fields (minutes hours day-of-month month day-of-week year), but this one has "
            f"{len(values)}."
        )
        raise ExpressionError(text, start, start + len(inside), reason, hint)
    _check_day_fields(text, spans)
    rules: list[DayRule] = []
    sets = [_field(text, *span, field, rules) for span, field in zip(spans, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays, years = sets
    return Cron(minutes or (), hours or (), days, months or (), weekdays, years or (), tuple(rules), tuple(values))


def _field_count_hint(values: list[str]) -> str | None:
    if len(values) == 5:
        return _bare_cron_hint(values)
    return "There is no field for seconds." if len(values) == 7 else None


def _check_day_fields(text: str, spans: list[tuple[str, int]]) -> None:
    (month_day, start), (week_day, week_start) = spans[2], spans[4]
    if month_day == "?" and week_day == "?":
        raise ExpressionError(text, week_start, week_start + 1, "Only one of day-of-month and day-of-week can be ?.")
    if "?" not in (month_day, week_day):
        reason = "day-of-month and day-of-week cannot both be set: one of them must be ?."
        raise ExpressionError(text, start, week_start + len(week_day), reason, _day_fields_hint(spans))


def _day_fields_hint(spans: list[tuple[str, int]]) -> str:
    fields = [field for field, _ in spans]
    if "*" not in (fields[2], fields[4]):
        return "Write ? for the one that does not matter."
    free = 4 if fields[4] == "*" else 2
    candidate = [*fields[:free], "?", *fields[free + 1 :]]
    unix = translated(fields[:5])
    return _offer([candidate, [*unix[:5], fields[5]] if unix else candidate]) or "Write ? for the one that is *."


def _field(text: str, value: str, start: int, field: _Field, rules: list[DayRule]) -> tuple[int, ...] | None:
    """The values of a field in ascending order; None for `?`. Appends rules for days that differ between months to
    `rules`."""
    day_field = field.name.startswith("day-")
    if value == "?":
        if not day_field:
            raise ExpressionError(text, start, start + 1, f"{field.name} cannot be ?. Use {field.allowed('*')}.")
        return None
    found: set[int] = set()
    position = start
    parts = value.split(",")
    for part in parts:
        rule = _day_rule(part, field) if day_field else None
        if rule:
            _check_rule(text, part, position, field, rule, alone=len(parts) == 1)
            rules.append(rule)
        else:
            found.update(_part(text, part, position, field))
        position += len(part) + 1
    return tuple(sorted(found))


def _day_rule(part: str, field: _Field) -> DayRule | None:
    if field.name == "day-of-month":
        if part == "L":
            return DayRule("last")
        match = re.fullmatch(r"([0-9]{1,2})W", part)
        return DayRule("weekday", int(match[1])) if match else None
    match = re.fullmatch(r"([0-9]|[A-Z]{3})L", part)
    if match and (day := _number(match[1], field)) is not None:
        return DayRule("last_weekday", day)
    match = re.fullmatch(r"([0-9]|[A-Z]{3})#([0-9]+)", part)
    if match and (day := _number(match[1], field)) is not None:
        return DayRule("nth_weekday", day, int(match[2]))
    return None


def _check_rule(text: str, part: str, start: int, field: _Field, rule: DayRule, *, alone: bool) -> None:
    end = start + len(part)
    if rule.kind == "nth_weekday" and not alone:
        raise ExpressionError(text, start, end, "day-of-week accepts only one # expression, without other values.")
    if rule.kind == "nth_weekday" and not 1 <= rule.nth <= 5:
        raise ExpressionError(
            text, start, end, "The number after # must be 1 to 5: the first to the fifth such day of the month."
        )
    if rule.day and not field.least <= rule.day <= field.most:
        raise ExpressionError(text, start, end, f"{field.name} can be {field.allowed()}.")


def _part(text: str, part: str, start: int, field: _Field) -> range:
    end = start + len(part)
    if part == "L" and field.name == "day-of-week":
        # AWS: "the last day of the month or week"; the week ends with day 7.
        return range(field.most, field.most + 1)
    base, slash, step = part.partition("/")
    if slash and not field.steps:
        raise ExpressionError(
            text, start, end, f"{field.name} does not support steps (/). List the days, such as MON,WED,FRI."
        )
    if slash and not (re.fullmatch(r"[0-9]+", step) and 1 <= int(step) <= field.most):
        raise ExpressionError(text, start + len(base) + 1, end, f"The step of {field.name} must be 1 to {field.most}.")
    if base == "*":
        return range(field.least, field.most + 1, int(step or 1))
    low, dash, high = base.partition("-")
    first, last = _number(low, field), _number(high, field) if dash else None
    if first is None or (dash and last is None):
        raise _no_value(text, part, start, field)
    if last is not None and last < first:
        wrapped = f"{low}-{field.names[-1] if low in field.names else field.most},{field.first(high)}-{high}"
        hint = f"Write {wrapped}." if not slash else "Write two ranges."
        raise ExpressionError(
            text, start, end, f"AWS does not document ranges that run backward, such as {base}.", hint
        )
    if last is None:
        last = field.most if slash else first
    return range(first, last + 1, int(step or 1))


def _no_value(text: str, part: str, start: int, field: _Field) -> ExpressionError:
    signs = "lists (,), ranges (-) and steps (/)" if field.steps else "lists (,) and ranges (-)"
    reason = f"{field.name} can be {field.allowed('*')}, with {signs}."
    return ExpressionError(text, start, start + len(part), reason, _value_hint(part, field))


def _value_hint(part: str, field: _Field) -> str | None:
    if field.name == "day-of-week" and re.search(r"\b0\b", part):
        return "Sunday is 1 or SUN, Monday is 2 or MON."
    if field.name == "day-of-week" and (match := re.fullmatch(r"([A-Z]{3}|[1-7])#L", part)):
        return f"Write {match[1]}L for the last such day of the month."
    if part in ("LW", "WL") or part.startswith("L-"):
        return "Write L for the last day of the month."
    names = re.sub(r"[A-Za-z]+", lambda word: word[0][:3].upper(), part)
    if names != part and all(name in field.names for name in re.findall(r"[A-Z]+", names)):
        return f"Write {names}."
    return None


def _number(text: str, field: _Field) -> int | None:
    if text in field.names:
        return field.names.index(text) + 1
    if re.fullmatch(r"[0-9]{1,4}", text) and field.least <= int(text) <= field.most:
        return int(text)
    return None


def _bare_cron_hint(fields: list[str]) -> str | None:
    """The suggestion for five or six fields without cron(...), if AWS accepts one."""
    candidates = [fields] if len(fields) == 6 else []
    unix = translated(fields[-5:])
    if offer := _offer([*candidates, *([unix] if unix else [])]):
        return offer
    if "*" not in (fields[-5:][2], fields[-5:][4]):
        return "Unix cron runs on either day. Use one schedule for each."
    return None


def _offer(candidates: list[list[str]]) -> str | None:
    """The first candidate, of six fields each, that AWS accepts."""
    for candidate in candidates:
        text = f"cron({' '.join(candidate)})"
        try:
            parse(text)
        except ExpressionError:
            continue
        return f"Write {text}."
    return None
