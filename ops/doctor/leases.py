"""Checks of the leases of supervised tasks whose runs must not overlap."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from components.supervised.lease import ENDS, EXPIRES, KEY

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


def lease_findings(inventory: Inventory) -> list[Finding]:
    """Check who holds the leases. Makes one call per 100 leases, and one per lease that is held."""
    tables: dict[str, dict[str, StateMachine]] = {}
    for each in inventory.schedules:
        if each.machine and each.machine.lease_table:
            tables.setdefault(each.machine.lease_table, {})[each.task] = each.machine
    found: list[Finding] = []
    for table, machines in tables.items():
        found += attempt(STACK, f"the leases in {table}", _leases, inventory, table, machines)
    return found


def _leases(inventory: Inventory, table: str, machines: Mapping[str, StateMachine]) -> Iterator[Finding]:
    tasks = list(machines)
    for start in range(0, len(tasks), _BATCH):
        batch = tasks[start : start + _BATCH]
        held, unread = _read_leases(inventory, table, batch)
        for task in batch:
            if task in unread:
                yield Finding(
                    UNKNOWN,
                    task,
                    "Can't tell who holds the lease. DynamoDB returned no answer. Try again.",
                    failed=True,
                )
            else:
                yield from attempt(task, "the lease", _lease, inventory, task, machines[task], held.get(task))


def _read_leases(
    inventory: Inventory, table: str, tasks: Sequence[str]
) -> "tuple[dict[str, dict[str, AttributeValueTypeDef]], set[str]]":
    """Return the leases by task, and the tasks whose leases DynamoDB didn't return in any attempt.

    DynamoDB returns a part of the items if it throttles the call. AWS: Amazon DynamoDB API reference, BatchGetItem.
    """
    rows: list[dict[str, AttributeValueTypeDef]] = []
    left = set(tasks)
    for delay in _DELAYS:
        waiting.wait(delay)
        request: dict[str, KeysAndAttributesUnionTypeDef] = {
            table: {"Keys": [{KEY: {"S": task}} for task in sorted(left)], "ConsistentRead": True}
        }
        answer = inventory.deployment.client("dynamodb").batch_get_item(RequestItems=request)
        rows += answer["Responses"].get(table, ())
        unprocessed = answer["UnprocessedKeys"].get(table)
        left = {key[KEY]["S"] for key in unprocessed["Keys"]} if unprocessed else set[str]()
        if not left:
            break
    return {row[KEY]["S"]: row for row in rows}, left


def _lease(
    inventory: Inventory, task: str, machine: StateMachine, row: "dict[str, AttributeValueTypeDef] | None"
) -> Finding:
    if row is None:
        return Finding(OK, task, "No run holds the lease.")
    holder, end = row["holder"]["S"], _end(row)
    if end <= inventory.now:
        left = f"The execution {holder} ended without confirming that its run has stopped"
        return Finding(OK, task, f"No run holds the lease. {left}. The next run stops it first.")
    until = f"until {end:%Y-%m-%d %H:%M} UTC at the latest"
    status = execution_status(inventory.deployment, machine.arn, holder) or "not found"
    if status == RUNNING:
        return Finding(OK, task, f"The running execution {holder} holds the lease {until}.")
    return Finding(
        WARNING,
        task,
        f"The execution {holder} ({status}) still holds the lease. Runs that must not overlap wait {until}.",
        f"{_advice(row)}: {_command(machine, task, row)}",
    )


def _end(row: "Mapping[str, AttributeValueTypeDef]") -> datetime:
    """The end of a lease. Older state machines wrote it into another attribute."""
    return datetime.fromtimestamp(int(row.get(ENDS, row[EXPIRES])["N"]), UTC)


def _advice(row: "Mapping[str, AttributeValueTypeDef]") -> str:
    """The step before the command that ends a lease. Older state machines don't stop the runs that are left."""
    if ENDS in row:
        return "Wait, or end the lease. The next run then stops the runs that are left"
    return "Check that no ECS task of it is running (scheduled-tasks status). Then wait, or end the lease"


def _command(machine: StateMachine, task: str, row: "Mapping[str, AttributeValueTypeDef]") -> str:
    """The command that ends a lease, which is in the attribute that its state machine wrote."""
    words = {
        "--table-name": machine.lease_table,
        "--key": json.dumps({KEY: {"S": task}}),
        "--update-expression": f"SET {ENDS if ENDS in row else EXPIRES} = :past",
        "--expression-attribute-values": json.dumps({":past": {"N": "0"}}),
    }
    return shlex.join(["aws", "dynamodb", "update-item", *(word for option in words.items() for word in option)])
