"""Notices to recipients about the work that calls start. Pure.

The bodies, keys and recoveries are those of runs. AWS: see `call_events`, for the events of each service.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..aws.account import Account
from ..aws.console import host
from ..aws.names import GroupNames
from ..calls.model import Call
from ..resolved import Heartbeat, Recipient
from . import events
from .call_events import STARTED, WORK, Work, pattern
from .notices import Notice, Status
from .templates import Body, Variable

_STATUSES: Mapping[str, Status] = {STARTED: "started", events.FAILED: "failed", events.SUCCEEDED: "succeeded"}


def call_notices(names: GroupNames, account: Account, recipient: Recipient, task: str, call: Call) -> dict[str, Notice]:
    """Notices about the work of a call, by outcome. Empty if the recipient doesn't hear of the call.

    Args:
        names: The names of the group.
        account: The account and Region of the group.
        recipient: The recipient.
        task: The name of the call.
        call: A call whose work a service reports.
    """
    if "critical" not in recipient.severities or not recipient.covers(task):
        return {}
    outcomes = [events.FAILED, events.SUCCEEDED]
    if isinstance(recipient, Heartbeat) and recipient.start and WORK[call.outcome].started:
        outcomes.append(STARTED)
    return {outcome: _notice(names, account, task, call, outcome) for outcome in outcomes}


def _notice(names: GroupNames, account: Account, task: str, call: Call, outcome: str) -> Notice:
    kind, group, region = WORK[call.outcome], events.literal(names.prefix), account.region
    started, has_reason = outcome == STARTED, outcome == events.FAILED and bool(kind.reason)
    what = f"The work that the scheduled call {task} in {group} starts"
    return Notice(
        pattern=pattern(call, outcome),
        status=_STATUSES[outcome],
        severity="critical",
        key=f"{group}#{task}",
        summary=f"The scheduled call {task} in {group} started work." if started else f"{what} {outcome} at <time>.",
        console=f"https://{host(account.partition, region)}/{kind.console.format(region=region)}",
        reason=Variable("reason") if has_reason else "" if started else "<status>",
        kind="<status>",
        task=task,
        facts=_facts(names, region, task, call, kind, "startedAt" if started else "stoppedAt"),
        paths={
            "time": "$.time",
            "status": f"$.detail.{kind.status}",
            "work": kind.work,
            **({"reason": kind.reason} if has_reason else {}),
        },
    )


def _facts(names: GroupNames, region: str, task: str, call: Call, kind: Work, time: str) -> dict[str, Body]:
    commands = {
        **events.commands(names.schedule_group, region, ("history", "run"), task),
        **({"details": f"{kind.command} --region {region}"} if kind.command else {}),
    }
    facts: dict[str, Body] = {time: "<time>"}
    return {**facts, "stopCode": "<status>", "operation": call.operation, "run": "<work>", "commands": commands}
