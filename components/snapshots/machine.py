"""The state machine of a snapshot with `keep`, in Amazon States Language. Data in, data out.

    Exception?    Ends an execution whose scheduled time is left out, if the task has exceptions.
    Claim         Allows one execution per scheduled time.
    Create        Requests the snapshot. Its name follows from the start of the execution, so a repeated request is the
                  same one.
    Look          Reads the status of the snapshot, also after a refused request: its answer can get lost.
    Decide        Continues when the snapshot is available, requests it again if the database was busy, or waits.
    List          Collects the names of the task's own available snapshots, page by page.
    Delete        Deletes the oldest ones beyond `keep`, one by one.
    Report        Puts the outcome on the event bus, as for supervised runs.

Executions can overlap: each deletes only snapshots that have `keep` newer ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ..aws.names import GroupNames
from ..json_values import Json
from ..supervised.ending import reported, without_run
from ..supervised.exceptions import CHECK_EXCEPTIONS, exception_states
from ..supervised.language import (
    CLAIM,
    ERROR,
    FAILED,
    INPUT,
    RETRY,
    SHORT_RETRY,
    SINCE,
    SUCCEEDED,
    Assign,
    Choice,
    States,
    expression,
    failure,
    literal,
    or_empty,
    outcome,
    task,
)
from ..supervised.language import NAME as EXECUTION
from ..supervised.lease import CLAIM_SEPARATOR
from ..supervised.machine import in_partition
from ..supervised.once import once
from .requests import NAME, creation, listing, own, requests_of
from .retention import Retention

POLL_SECONDS = 120
"""Seconds between two looks at the snapshot."""
TRIES = 30
"""Requests for a snapshot of a database that is busy: one hour, for example during its backup or a change."""
POLLS = 720
"""Looks after which the execution fails: 24 hours. AWS documents no bound: the time depends on the size of the database
(Amazon RDS user guide, "Creating a DB snapshot"). A history has at most 25,000 events, and a look takes up to 9. AWS:
Step Functions developer guide, "Quotas"."""
LISTS = 5
"""Looks and lists in which the new snapshot must appear."""
_SLACK = 2 * 3600
"""Seconds that all requests take at most, besides waiting, with all retries."""
_NOT_FOUND = ("Rds.DbSnapshotNotFoundException", "Rds.DbClusterSnapshotNotFoundException")
"""Step Functions spells errors as the AWS SDK for Java 2.x. AWS: botocore rds, DescribeDBSnapshots."""
_MOST_REASONS = 2000
"""Characters about snapshots that can't be deleted. A cause has at most 32,768. AWS: botocore stepfunctions,
SensitiveCause."""
_UNAVAILABLE = ("failed", "deleting", "deleted")
"""Statuses of a snapshot that doesn't become available."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots that a state machine is generated for."""

    of: Retention
    prefix: str
    """The prefix of the group's names."""
    table: str
    """The name of the group's lease table."""
    exceptions: bool = False
    """Whether the schedules leave out times."""

    @classmethod
    def in_group(cls, of: Retention, names: GroupNames, *, exceptions: bool) -> Snapshots:
        """The snapshots of a task in its group."""
        return cls(of, names.prefix, names.lease_table, exceptions)


def definition(snapshots: Snapshots) -> str:
    """The definition of the state machine, as canonical JSON."""
    of = snapshots.of
    action, time = or_empty(f"{INPUT}.schedule"), or_empty(f"{INPUT}.time")
    what = f"{literal(of.task + CLAIM_SEPARATOR)} & {action} & '@' & ({time} = '' ? {EXECUTION} : {INPUT}.time)"
    states = {
        **(exception_states() if snapshots.exceptions else {}),
        **once(snapshots.table, what, _start(of), "Create"),
        **_creating(of),
        **_listing(of),
        **_deleting(of),
        **reported(without_run(snapshots.prefix, of.task)),
    }
    machine = {
        "Comment": f"Snapshots of {of.task}. Generated from its configuration, which overwrites changes made here.",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": (TRIES + POLLS + LISTS) * POLL_SECONDS + _SLACK,
        "StartAt": CHECK_EXCEPTIONS if snapshots.exceptions else CLAIM,
        "States": {name: in_partition(of.source.partition, state) for name, state in states.items()},
    }
    return json.dumps(machine, sort_keys=True, separators=(",", ":"))


def _start(of: Retention) -> Assign:
    """All variables, so that no state can read one that has no value: that would end the execution with an error."""
    day = f"$replace($substring({SINCE}, 0, 10), '-', '')"
    clock = f"$replace($substring({SINCE}, 11, 8), ':', '')"
    return {
        "name": expression(f"{literal(of.prefix)} & {day} & '-' & {clock}"),
        "status": "missing",
        "problem": "",
        "tries": 1,
        "polls": 0,
        "lists": 0,
        "marker": "",
        "found": [],
        "excess": 0,
        "place": 0,
        "undeleted": "",
        **outcome(FAILED, "'Nothing was done.'"),
    }


def _creating(of: Retention) -> States:
    its = requests_of(of)
    described: dict[str, Json] = {its.snapshot: expression(NAME)}
    status = f"$states.result.{its.listed}[0].Status"
    found = _error_has("notfound")
    lost: Assign = {
        "status": expression(f"{found} ? 'missing' : 'unknown'"),
        "problem": expression(f"{found} ? $problem : {ERROR}"),
    }
    return {
        "Create": task(
            its.create,
            creation(of),
            Retry=SHORT_RETRY,
            Assign={"problem": ""},
            Catch=[{"ErrorEquals": ["States.ALL"], "Assign": {"problem": expression(ERROR)}, "Next": "Look"}],
            Next="Look",
        ),
        "Look": task(
            its.describe,
            described,
            Retry=[{"ErrorEquals": list(_NOT_FOUND), "MaxAttempts": 0}, *RETRY],
            Assign={"status": expression(or_empty(status))},
            Catch=[{"ErrorEquals": ["States.ALL"], "Assign": lost, "Next": "Decide"}],
            Next="Decide",
        ),
        "Decide": {"Type": "Choice", "Choices": _decisions(of), "Default": "Wait"},
        "Wait to create": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Assign": {"tries": expression("$tries + 1")},
            "Next": "Create",
        },
        "Wait": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Assign": {"polls": expression("$polls + 1")},
            "Next": "Look",
        },
    }


def _decisions(of: Retention) -> list[Choice]:
    """The next state by the status of the snapshot. `missing`: it does not exist. `unknown`: RDS refused the
    request."""
    kept = literal(" No older snapshot was deleted.")
    none = f"No snapshot of {of.label} was created"
    busy = "$contains($lowercase($problem), 'invaliddb')"
    refused = f"{literal(f'{none}. ')} & $problem & {kept}"
    waited = f"{literal(f'{none}, because the {of.kind} was busy for an hour. ')} & $problem & {kept}"
    unavailable = f"{_about(' is ')} & $status & {literal('. It still counts against the quota.')} & {kept}"
    unread = f"{literal('The status of the snapshot ')} & {NAME} & ' could not be read: ' & $problem & {kept}"
    gone = f"{_about(' was created, but does not exist.')} & {kept}"
    late = f"{_about(f' is not available after {POLLS * POLL_SECONDS // 3600} hours: ')} & $status & '.' & {kept}"
    return [
        {"Condition": expression("$status = 'available'"), "Next": "List"},
        _ends("$status = 'unknown'", unread),
        _ends(f"$status in [{', '.join(map(literal, _UNAVAILABLE))}]", unavailable),
        _ends(f"$status = 'missing' and {busy} and $tries >= {TRIES}", waited),
        {"Condition": expression(f"$status = 'missing' and {busy}"), "Next": "Wait to create"},
        _ends("$status = 'missing' and $problem != ''", refused),
        _ends(f"$status = 'missing' and $polls >= {LISTS}", gone),
        _ends(f"$polls >= {POLLS}", late),
    ]


def _about(text: str) -> str:
    """A sentence about the new snapshot, or its beginning, as an expression."""
    return f"'The snapshot ' & {NAME} & {literal(text)}"


def _ends(when: str, why: str) -> Choice:
    return {"Condition": expression(when), "Assign": outcome(FAILED, why), "Next": "Report"}


def _error_has(text: str) -> str:
    """Whether the name of an error contains a text in lowercase, as an expression."""
    return f"$contains($lowercase($states.errorOutput.Error), {literal(text)})"


def _listing(of: Retention) -> States:
    its = requests_of(of)
    marker = "$states.result.Marker"
    unlisted = _about(" is available, but AWS does not list it. No older snapshot was deleted.")
    not_listed = f"The new snapshot of {of.label} is available. Older ones could not be listed, and none was deleted. "
    excess = expression(f"$count($found) - {of.keep}")
    return {
        "List": task(
            its.describe,
            listing(of),
            Retry=RETRY,
            Assign={
                # AWS can repeat a snapshot on the next page if one is created in the meantime.
                "found": expression(f"[$distinct([$found, {own(of)}])]"),
                "marker": expression(or_empty(marker)),
            },
            Catch=[failure(not_listed, "Report")],
            Next="More pages?",
        ),
        "More pages?": {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression("$marker != ''"), "Next": "List"},
                {
                    "Condition": expression(f"{NAME} in $found"),
                    "Assign": {
                        "found": expression("[$sort($found)]"),
                        "excess": excess,
                    },
                    "Next": "More to delete?",
                },
                _ends(f"$lists >= {LISTS}", unlisted),
            ],
            "Default": "Wait for the list",
        },
        "Wait for the list": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Assign": {"lists": expression("$lists + 1"), "found": []},
            "Next": "List",
        },
    }


def _deleting(of: Retention) -> States:
    its = requests_of(of)
    next_one: Assign = {"place": expression("$place + 1")}
    oldest = "$found[$place]"
    undeleted = f"{_error_has('notfound')} ? $undeleted : $undeleted & ' ' & {oldest} & ' (' & {ERROR} & ')'"
    created = f"'Created the snapshot ' & {NAME} & '.'"
    deleted = "($place > 0 ? ' Deleted ' & $string($place) & ' older ' & ($place = 1 ? 'one.' : 'ones.') : '')"
    reasons = f"$substring($undeleted, 0, {_MOST_REASONS}) & '.'"
    failed = f"{_about(' is available, but older ones could not be deleted:')} & {reasons}"
    return {
        "More to delete?": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$place < $excess"), "Next": "Delete"}],
            "Default": "Done",
        },
        "Delete": task(
            its.delete,
            {its.snapshot: expression(oldest)},
            Retry=SHORT_RETRY,
            Assign=next_one,
            Catch=[
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {**next_one, "undeleted": expression(undeleted)},
                    "Next": "More to delete?",
                }
            ],
            Next="More to delete?",
        ),
        "Done": {
            "Type": "Choice",
            "Choices": [_ends("$undeleted != ''", failed)],
            "Default": "Kept",
        },
        "Kept": {"Type": "Pass", "Assign": outcome(SUCCEEDED, f"{created} & {deleted}"), "Next": "Report"},
    }
