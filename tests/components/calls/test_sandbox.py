"""The sandbox and botocore accept the parameters that calls send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from components.calls.model import Call
from components.calls.operations import service, service_ids
from components.calls.spelling import parameter
from sandbox.calls import java_name, play
from tests.components.calls.test_kinds import CALLS, made

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

    def __init__(self) -> None:
        self.session = botocore.session.get_session()

    def __call__(self, name: str) -> Any:
        if name == "iam":
            return SimpleNamespace(
                list_role_policies=lambda **_: {"PolicyNames": []},
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
    return Clients()


@pytest.mark.parametrize("name", CALLS)
def test_botocore_accepts_the_parameters_of_every_kind(clients: Clients, name: str):
    call = made(CALLS[name][0])
    played = play(
        clients, target(call), schedule_arn="arn:aws:scheduler:eu-west-1:123456789012:schedule/a/b", due=DUE, needs=[]
    )
    assert len(played.params) == len(CALLS[name][2])
