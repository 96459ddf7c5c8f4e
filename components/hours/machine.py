"""The state machine of office hours, in Amazon States Language. Data in, data out.

An execution closes or opens, as its input says:

    Exception?    Ends an opening whose scheduled time is left out, if the task has exceptions. The input of a closing
                  has none.
    Claim         Allows one execution per scheduled time.
    Acquire       Takes the lease, so that an opening and a closing don't run at the same time.
    Close ...     Per resource, in order: look, remember, stop, and wait until it is stopped.
    Open ...      Per resource, in reverse order: recall, look, start, wait until it runs, and forget.
    Release       Releases the lease.
    Report        Puts the outcome on the event bus, as for supervised runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ..aws.account import Account
from ..aws.names import GroupNames
from ..json_values import Json
from ..supervised import lease as leases
from ..supervised.ending import reported, without_run
from ..supervised.exceptions import CHECK_EXCEPTIONS, exception_states
from ..supervised.language import (
    CLAIM,
    CONDITION_FAILED,
    FAILED,
    INPUT,
    NAME,
    NOW,
    RETRY,
    SINCE,
    SUCCEEDED,
    States,
    expression,
    failure,
    literal,
    or_empty,
    outcome,
    task,
)
from ..supervised.machine import in_partition
from ..supervised.once import once
from .sleeper import Sleeper
from .sleeping import POLL_SECONDS, POLLS, Place, closing, first_state, opening

_SLACK = 3600
"""Seconds that the requests for one resource take at most, besides waiting, with all retries."""
LEASE = POLLS * POLL_SECONDS + _SLACK
"""Seconds that a lease lasts. The execution renews it before each resource."""
_TRIES = 2 * LEASE // POLL_SECONDS
"""Requests for a lease that another execution holds."""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The office hours that a state machine is generated for."""

    task: str
    prefix: str
    """The prefix of the group's names."""
    table: str
    """The name of the group's lease table."""
    partition: str
    sleepers: Sequence[Sleeper]
    exceptions: bool = False
    """Whether openings leave out times."""

    @classmethod
    def of(
        cls, task: str, names: GroupNames, account: Account, sleepers: Sequence[Sleeper], *, exceptions: bool
    ) -> OfficeHours:
        """The office hours of a task in its group."""
        return cls(task, names.prefix, names.lease_table, account.partition, sleepers, exceptions)


def definition(of: OfficeHours) -> str:
    """The definition of the state machine, as canonical JSON."""
    left_out = exception_states() if of.exceptions else {}
    states = {**left_out, **_start(of), **_resources(of), **_end(of)}
    machine = {
        "Comment": f"Office hours of {of.task}. Generated from its configuration, which overwrites changes made here.",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": _TRIES * POLL_SECONDS + (len(of.sleepers) + 1) * LEASE,
        "StartAt": CHECK_EXCEPTIONS if of.exceptions else CLAIM,
        "States": {name: in_partition(of.partition, state) for name, state in states.items()},
    }
    return json.dumps(machine, sort_keys=True, separators=(",", ":"))


def lease_request(of: OfficeHours) -> leases.PutItem:
    """The request that acquires or renews the lease."""
    return leases.acquire(of.table, of.task, **_lease())


def _lease() -> dict[str, str]:
    return {
        "holder": expression(NAME),
        "since": expression(SINCE),
        "ends": expression(f"$string({leases.expiry(NOW, LEASE)})"),
        "expires": expression(f"$string({NOW} + {leases.KEPT_SECONDS})"),
    }


def _start(of: OfficeHours) -> States:
    action = or_empty(f"{INPUT}.action")
    what = f"{literal(of.task + leases.CLAIM_SEPARATOR)} & $action & '@' & "
    time = f"({or_empty(f'{INPUT}.time')} = '' ? {NAME} : {INPUT}.time)"
    # All variables, so that no state can read one that has no value: that would end the execution with an error.
    start: dict[str, Json] = {
        "action": expression(action),
        "tries": 0,
        "polls": 0,
        "problem": "",
        "seen": {},
        "scaling": {},
        "memory": {},
        "known": False,
        **outcome(SUCCEEDED, f"{action} = 'open' ? 'Opened.' : 'Closed.'"),
    }
    failed = failure("Not started, because the lease could not be acquired: ", "Report")
    last, first = of.sleepers[-1], of.sleepers[0]
    unknown = '\'Start it with the input {"action": "open"} or {"action": "close"}.\''
    return {
        **once(of.table, (what + time).replace("$action", action), start, "Known action"),
        "Known action": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$action in ['open', 'close']"), "Next": "Acquire"}],
            "Default": "Unknown action",
        },
        "Unknown action": {"Type": "Pass", "Assign": outcome(FAILED, unknown), "Next": "Report"},
        "Acquire": task(
            "dynamodb:putItem",
            lease_request(of),
            Retry=RETRY,
            Catch=[{"ErrorEquals": [CONDITION_FAILED], "Next": "Take over"}, failed],
            Next="Choose action",
        ),
        "Take over": task(
            "dynamodb:putItem",
            leases.take_over(of.table, of.task, now=expression(f"$string({NOW})"), **_lease()),
            Retry=RETRY,
            Catch=[{"ErrorEquals": [CONDITION_FAILED], "Next": "Lease held"}, failed],
            Next="Choose action",
        ),
        "Lease held": {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression(f"$tries >= {_TRIES}"),
                    "Assign": outcome(FAILED, "'Not started, because another opening or closing has not ended.'"),
                    "Next": "Report",
                }
            ],
            "Default": "Wait for the lease",
        },
        "Wait for the lease": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Assign": {"tries": expression("$tries + 1")},
            "Next": "Acquire",
        },
        "Choose action": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$action = 'open'"), "Next": first_state("Open", last)}],
            "Default": first_state("Close", first),
        },
    }


def _resources(of: OfficeHours) -> States:
    found: States = {}
    for number, sleeper in enumerate(of.sleepers):
        after = first_state("Close", of.sleepers[number + 1]) if number + 1 < len(of.sleepers) else "Release"
        before = first_state("Open", of.sleepers[number - 1]) if number else "Release"
        place = Place(of.task, of.table, lease_request(of))
        found |= {**closing(sleeper, place, after), **opening(sleeper, place, before)}
    return found


def _end(of: OfficeHours) -> States:
    return {
        "Release": task(
            "dynamodb:deleteItem",
            leases.release(of.table, of.task, holder=expression(NAME)),
            Retry=RETRY,
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Report"}],
            Next="Report",
        ),
        **reported(without_run(of.prefix, of.task)),
    }
