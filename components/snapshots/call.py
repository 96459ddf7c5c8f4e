"""The call of a snapshot with `keep`: EventBridge Scheduler starts its state machine. Pure."""

from __future__ import annotations

from ..aws.account import Account
from ..calls.model import Call
from ..calls.resources import statement
from ..task.keywords import SCHEDULED_TIME


def start_snapshots(account: Account, machine: str) -> Call:
    """Start the state machine of a snapshot with `keep`.

    A repeated call does no harm: the execution that started first has recorded the scheduled time.

    Args:
        account: The account and Region.
        machine: Name of the state machine.
    """
    arn = account.arn("states", f"stateMachine:{machine}")
    return Call(
        "sfn",
        "startExecution",
        {"time": SCHEDULED_TIME},
        (statement("states:StartExecution", [arn]),),
        templated=arn,
        names_schedule=True,
        idempotent=True,
    )
