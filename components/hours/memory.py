"""The memory of office hours: what the opening restores, in the group's lease table. Pure.

There is one item per resource. The closing writes it only if there is none, before it changes the resource; the opening
deletes it after the resource is restored. So a closing that is repeated keeps what the first one found, and an opening
that failed can be repeated. The item has no time to live.
"""

from __future__ import annotations

from typing import TypedDict

from ..aws.names import fit
from ..supervised.lease import CLAIM_SEPARATOR, KEY, Attributes

MEMORY = "memory"
"""The attribute with the settings, as JSON."""
_LONGEST_KEY = 1000
"""AWS: Amazon DynamoDB developer guide, "Quotas": a partition key has at most 2,048 bytes."""
_ANYTHING = r"[^\x20-\x7e]"


class Item(TypedDict):
    """A request for one item."""

    TableName: str
    Key: Attributes


class GetItem(Item):
    """A GetItem request."""

    ConsistentRead: bool


class PutNewItem(TypedDict):
    """A PutItem request for an item that doesn't exist."""

    TableName: str
    Item: Attributes
    ConditionExpression: str


def key(task: str, resource: str) -> str:
    """The key of a resource. No lease has it, because task names don't contain `#`, and no claim, because it has no
    time."""
    return fit(f"{task}{CLAIM_SEPARATOR}{resource}", _LONGEST_KEY, _ANYTHING)


def remember(table: str, of: str, settings: str) -> PutNewItem:
    """Write the settings of a resource, unless they are known.

    Args:
        table: Name of the table.
        of: The key.
        settings: An expression for the settings, as JSON.
    """
    return {
        "TableName": table,
        "Item": {KEY: {"S": of}, MEMORY: {"S": settings}},
        "ConditionExpression": f"attribute_not_exists({KEY})",
    }


def recall(table: str, of: str) -> GetItem:
    """Read the settings of a resource."""
    return {"TableName": table, "Key": {KEY: {"S": of}}, "ConsistentRead": True}


def forget(table: str, of: str) -> Item:
    """Delete the settings of a resource."""
    return {"TableName": table, "Key": {KEY: {"S": of}}}
