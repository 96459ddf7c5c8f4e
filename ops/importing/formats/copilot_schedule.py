"""The schedule of a Copilot job, as Copilot's stack template translates it to an EventBridge rule. Pure.

Copilot documents crontab fields, but its translation reads some of them differently. The import keeps the times of the
rule. Source: aws/copilot-cli, internal/pkg/deploy/cloudformation/stack/scheduled_job.go (`awsSchedule`, `toAWSCron`),
and internal/pkg/template/templates/workloads/partials/cf/eventrule.yml.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from components.schedules import NO_SCHEDULE

from ..cron_fields import DESCRIPTORS, CronFields, FieldError, expressions, parsed
from ..schedules import interval_minutes, rate

_AWS = re.compile(r"(?:rate|cron)\(.*\)")
_DAYS = frozenset(range(1, 32))
_WEEKDAYS = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class CopilotSchedule:
    """The schedule of a job.

    Args:
        keys: `schedule` and `timezone`.
        note: The difference from the text of the manifest. Empty if there is none.
    """

    keys: Mapping[str, object] = field(default_factory=dict[str, object])
    note: str = ""


def copilot_schedule(text: str) -> CopilotSchedule:
    """The keys of `on.schedule`. Raises FieldError for what Copilot, EventBridge or EventBridge Scheduler refuses."""
    if text == "none":
        return CopilotSchedule({"schedule": NO_SCHEDULE}, "To start a run, use `run`.")
    if _AWS.fullmatch(text):
        return CopilotSchedule(_with_zone(text))
    if text.startswith("@every "):
        minutes = interval_minutes(text.removeprefix("@every ").strip())
        return CopilotSchedule({"schedule": rate(minutes)}, "AWS counts the interval from the deployment.")
    if text in DESCRIPTORS:
        return CopilotSchedule(_with_zone(expressions(parsed(text, "robfig"))[0]))
    return _cron(text)


def _with_zone(expression: str) -> dict[str, object]:
    return {"schedule": expression, **({} if expression.startswith("rate") else {"timezone": "UTC"})}


def _cron(text: str) -> CopilotSchedule:
    written = parsed(text, "robfig")
    words = text.split()
    for word, name in ((words[0], "minute"), (words[1], "hour"), (words[3], "month")):
        if "?" in word or ("," in word and "*" in word):
            raise FieldError(f"`{word}` isn't a {name} that an EventBridge rule accepts.")
    by_day, by_weekday = (not set("*?") & set(words[at]) for at in (2, 4))
    if by_day and by_weekday:
        raise FieldError(f"`{words[2]}` and `{words[4]}`: Copilot refuses a day of the month and a day of the week.")
    ran = replace(
        written,
        days=written.days if by_day else _DAYS,
        weekdays=_raised(words[4]) if by_weekday else _WEEKDAYS,
        both=True,
    )
    expression = expressions(ran)[0]
    return CopilotSchedule(_with_zone(expression), "" if _same_days(written, ran) else _difference(text, expression))


def _raised(text: str) -> frozenset[int]:
    """The days of the week after Copilot adds 1 to each digit, also to that of a step. 0 is Sunday, as in crontab."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        plain = parsed(f"0 0 * * {span}", "robfig").weekdays
        first = min(plain)
        if not slash:
            found |= plain
        elif "-" in span:
            found.update(range(first, max(plain) + 1, int(step) + 1))
        else:
            found.update(range(first, 7, int(step) + 1))
    return frozenset(found)


def _same_days(one: CronFields, other: CronFields) -> bool:
    return all(_matches(one, day, weekday) == _matches(other, day, weekday) for day in _DAYS for weekday in _WEEKDAYS)


def _matches(fields: CronFields, day: int, weekday: int) -> bool:
    found = day in fields.days, weekday in fields.weekdays
    return all(found) if fields.both else any(found)


def _difference(text: str, ran: str) -> str:
    return f"Copilot deployed `{text}` as {ran}, so the task runs like that. If you meant the text, change `schedule`."
