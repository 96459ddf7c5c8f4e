"""Checks of the leases and locks of supervised tasks whose runs must not overlap."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from components.supervised.lease import ENDS, EXPIRES, KEY
from components.supervised.lock import lock_key

from .. import waiting
from ..aws.machines import RUNNING, execution_status
from .finding import OK, STACK, UNKNOWN, WARNING, Finding, attempt
from .inventory import Inventory, StateMachine

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, KeysAndAttributesUnionTypeDef

_BATCH = 100
"""Keys per call. AWS: Amazon DynamoDB API reference, BatchGetItem."""
_DELAYS = (0, 0.2, 0.5, 1, 2)
"""Seconds before each attempt to read leases."""


@dataclass(frozen=True, slots=True)
class _Lease:
    """A lease of a task, or a lock of several."""

    what: str
    """The noun for it: `lease`, or `lock` and its name."""
    task: str
    """The task that findings are about."""
    table: str
    machines: dict[str, None] = field(default_factory=dict[str, None])
    """The ARNs of the state machines whose executions can hold it."""


def lease_findings(inventory: Inventory) -> list[Finding]:
    """Check who holds the leases and locks. Makes one call per 100 of them, and one per holder and possible task."""
    tables: dict[str, dict[str, _Lease]] = {}
    for each in inventory.schedules:
        if each.machine and each.machine.lease_table:
            rows = tables.setdefault(each.machine.lease_table, {})
            for key, lease in _leases_of(each.task, each.machine):
                rows.setdefault(key, lease).machines[each.machine.arn] = None
    found: list[Finding] = []
    for table, rows in tables.items():
        found += attempt(STACK, f"the leases in {table}", _leases, inventory, table, rows)
    return found


def _leases_of(task: str, machine: StateMachine) -> Iterator[tuple[str, _Lease]]:
    if machine.exclusive:
        yield task, _Lease("lease", task, machine.lease_table)
    if machine.lock:
        yield lock_key(machine.lock), _Lease(f"lock {machine.lock}", STACK, machine.lease_table)


def _leases(inventory: Inventory, table: str, leases: Mapping[str, _Lease]) -> Iterator[Finding]:
    keys = list(leases)
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        held, unread = _read_leases(inventory, table, batch)
        for key in batch:
            lease = leases[key]
            if key in unread:
                yield Finding(
                    UNKNOWN,
                    lease.task,
                    f"Can't tell who holds the {lease.what}. DynamoDB returned no answer. Try again.",
                    failed=True,
                )
            else:
                yield from attempt(lease.task, f"the {lease.what}", _lease, inventory, key, lease, held.get(key))


def _read_leases(
    inventory: Inventory, table: str, keys: Sequence[str]
) -> "tuple[dict[str, dict[str, AttributeValueTypeDef]], set[str]]":
    """Return the items by key, and the keys whose items DynamoDB didn't return in any attempt.

    DynamoDB returns a part of the items if it throttles the call. AWS: Amazon DynamoDB API reference, BatchGetItem.
    """
    rows: list[dict[str, AttributeValueTypeDef]] = []
    left = set(keys)
    for delay in _DELAYS:
        waiting.wait(delay)
        request: dict[str, KeysAndAttributesUnionTypeDef] = {
            table: {"Keys": [{KEY: {"S": key}} for key in sorted(left)], "ConsistentRead": True}
        }
        answer = inventory.deployment.client("dynamodb").batch_get_item(RequestItems=request)
        rows += answer["Responses"].get(table, ())
        unprocessed = answer["UnprocessedKeys"].get(table)
        left = {key[KEY]["S"] for key in unprocessed["Keys"]} if unprocessed else set[str]()
        if not left:
            break
    return {row[KEY]["S"]: row for row in rows}, left


def _lease(inventory: Inventory, key: str, lease: _Lease, row: "dict[str, AttributeValueTypeDef] | None") -> Finding:
    task, what = lease.task, lease.what
    if row is None or "holder" not in row:
        return Finding(OK, task, f"No run holds the {what}.")
    holder, end = row["holder"]["S"], _end(row)
    if end <= inventory.now:
        left = f"The execution {holder} ended without confirming that its run has stopped"
        return Finding(OK, task, f"No run holds the {what}. {left}. The next run stops it first.")
    until = f"until {end:%Y-%m-%d %H:%M} UTC at the latest"
    found = [status for arn in lease.machines if (status := execution_status(inventory.deployment, arn, holder))]
    status = found[0] if found else "not found"
    if status == RUNNING:
        return Finding(OK, task, f"The running execution {holder} holds the {what} {until}.")
    return Finding(
        WARNING,
        task,
        f"The execution {holder} ({status}) still holds the {what}. Runs that must not overlap wait {until}.",
        f"{_advice(row)}: {_command(lease.table, key, row)}",
    )


def _end(row: "Mapping[str, AttributeValueTypeDef]") -> datetime:
    """The end of a lease. Older state machines wrote it into another attribute."""
    return datetime.fromtimestamp(int(row.get(ENDS, row[EXPIRES])["N"]), UTC)


def _advice(row: "Mapping[str, AttributeValueTypeDef]") -> str:
    """The step before the command that ends a lease. Older state machines don't stop the runs that are left."""
    if ENDS in row:
        return "Wait, or end the lease. The next run then stops the runs that are left"
    return "Check that no ECS task of it is running (scheduled-tasks status). Then wait, or end the lease"


def _command(table: str, key: str, row: "Mapping[str, AttributeValueTypeDef]") -> str:
    """The command that ends a lease, which is in the attribute that its state machine wrote."""
    words = {
        "--table-name": table,
        "--key": json.dumps({KEY: {"S": key}}),
        "--update-expression": f"SET {ENDS if ENDS in row else EXPIRES} = :past",
        "--expression-attribute-values": json.dumps({":past": {"N": "0"}}),
    }
    return shlex.join(["aws", "dynamodb", "update-item", *(word for option in words.items() for word in option)])
