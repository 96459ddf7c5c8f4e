"""One execution per scheduled time, for state machines that run no ECS task. Data in, data out."""

from . import lease as leases
from .exclusion import DELIVERED_TWICE
from .language import CLAIM, CONDITION_FAILED, NAME, NOW, RETRY, SKIPPED, Assign, States, expression, failure, task


def once(table: str, what: str, start: Assign, then: str) -> States:
    """The first states of an execution: it records its scheduled time, or ends as `Skipped` if another one has.

    Args:
        table: Name of the lease table.
        what: The key of the scheduled time, as an expression.
        start: All variables of the state machine.
        then: The next state. If the time can't be recorded, it is `Report`.
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
                failure("Not started, because the scheduled time could not be recorded: ", "Report", start),
            ],
            Next=then,
        ),
        "Delivered twice": {"Type": "Fail", "Error": SKIPPED, "Cause": DELIVERED_TWICE},
    }
