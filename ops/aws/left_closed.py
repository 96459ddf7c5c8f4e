"""Settings that office hours have remembered, and that no opening restores: resources that stay closed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from components.hours.memory import MEMORY
from components.json_values import Json, mapping, read_json, value_at
from components.supervised.lease import CLAIM_SEPARATOR, KEY

from . import errors
from .deployment import Deployment

_NO_TABLE = "ResourceNotFoundException"
_RECALL = ":dynamodb:getItem"


@dataclass(frozen=True, slots=True, order=True)
class LeftClosed:
    """A resource that a closing has stopped, and that no opening restores.

    Its task or its entry in `sleeps` was removed while the environment was closed.
    """

    task: str
    resource: str
    """Its kind and name: `database orders`."""
    key: str
    """The key of its settings in the lease table: `office#database:orders`."""
    settings: str
    """The settings, as JSON."""


def left_closed(deployment: Deployment, definitions: Iterable[str], unread: Collection[str] = ()) -> list[LeftClosed]:
    """Read the settings that no opening restores. Makes one call per MB of the lease table.

    Args:
        deployment: The deployment.
        definitions: The definitions of the state machines of all calls.
        unread: The tasks whose state machines could not be read. Their settings are left out.
    """
    claimed = {key for definition in definitions for key in remembered_by(definition)}
    found: list[LeftClosed] = []
    for key, settings in _remembered(deployment).items():
        task, _, resource = key.partition(CLAIM_SEPARATOR)
        if key not in claimed and task not in unread:
            found.append(LeftClosed(task, resource.replace(":", " ", 1), key, settings))
    return sorted(found)


def remembered_by(definition: str) -> set[str]:
    """The keys of the settings that the openings of a state machine restore."""
    states = [mapping(state) for state in states_of(definition).values()]
    reading = [state for state in states if str(state.get("Resource", "")).endswith(_RECALL)]
    keys = (value_at(state, "Arguments", "Key", KEY, "S") for state in reading)
    return {key for key in keys if isinstance(key, str)}


def states_of(definition: str) -> dict[str, Json]:
    """The states of a state machine by name."""
    return dict(mapping(mapping(read_json(definition)).get("States")))


def _remembered(deployment: Deployment) -> dict[str, str]:
    """The settings in the lease table, by key."""
    pages = (
        deployment.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=deployment.names.lease_table,
            FilterExpression="attribute_exists(#memory)",
            ExpressionAttributeNames={"#memory": MEMORY},
            ConsistentRead=True,
        )
    )
    try:
        rows = [row for page in pages for row in page["Items"]]
    except Exception as error:
        if errors.error_code(error) == _NO_TABLE:
            return {}
        raise
    return {str(row[KEY].get("S", "")): str(row[MEMORY].get("S", "")) for row in rows}
