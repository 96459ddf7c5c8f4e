"""Assumptions of a simulation. AWS doesn't document them, or they can't be known in advance."""

from collections.abc import Sequence

from .cloudwatch import MORE_PERIODS
from .scheduler import LONGEST_BACKOFF

ASSUMPTIONS: Sequence[str] = (
    "A schedule launches at a random second of its flexible window, or of the minute if it has none.",
    f"EventBridge Scheduler retries after 1, 2, 4 and so on up to {LONGEST_BACKOFF} seconds. AWS publishes no pauses.",
    "EventBridge Scheduler retries throttling and faults of a service, but no other error. AWS publishes no list.",
    "EventBridge Scheduler counts a RunTask answer that starts nothing as a success. AWS doesn't document it.",
    "After an outage, EventBridge Scheduler delivers what was due, unless it is older than retry.maxAge.",
    f"CloudWatch reads {MORE_PERIODS} more periods than an alarm evaluates. AWS publishes no number.",
    "Alarms are evaluated at the end of each period. All are OK at the start, and each task has just succeeded.",
    "Nobody empties the dead-letter queue, and nobody runs a task by hand.",
    "Tasks without a schedule, such as those with runOn, don't run.",
    "RunTask has AWS's default limits, which nothing else in the account uses. To see them, run: scheduled-tasks load",
    "A rate without a start counts from the start of the simulation.",
)
"""One sentence or two each, for the output."""
