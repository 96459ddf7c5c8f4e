"""The requests of the state machines of calls, from their definitions. Pure.

Step Functions and EventBridge Scheduler spell services, actions and parameters in the same way. AWS: Step Functions
developer guide, "Learning to use AWS service SDK integrations"; EventBridge Scheduler user guide, "Using universal
targets".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.json_values import Json, items, mapping, value_at
from components.supervised.language import CLAIM

from ...aws.left_closed import states_of
from .resources import Called, called_by

_SDK = ":aws-sdk:"
_EXPRESSION = "{%"
_NAME = re.compile(r'\{% "([^"\\]+)" &')
"""The expression of the name of a new snapshot."""
_AFTER_BOUNDS = "ecs:updateService"
"""Office hours change the bounds of a service's autoscaling before its desired count."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an AWS service."""

    operation: str
    """`rds:stopDBInstance`."""
    parameters: Mapping[str, Json]
    """The parameters without expressions."""
    is_complete: bool
    """Whether no parameter contains an expression."""


def requests_of(definition: str) -> Iterator[Request]:
    """The requests of a state machine to AWS services, by the names of their states."""
    for _, state in sorted(states_of(definition).items()):
        _, found, operation = str(mapping(state).get("Resource", "")).partition(_SDK)
        if found:
            given = mapping(mapping(state).get("Arguments"))
            known = {name: value for name, value in given.items() if not _has_expression(value)}
            yield Request(operation, known, is_complete=len(known) == len(given))


def changed_by(definition: str) -> list[Called]:
    """The resources that a state machine stops, starts or copies, each once."""
    found: dict[tuple[str, str], Called] = {}
    for request in requests_of(definition):
        if request.operation != _AFTER_BOUNDS:
            for one in called_by(request.operation, request.parameters):
                found.setdefault((one.kind, one.name), one)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class OwnSnapshots:
    """The snapshots that a state machine creates and deletes."""

    noun: str
    """`DBSnapshot` or `DBClusterSnapshot`, as in the names of actions."""
    source: str
    """The identifier of the database."""
    prefix: str
    """The beginning of the names of its snapshots."""
    tags: Mapping[str, str]


def snapshots_of(definition: str) -> OwnSnapshots | None:
    """The snapshots that a state machine creates and deletes; None if it makes none."""
    requests = {request.operation: request for request in requests_of(definition)}
    for noun, source in (("DBSnapshot", "DbInstanceIdentifier"), ("DBClusterSnapshot", "DbClusterIdentifier")):
        request = requests.get(f"rds:create{noun}")
        named = _NAME.match(str(value_at(states_of(definition), CLAIM, "Assign", "name")))
        if request and named:
            tags = [mapping(tag) for tag in items(request.parameters.get("Tags", []))]
            found = {str(tag["Key"]): str(tag["Value"]) for tag in tags}
            return OwnSnapshots(noun, str(request.parameters.get(source)), named[1], found)
    return None


def _has_expression(value: Json) -> bool:
    if isinstance(value, str):
        return value.startswith(_EXPRESSION)
    if isinstance(value, Mapping):
        return any(map(_has_expression, value.values()))
    return isinstance(value, Sequence) and any(map(_has_expression, value))
