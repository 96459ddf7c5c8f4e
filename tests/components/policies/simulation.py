"""Requests for the IAM simulator: https://github.com/cloud-copilot/iam-simulate."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.mocks import ACCOUNT
from tests.referees import judged

_PRINCIPAL = f"arn:aws:iam::{ACCOUNT}:role/tested"


def simulation(
    action: str,
    resource: str,
    context: Mapping[str, str | list[str]],
    *,
    service: str = "",
    identity_policies: Iterable[Mapping[str, Any]] = (),
    resource_policy: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A request by an AWS service, or by a role with identity policies.

    A resource in another account has a policy that allows everything, and a KMS key has AWS's default policy, so that
    only the identity policies decide.
    """
    owner = resource.split(":")[4] if resource.startswith("arn:") else ""
    if not service and owner not in ("", ACCOUNT):
        resource_policy = _policy_for(_PRINCIPAL)
    elif not service and action.startswith("kms:"):
        # AWS: KMS developer guide, "Default key policy".
        resource_policy = _policy_for(f"arn:aws:iam::{ACCOUNT}:root")
    return {
        "request": {
            "principal": service or _PRINCIPAL,
            "action": action,
            "resource": {"resource": resource, "accountId": owner or ACCOUNT},
            "contextVariables": context,
        },
        "identityPolicies": [{"name": f"p{number}", "policy": found} for number, found in enumerate(identity_policies)],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
        **({"resourcePolicy": resource_policy} if resource_policy else {}),
    }


def _policy_for(principal: str) -> Mapping[str, Any]:
    allow = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [allow]}


def decisions(simulations: Sequence[Mapping[str, Any]]) -> list[str]:
    """ "Allowed", a kind of denial, or an error, per request."""
    return judged("requests", simulations)
