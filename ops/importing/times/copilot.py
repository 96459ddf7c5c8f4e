"""The times of a Copilot job: its schedule becomes an EventBridge rule, which runs in UTC.

Sources: aws/copilot-cli, internal/pkg/deploy/cloudformation/stack/scheduled_job.go and
internal/pkg/template/templates/workloads/partials/cf/eventrule.yml.
"""

from datetime import timedelta

from ..durations import seconds_of
from ..model import Times
from . import rules
from .days import every

_PRESETS = {
    "@hourly": "0 * * * ? *",
    "@daily": "0 0 * * ? *",
    "@midnight": "0 0 * * ? *",
    "@weekly": "0 0 ? * 1 *",
    "@monthly": "0 0 1 * ? *",
    "@yearly": "0 0 1 1 ? *",
    "@annually": "0 0 1 1 ? *",
}


def times_of(schedule: str) -> Times:
    """The times of `on.schedule`. `none` has none: Copilot deploys a disabled rule.

    Raises:
        ValueError: EventBridge refuses the schedule.
    """
    if schedule == "none":
        return lambda _, __: iter(())
    if schedule.startswith(("rate(", "cron(")):
        return rules.times_of(schedule)
    if schedule.startswith("@every "):
        return every(timedelta(seconds=float(seconds_of(schedule.split()[1]) or 0)))
    return rules.times_of(f"cron({_PRESETS.get(schedule) or _rule_fields(schedule)})")


def _rule_fields(schedule: str) -> str:
    minute, hour, day, month, weekday = schedule.split()
    if _open(weekday):
        weekday, day = "?", "*" if _open(day) else day
    elif _open(day):
        day = "?"
    # Copilot adds 1 to each digit, and the years.
    raised = "".join(str(int(letter) + 1) if letter.isdigit() else letter for letter in weekday)
    return f"{minute} {hour} {day} {month} {raised} *"


def _open(field: str) -> bool:
    return "*" in field or "?" in field
