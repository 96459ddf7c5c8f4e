"""When a rule or a schedule runs, as keys of a task and as the times of the source. Pure."""

import re
from datetime import datetime

from components.schedules import known_timezone

from ...aws.schedules import DEFAULT_RETRY
from ..schedules import seconds_text
from ..times import rules, scheduler
from ..yaml_sources import Value
from .model import Rule, Schedule
from .values import is_empty
from .work import Work, integer

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)", re.ASCII)
_FROM_DEPLOYMENT = "AWS counts the interval from the deployment."
_ATTEMPTS, _AGE = DEFAULT_RETRY["MaximumRetryAttempts"], DEFAULT_RETRY["MaximumEventAgeInSeconds"]
_OURS = {"attempts": 5, "maxAge": "1h"}


def rule_timing(work: Work, rule: Rule) -> bool:
    """Add the schedule of a rule. Returns False if it has none."""
    value = rule.value
    expression = value.at("ScheduleExpression")
    if is_empty(expression):
        return False
    if (known := work.found(expression, "schedule")) is not None:
        text = known.text.strip()
        try:
            work.draft.times = rules.times_of(text)
        except ValueError:
            work.block(known, "schedule", f"EventBridge refuses {text} for a rule.")
            return True
        work.draft.keys["schedule"] = text
        work.draft.keys["timezone"] = "UTC"
        if text.startswith("rate"):
            work.ledger.change(known, "schedule", _FROM_DEPLOYMENT)
        else:
            work.ledger.change(known, "schedule, timezone", "Rules run in UTC.")
    _describe(work, value)
    state = work.found(value.at("State"), "enabled") or work.found(value.at("IsEnabled"), "enabled")
    if state is not None and state.text in ("DISABLED", "false"):
        work.draft.keys["enabled"] = False
    for key in ("State", "IsEnabled"):
        work.ledger.change(value.at(key), "enabled")
    work.ledger.change(value.at("Name"), "the file's name")
    work.ledger.change(value.at("EventBusName"), "", "Schedules need no event bus.")
    work.ledger.change(value.at("RoleArn"), "", "The stack's own role starts runs.", whole=True)
    pattern = value.at("EventPattern")
    if not is_empty(pattern):
        work.ledger.lose(pattern, "The task runs only on its schedule, not on events.")
    return True


def _describe(work: Work, value: Value) -> None:
    work.take(value.at("Description"), "description")


def schedule_timing(work: Work, schedule: Schedule) -> None:
    """Add the schedule of EventBridge Scheduler."""
    value, keys, ledger = schedule.value, work.draft.keys, work.ledger
    zone = work.found(value.at("ScheduleExpressionTimezone"), "timezone")
    start = _instant(work, value.at("StartDate"), "start")
    end = _instant(work, value.at("EndDate"), "end")
    timezone = zone.text if zone is not None else "UTC"
    if not known_timezone(timezone) and zone is not None:
        work.block(zone, "timezone", f"{timezone} isn't an IANA time zone.")
    elif (known := work.found(value.at("ScheduleExpression"), "schedule")) is not None:
        _expression(work, known, timezone, start, end)
    elif is_empty(value.at("ScheduleExpression")):
        work.draft.block(value.line, "ScheduleExpression", "The schedule has no expression.", "not possible")
    ledger.change(zone, "timezone")
    _describe(work, value)
    state = work.found(value.at("State"), "enabled")
    if state is not None and state.text == "DISABLED":
        keys["enabled"] = False
    ledger.change(value.at("State"), "enabled")
    _window(work, value.at("FlexibleTimeWindow"))
    completion = work.found(value.at("ActionAfterCompletion"), "deleteAfterCompletion")
    if completion is not None and completion.text == "DELETE":
        keys["deleteAfterCompletion"] = True
    ledger.change(value.at("ActionAfterCompletion"), "deleteAfterCompletion")
    ledger.change(value.at("Name"), "the file's name")
    ledger.change(value.at("GroupName"), "", "The stack has its own schedule group.", whole=True)
    key = value.at("KmsKeyArn")
    if not is_empty(key):
        ledger.lose(key, "A stack has one key for all schedules: set `encryption.schedules` in the stack's file.")


def _expression(work: Work, value: Value, timezone: str, start: datetime | None, end: datetime | None) -> None:
    text = value.text.strip()
    if (rate := _RATE.fullmatch(text)) and int(rate[1]) > 0:
        text = f"rate({int(rate[1])} {rate[2]}{'' if int(rate[1]) == 1 else 's'})"
    try:
        work.draft.times = scheduler.times_of(text, timezone, start, end)
    except (ValueError, OverflowError):
        work.block(value, "schedule", f"EventBridge Scheduler refuses {value.text}.")
        return
    work.draft.keys["schedule"] = text
    work.draft.keys["timezone"] = timezone
    if rate and start is None:
        work.ledger.change(value, "schedule", _FROM_DEPLOYMENT)
    elif text != value.text:
        work.ledger.change(value, "schedule", f"Written as {text}.")
    else:
        work.ledger.take(value, "schedule")


def _instant(work: Work, value: Value | None, key: str) -> datetime | None:
    known = work.found(value, key)
    if known is None:
        return None
    try:
        found = datetime.fromisoformat(known.text.replace("Z", "+00:00"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        work.block(known, key, f"{known.text} isn't a time in ISO 8601 with an offset or Z.")
        return None
    work.draft.keys[key] = known.text
    work.ledger.take(known, key)
    return found


def _window(work: Work, value: Value | None) -> None:
    known = work.found(value, "flexibleWindow")
    if known is None:
        return
    mode, minutes = known.at("Mode"), known.at("MaximumWindowInMinutes")
    count = integer(minutes) if minutes else None
    if mode is not None and mode.text == "FLEXIBLE" and count:
        work.draft.keys["flexibleWindow"] = seconds_text(count * 60)
        work.ledger.change(minutes, "flexibleWindow")
    elif mode is not None and mode.text == "OFF":
        work.ledger.change(minutes, "", "It has no effect if the mode is OFF.")
    if mode is not None and mode.text in ("FLEXIBLE", "OFF"):
        work.ledger.change(mode, "flexibleWindow")


def retries(work: Work, target: Value) -> None:
    """Add the retries of failed launches, and the queue for those that fail."""
    policy = work.found(target.at("RetryPolicy"), "retry")
    attempts = policy.at("MaximumRetryAttempts") if policy else None
    age = policy.at("MaximumEventAgeInSeconds") if policy else None
    count = integer(attempts) if attempts and not is_empty(attempts) else _ATTEMPTS
    seconds = integer(age) if age and not is_empty(age) else _AGE
    if count is None or seconds is None:
        work.ledger.lose(policy, "It has other values than numbers.")
        return
    if (count, seconds) == (_ATTEMPTS, _AGE):
        note = (
            f"By default, AWS retries a failed launch {_ATTEMPTS} times within 24 hours. Here, it retries "
            f"{_OURS['attempts']} times within {_OURS['maxAge']}."
        )
        work.draft.keys["retry"] = dict(_OURS)
        if policy is not None and any(each is not None and not is_empty(each) for each in (attempts, age)):
            work.ledger.change(policy, "retry", note, whole=True)
        else:
            work.default("RetryPolicy", target.line, "retry", note)
    else:
        work.draft.keys["retry"] = {"attempts": count, "maxAge": seconds_text(seconds)}
        work.ledger.change(attempts, "retry.attempts")
        work.ledger.change(age, "retry.maxAge")
    queue = target.at("DeadLetterConfig")
    if not is_empty(queue):
        work.ledger.change(queue, "", "Failed launches go to the stack's own queue, not to this one.", whole=True)
