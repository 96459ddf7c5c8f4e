"""The call of office hours: EventBridge Scheduler starts their state machine. Pure."""

from __future__ import annotations

from ..aws.account import Account
from ..calls.model import Call
from ..calls.resources import statement
from ..resolved import Hours
from ..task.keywords import SCHEDULED_TIME
from .times import times


def start_hours(what: Hours, account: Account, machine: str) -> Call:
    """Start the state machine of office hours.

    A repeated call does no harm: the execution that started first has recorded the scheduled time.

    Args:
        what: The office hours.
        account: The account and Region.
        machine: Name of the state machine.
    """
    arn = account.arn("states", f"stateMachine:{machine}")
    return Call(
        "sfn",
        "startExecution",
        None,
        (statement("states:StartExecution", [arn]),),
        templated=arn,
        inputs={
            time.name: {"action": time.action, "schedule": time.name, "time": SCHEDULED_TIME}
            for time in times(what.open)
        },
        idempotent=True,
    )
