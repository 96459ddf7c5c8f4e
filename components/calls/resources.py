"""ARNs of the resources that calls name, and the statements of their roles. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..aws import policies
from ..aws.account import Account
from ..aws.arn import Arn
from ..aws.policies import Condition, Statement
from ..json_values import Json
from .model import Call, Outcome

SID = "Call"
"""The statement ID of the call's own permission."""


def named(account: Account, service: str, kind: str, written: object) -> Arn:
    """The ARN of a resource that a user names, by its name or its ARN.

    Args:
        account: The account and Region of a name.
        service: The service in ARNs.
        kind: The text before the name, with its separator: `db:`.
        written: The name or the ARN.
    """
    return Arn.parse_if_arn(written) or Arn.parse(account.arn(service, f"{kind}{written}"))


def statement(action: str, resources: Iterable[Arn | str], condition: Condition | None = None) -> Statement:
    """A permission of the call."""
    return policies.allow(SID, action, map(str, resources), condition)


def simple_call(
    operation: str,
    parameters: Mapping[str, Json],
    resources: Iterable[Arn | str],
    *,
    idempotent: bool = False,
    outcome: Outcome = "none",
) -> Call:
    """A call whose permission is its own operation on some resources.

    Args:
        operation: `rds:stopDBInstance`.
        parameters: The parameters, as EventBridge Scheduler spells them.
        resources: ARNs.
        idempotent: Whether the same call twice has the same effect as once.
        outcome: The service whose events report the end of the work.
    """
    service, action = operation.split(":")
    needed = statement(f"{service}:{action[:1].upper()}{action[1:]}", resources)
    return Call(service, action, parameters, (needed,), idempotent=idempotent, outcome=outcome)
