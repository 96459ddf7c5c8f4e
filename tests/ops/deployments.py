"""The policies of ops.deployer, and what they decide about the calls of a deployment."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from components.aws.account import Account
from components.aws.names import GroupNames
from ops.deployer.access import Place
from ops.deployer.documents import files
from tests.components.policies.calls import Request
from tests.components.policies.simulation import decisions, simulation
from tests.mocks import ACCOUNT, REGION

DEPLOYER, PREVIEWER = "deploy", "preview"
"""The beginning of the files' names, by role."""


def place(prefix: str, iam_path: str = "/", boundary: str = "") -> Place:
    """A stack in the account of the tests."""
    return Place(Account("aws", REGION, ACCOUNT), GroupNames(prefix, iam_path), boundary=boundary)


def decided(where: Place, role: str, requests: Sequence[Request], *, allowed: bool) -> list[Request]:
    """The requests that a role's policies decide differently."""
    policies = [json.loads(text) for name, text in files(where).items() if name.startswith(role)]
    return decided_by(policies, requests, allowed=allowed)


def decided_by(policies: Sequence[Mapping[str, Any]], requests: Sequence[Request], *, allowed: bool) -> list[Request]:
    """The requests that policies decide differently."""
    asked = [
        simulation(request.action, request.resource, request.context, identity_policies=policies)
        for request in requests
    ]
    expected: Callable[[str], bool] = (
        (lambda answer: answer == "Allowed") if allowed else lambda answer: "Denied" in answer
    )
    return [request for request, answer in zip(requests, decisions(asked), strict=True) if not expected(answer)]


def of_another_stack(requests: Iterable[Request], prefix: str, other: str) -> list[Request]:
    """The same requests for resources of another stack."""
    return [replace(one, resource=one.resource.replace(prefix, other)) for one in requests if prefix in one.resource]
