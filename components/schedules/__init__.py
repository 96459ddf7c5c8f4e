"""Schedules of EventBridge Scheduler: parsed, explained, and when they run. Pure: no Pulumi, no AWS."""

from .explanation import explain
from .expression import At, Cron, Expression, ExpressionError, Rate, parse
from .occurrences import next_runs
from .zones import known_timezone, nearest_timezones

__all__ = [
    "At",
    "Cron",
    "Expression",
    "ExpressionError",
    "Rate",
    "explain",
    "known_timezone",
    "nearest_timezones",
    "next_runs",
    "parse",
]
