"""One execution per scheduled time. Data in, data out."""

from . import lease as leases
from .language import CLAIM, CONDITION_FAILED, NAME, NOW, RETRY, SKIPPED, Assign, States, expression, failure, task

DELIVERED_TWICE = "EventBridge Scheduler delivered this scheduled time twice. Another execution has started its run."
STARTED_TWICE = "EventBridge delivered the success of the other task twice. Another execution has started its run."
"""The cause for a task that starts after another one."""


def once(table: str, what: str, start: Assign, then: str, cause: str = DELIVERED_TWICE, end: str = "Report") -> States:
    """The first states of an execution: it records its scheduled time, or ends as `Skipped` if another one has.

    Args:
        table: Name of the lease table.
        what: The key of the scheduled time, as an expression.
        start: All variables of the state machine.
        then: The next state.
        cause: Why another execution has recorded the time.
        end: The next state if the time can't be recorded.
    """
    claim = leases.claim(
        table,
        expression(what),
        holder=expression(NAME),
        expires=expression(f"$string({NOW} + {leases.CLAIM_SECONDS})"),
    )
    return {
        CLAIM: task(
            "dynamodb:putItem",
            claim,
            Retry=RETRY,
            Assign=start,
            Catch=[
                {"ErrorEquals": [CONDITION_FAILED], "Next": "Delivered twice"},
                failure("Not started, because the scheduled time could not be recorded: ", end, start),
            ],
            Next=then,
        ),
        "Delivered twice": {"Type": "Fail", "Error": SKIPPED, "Cause": cause},
    }
