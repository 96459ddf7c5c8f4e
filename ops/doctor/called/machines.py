"""The requests of the state machines of calls, from their definitions. Pure.

Step Functions and EventBridge Scheduler spell services, actions and parameters in the same way. AWS: Step Functions
developer guide, "Learning to use AWS service SDK integrations"; EventBridge Scheduler user guide, "Using universal
targets".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.json_values import Json, mapping, read_json, value_at
from components.supervised.lease import KEY

from .resources import Called, called_by

_SDK = ":aws-sdk:"
_RECALL = ":dynamodb:getItem"
_EXPRESSION = "{%"
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
    for _, state in sorted(_states(definition).items()):
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


def remembered_by(definition: str) -> set[str]:
    """The keys of the settings that the openings of a state machine restore."""
    states = (mapping(state) for state in _states(definition).values())
    reading = [state for state in states if str(state.get("Resource", "")).endswith(_RECALL)]
    keys = (value_at(state, "Arguments", "Key", KEY, "S") for state in reading)
    return {key for key in keys if isinstance(key, str)}


def _states(definition: str) -> Mapping[str, Json]:
    return mapping(mapping(read_json(definition)).get("States"))


def _has_expression(value: Json) -> bool:
    if isinstance(value, str):
        return value.startswith(_EXPRESSION)
    if isinstance(value, Mapping):
        return any(map(_has_expression, value.values()))
    return isinstance(value, Sequence) and any(map(_has_expression, value))
