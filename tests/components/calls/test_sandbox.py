"""The sandbox and botocore accept the parameters that calls send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from components.aws.account import Account
from components.calls.model import Call
from components.calls.operations import service, service_ids
from components.calls.spelling import parameter
from sandbox.calls import Played, TargetError, java_name, play
from sandbox.live.permissions import needs
from tests.components.calls.test_kinds import CALLS, made

SCHEDULE = "arn:aws:scheduler:eu-west-1:123456789012:schedule/a/b"
DUE = datetime(2026, 11, 27, 20, tzinfo=UTC)


def test_the_sandbox_spells_every_parameter_alike():
    members = {
        member
        for each in service_ids()
        for shape in service(each).shapes.values()
        for member in shape.get("members", ())
    }
    assert len(members) > 20_000
    assert {member for member in members if parameter(member) != java_name(member)} == set()


class Clients:
    """Clients that only check parameters, with botocore's models."""

    def __init__(self, session: Any, statements: Sequence[Any] = ()) -> None:
        self.session, self.statements = session, statements

    def __call__(self, name: str) -> Any:
        if name == "iam":
            return SimpleNamespace(
                list_role_policies=lambda **_: {"PolicyNames": ["own"]},
                get_role_policy=lambda **_: {"PolicyDocument": {"Statement": list(self.statements)}},
                list_attached_role_policies=lambda **_: {"AttachedPolicies": []},
            )
        model = self.session.get_service_model(name)
        operations = {operation.lower(): operation for operation in model.operation_names}

        def checked(operation: str) -> Any:
            def call(**params: Any) -> Mapping[str, Any]:
                shape = model.operation_model(operation).input_shape
                assert shape
                report = ParamValidator().validate(params, shape)
                assert not report.has_errors(), report.generate_report()
                return {}

            return call

        methods = {method: checked(operation) for method, operation in operations.items()}
        return SimpleNamespace(meta=SimpleNamespace(method_to_api_mapping=operations), **methods)


def target(call: Call) -> dict[str, Any]:
    role = "arn:aws:iam::123456789012:role/a"
    return {"Arn": call.target_arn("aws"), "RoleArn": role, "Input": call.target_input, **call.target_parameters}


@pytest.fixture(scope="module")
def clients() -> Clients:
    return Clients(botocore.session.get_session())


@pytest.mark.parametrize("name", CALLS)
def test_botocore_accepts_the_parameters_of_every_kind(clients: Clients, name: str):
    call = made(CALLS[name][0])
    played = play(clients, target(call), schedule_arn=SCHEDULE, due=DUE, needs=[])
    assert len(played.params) == len(CALLS[name][2])


@pytest.mark.parametrize("name", CALLS)
def test_the_role_of_every_kind_allows_what_the_sandbox_requires(clients: Clients, name: str):
    """The sandbox derives it from AWS's Service Authorization Reference, and the kinds have their own statements."""
    call, account = made(CALLS[name][0]), Account("aws", "eu-west-1", "123456789012")
    found = list(needs(target(call), None, account))
    assert found

    def played(statements: Sequence[Any]) -> Played:
        with_policy = Clients(clients.session, statements)
        return play(with_policy, target(call), schedule_arn=SCHEDULE, due=DUE, needs=found)

    assert played(call.statements).params
    with pytest.raises(TargetError, match="is not authorized to perform"):
        played(())
