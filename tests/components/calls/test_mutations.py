"""Mistakes in calls of random operations: each is found before the deployment."""

from typing import Any

import pytest

from components.calls.operations import Service, service, service_ids
from components.calls.parameters import parameters
from components.calls.references import Operation, operation
from components.calls.spelling import action, parameter, usual_spellings
from components.problems import Problem
from tests.components.calls.samples import chosen, sample

SERVICES = [service(name) for name in sorted(service_ids())]
CHOSEN = chosen(SERVICES, 300, seed=24)
WRONG_TYPES: dict[str, Any] = {
    "string": 1, "blob": 1, "timestamp": [], "integer": "1", "long": "1", "float": "1", "double": "1",
    "boolean": "true", "list": "a", "map": "a", "structure": "a",
}  # fmt: skip


def named(found: Service, name: str) -> Operation:
    read = operation(f"{found.id}:{action(name)}")
    assert isinstance(read, Operation)
    return read


def problems(found: Service, name: str, given: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in parameters(named(found, name), given).problems]


def test_there_are_300_operations_of_many_services():
    assert len(CHOSEN) == 300
    assert len({found.id for found, _ in CHOSEN}) > 100


@pytest.mark.parametrize(("found", "name"), CHOSEN, ids=[f"{found.id}:{name}" for found, name in CHOSEN])
def test_every_mistake_is_found(found: Service, name: str):
    shape = found.parameters(name)
    valid: dict[str, Any] = sample(found, found.operations[name])
    assert problems(found, name, valid) == []
    read = parameters(named(found, name), valid).input
    assert list(read) == [parameter(member) for member in valid]
    # The spelling that EventBridge Scheduler gets is itself accepted.
    assert parameters(named(found, name), read).input == read

    member = shape.required[0]
    rest = {other: value for other, value in valid.items() if other != member}
    assert problems(found, name, rest), "a missing parameter"
    wrong_case = next(
        each for each in (member.upper(), member.lower(), member.swapcase()) if each not in usual_spellings(member)
    )
    assert problems(found, name, {**rest, wrong_case: valid[member]}), "an unusual spelling"
    wrong = WRONG_TYPES[found.shape(shape.members[member]).type]
    if not found.shape(shape.members[member]).document:
        assert problems(found, name, {**valid, member: wrong}), "a wrong type"
    assert problems(found, name, {**valid, "Unknown": 1}), "an unknown parameter"

    other = next(each for each in SERVICES if each.id != found.id and name not in {*each.operations, *each.refused})
    assert isinstance(operation(f"{other.id}:{action(name)}"), Problem), "a wrong service"
    assert isinstance(operation(f"{found.id}:{action(name).lower()}x"), Problem), "an unknown action"
    for reading in sorted(found.refused)[:3]:
        assert isinstance(operation(f"{found.id}:{action(reading)}"), Problem), "an operation that reads"


def test_every_other_name_of_a_service_is_refused_with_its_id():
    # AWS: EventBridge Scheduler user guide, "Using universal targets": "use cognitoidentityprovider (not cognito-idp)".
    found = operation("cognito-idp:adminDisableUser")
    assert str(found) == (
        '"cognito-idp" is not a service that EventBridge Scheduler can call. Its ID in calls is '
        "cognitoidentityprovider: write cognitoidentityprovider:adminDisableUser."
    )
    # AWS refuses it: "The api startExecution is not valid for the service aws-sdk:states".
    assert "write sfn:startExecution" in str(operation("states:startExecution"))
