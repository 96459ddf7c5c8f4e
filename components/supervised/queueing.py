"""The queue of a task with `overlap: queue`: one place, for the run that starts after the current one.

Every execution takes the place before it tries to acquire the lease, so that a run that has just become due can't
overtake the one that waits. An execution that finds the place taken ends as `Skipped`.
"""

from ..json_values import Json
from . import lease as leases
from .counting import end_state
from .language import (
    CONDITION_FAILED,
    FAILED,
    NAME,
    NOW,
    POLL_SECONDS,
    RETRY,
    SKIPPED,
    Assign,
    Choice,
    States,
    Supervised,
    expression,
    failure,
    outcome,
    task,
)
from .settings import QUEUE

SHARE = 50
"""The pause between two tries grows with the time that the execution has waited: to one fiftieth of it, so that a wait
of a year takes fewer than 700 tries. AWS: Step Functions quotas: 25,000 events in the history of an execution, and one
year for an execution."""
WAIT_START: Assign = {"waited": 0, "pause": POLL_SECONDS}
"""The variables of an execution that has not waited yet, in seconds."""


def queue_start(of: Supervised) -> dict[str, Json]:
    """The variables at the start of an execution."""
    return {**WAIT_START} if of.settings.overlap == QUEUE else {}


def first_state(of: Supervised) -> str:
    """The first state of the lease."""
    return "Enter queue" if of.settings.overlap == QUEUE else "Acquire"


def after_acquire(of: Supervised, next_state: str) -> str:
    """The state after the lease is acquired, before `next_state`."""
    return "Leave queue" if of.settings.overlap == QUEUE else next_state


def queue(of: Supervised, next_state: str) -> States:
    """The states that take and leave the place; none unless runs queue."""
    if of.settings.overlap != QUEUE:
        return {}
    now = expression(f"$string({NOW})")
    ends = expression(f"$string({NOW} + $pause + {leases.PLACE_SECONDS + leases.CLOCK_SKEW})")
    expires = expression(f"$string({NOW} + $pause + {leases.CLAIM_SECONDS})")
    taken = leases.take_place(of.table, of.task, holder=expression(NAME), now=now, ends=ends, expires=expires)
    lost: Choice = {
        "Condition": expression("$waited > 0"),
        "Assign": outcome(FAILED, "'Not started: another run took its place in the queue while it did not renew it.'"),
        "Next": end_state(of),
    }
    return {
        "Enter queue": task(
            "dynamodb:putItem",
            taken,
            Retry=RETRY,
            Catch=[
                {"ErrorEquals": [CONDITION_FAILED], "Next": "Queue full"},
                failure("Not started, because it could not enter the queue: ", end_state(of)),
            ],
            Next="Acquire",
        ),
        "Queue full": {"Type": "Choice", "Choices": [lost], "Default": "Skipped"},
        "Skipped": {
            "Type": "Fail",
            "Error": SKIPPED,
            "Cause": "Another run is waiting for the current run to end (overlap: queue).",
        },
        "Wait in queue": {
            "Type": "Wait",
            "Seconds": expression("$pause"),
            "Assign": wait_longer(),
            "Next": "Enter queue",
        },
        "Leave queue": task(
            "dynamodb:deleteItem",
            leases.leave_place(of.table, of.task, holder=expression(NAME)),
            Retry=RETRY,
            # Another execution has the place, or it ends by itself.
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": next_state}],
            Next=next_state,
        ),
    }


def wait_longer() -> Assign:
    """The variables after a pause."""
    waited = "$waited + $pause"
    return {
        "waited": expression(waited),
        "pause": expression(f"$max([{POLL_SECONDS}, $floor(({waited}) / {SHARE})])"),
    }


def waited_too_long(of: Supervised) -> Choice:
    """The choice of an execution that has waited for longer than the earlier run can take."""
    return {
        "Condition": expression(f"$waited >= {of.settings.longest_wait}"),
        "Assign": outcome(FAILED, "'Not started: the lease of the earlier run was not released in time.'"),
        "Next": "Give up",
    }
