"""Checks of the secrets that ECS reads before a container starts, and of the KMS keys that encrypt them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.aws.account import Account
from components.aws.arn import Arn
from components.problems import listed

from .finding import OK, PROBLEM, STACK, Finding, attempt, resource
from .inventory import Inventory
from .role_needs import Need, secret_arn
from .roles import permission_findings_of

_BATCH = 50
"""Parameters per call. AWS: botocore ssm, DescribeParametersMaxResults."""
_UNREADABLE = ", so no container that uses it starts."
_CREATE = "Create it, or correct the reference under `secrets` or `registryCredentials`, and deploy."
_MANAGED_BY_AWS = "alias/aws/"
"""The start of the aliases of keys that AWS manages, which every role of the account may use for these services."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """A secret of Secrets Manager or an SSM parameter in AWS."""

    name: str
    key: str
    """ID, alias or ARN of its KMS key; empty for a key that AWS manages, or for none."""
    deleted: bool = False


def secret_findings(inventory: Inventory) -> list[Finding]:
    """Check that the secrets exist, and that the execution roles may use the KMS keys that encrypt them.

    Makes one call per secret of Secrets Manager, per 50 parameters, and per key, and one simulation per role. Secrets
    of other accounts and Regions are left out. No values are read.
    """
    account = inventory.deployment.account
    users = _users(inventory, account)
    found: list[Finding] = []
    secrets: dict[str, _Secret] = {}
    for arn in users:
        if Arn.parse(arn).service == "secretsmanager":
            found += attempt(STACK, f"the secret {_name(arn)}", _secret, inventory, arn, secrets)
    parameters = [arn for arn in users if Arn.parse(arn).service == "ssm"]
    for start in range(0, len(parameters), _BATCH):
        batch = parameters[start : start + _BATCH]
        found += attempt(STACK, "the parameters", _parameters, inventory, batch, secrets)
    by_key: dict[str, list[str]] = {}
    for arn, secret in secrets.items():
        if secret.key:
            by_key.setdefault(secret.key, []).append(arn)
    roles_by_key = {key: {role for arn in arns for role in users[arn]} for key, arns in by_key.items()}
    for key, roles in sorted(roles_by_key.items()):
        names = [secrets[arn].name for arn in by_key[key]]
        found += attempt(STACK, f"the KMS key {_name(key)}", _key, inventory, key, sorted(roles), names)
    return found


def _users(inventory: Inventory, account: Account) -> dict[str, set[str]]:
    """The execution roles that read each secret in the account and Region, by its ARN."""
    found: dict[str, set[str]] = {}
    for definition in inventory.definitions:
        for value in definition.secrets:
            arn = secret_arn(value, account)
            if arn and (Arn.parse(arn).account_id, Arn.parse(arn).region) == (account.account_id, account.region):
                found.setdefault(arn, set()).update([definition.execution_role] if definition.execution_role else [])
    return dict(sorted(found.items()))


def _secret(inventory: Inventory, arn: str, secrets: dict[str, _Secret]) -> Finding:
    client = inventory.deployment.client("secretsmanager")
    try:
        answer = client.describe_secret(SecretId=arn)
    except client.exceptions.ResourceNotFoundException:
        return _missing(_name(arn))
    secret = secrets[arn] = _Secret(answer["Name"], _own_key(answer.get("KmsKeyId", "")))
    if "DeletedDate" in answer:
        fix = f"Restore it: aws secretsmanager restore-secret --secret-id {secret.name}"
        return resource("secret", secret.name).finding(PROBLEM, STACK, f"is scheduled for deletion{_UNREADABLE}", fix)
    return _exists(secret.name)


def _parameters(inventory: Inventory, arns: Sequence[str], secrets: dict[str, _Secret]) -> Iterator[Finding]:
    by_name = {_parameter_name(arn): arn for arn in arns}
    pages = (
        inventory.deployment.client("ssm")
        .get_paginator("describe_parameters")
        .paginate(ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": list(by_name)}])
    )
    keys: Mapping[str, str] = {
        _canonical(each.get("Name", "")): each.get("KeyId", "") for page in pages for each in page["Parameters"]
    }
    for name, arn in by_name.items():
        if name in keys:
            secrets[arn] = _Secret(name, _own_key(keys[name]))
            yield _exists(name)
        else:
            yield _missing(name)


def _key(inventory: Inventory, key: str, roles: Sequence[str], names: Sequence[str]) -> Iterator[Finding]:
    """Check a key and the roles that decrypt with it."""
    described = inventory.deployment.client("kms").describe_key(KeyId=key)["KeyMetadata"]
    if described.get("KeyManager") == "AWS":
        return
    short = _name(key)
    if (state := described.get("KeyState", "Enabled")) != "Enabled":
        message = f"The KMS key {short} is {state}, so ECS can't read {listed(sorted(names), 'and')}."
        yield Finding(PROBLEM, STACK, message, "Enable the key, or encrypt the secrets with another one.")
        return
    if inventory.deployment.aws.emulated:
        return
    arn = described.get("Arn", key)
    for role in roles:
        yield from permission_findings_of(inventory, Need(role, ("kms:Decrypt",), (arn,), has_resource_policy=True))


def _own_key(key: str) -> str:
    return "" if key.rsplit(":", 1)[-1].startswith(_MANAGED_BY_AWS) else key


def _exists(name: str) -> Finding:
    return resource("secret", name).finding(OK, STACK, "exists.")


def _missing(name: str) -> Finding:
    return resource("secret", name).finding(PROBLEM, STACK, f"doesn't exist{_UNREADABLE}", _CREATE)


def _parameter_name(arn: str) -> str:
    return _canonical(arn.split(":parameter", 1)[-1])


def _canonical(name: str) -> str:
    """The name of a parameter as AWS returns it. An ARN has one slash before the name, with or without a hierarchy."""
    bare = name.removeprefix("/")
    return f"/{bare}" if "/" in bare else bare


def _name(arn: str) -> str:
    return arn.rsplit(":", 1)[-1].rsplit("/", 1)[-1] if ":kms:" in arn else arn.rsplit(":", 1)[-1]
