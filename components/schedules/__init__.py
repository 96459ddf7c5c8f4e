"""Schedule expressions of EventBridge Scheduler: parsing, explaining, and calculating run times. No Pulumi, no AWS."""

from .explanation import explain
from .expression import (
    AFTER_DEPLOYMENT,
    AFTER_TASK,
    BEFORE_DEPLOYMENT,
    NO_SCHEDULE,
    ON_DEMAND,
    WITHOUT_TIMES,
    At,
    Cron,
    Expression,
    ExpressionError,
    Rate,
    parse,
)
from .occurrences import first_instant, local_times, next_runs, shortest_interval
from .zones import ClockChange, clock_changes, known_timezone, nearest_timezones

__all__ = [
    "AFTER_DEPLOYMENT",
    "AFTER_TASK",
    "BEFORE_DEPLOYMENT",
    "NO_SCHEDULE",
    "ON_DEMAND",
    "WITHOUT_TIMES",
    "At",
    "ClockChange",
    "Cron",
    "Expression",
    "ExpressionError",
    "Rate",
    "clock_changes",
    "explain",
    "first_instant",
    "known_timezone",
    "local_times",
    "nearest_timezones",
    "next_runs",
    "parse",
    "shortest_interval",
]
