"""The values of a container's secrets, as ECS passes them to the container."""

import json
from typing import Any

from components.aws.secret_references import SecretReference

from ..errors import OpsError
from .session import Aws


def secret_value(aws: Aws, name: str, value_from: str) -> str:
    """Read the value of a secret in a task definition.

    Args:
        aws: The connection to AWS.
        name: Name of the environment variable, for error messages.
        value_from: ARN or name of an SSM parameter, or ARN of a secret, optionally followed by
            `:json-key:version-stage:version-id`. AWS: Amazon ECS developer guide, "Pass Secrets Manager secrets through
            Amazon ECS environment variables".

    Raises OpsError if the secret is binary or has no such JSON key, or if the reference is none.
    """
    if (found := _secret(value_from)) is None:
        return aws.client("ssm").get_parameter(Name=value_from, WithDecryption=True)["Parameter"]["Value"]
    key = found.json_key
    given = {"VersionStage": found.version_stage, "VersionId": found.version_id}
    answer = aws.client("secretsmanager").get_secret_value(
        SecretId=found.arn, **{member: value for member, value in given.items() if value}
    )
    if "SecretString" not in answer:
        raise OpsError(f"{name}: {value_from} is binary. An environment variable must be a string.")
    return _value_of_key(name, value_from, answer["SecretString"], key) if key else answer["SecretString"]


def _secret(value_from: str) -> SecretReference | None:
    """A secret of Secrets Manager; None for a parameter, which a task definition can also name without a slash."""
    try:
        found = SecretReference.parse(value_from)
    except ValueError as error:
        if ":secretsmanager:" in value_from:
            raise OpsError(f"{value_from}: {error}") from None
        return None
    return None if found.is_parameter else found


def _value_of_key(name: str, value_from: str, text: str, key: str) -> str:
    try:
        whole: Any = json.loads(text)
        value = whole[key]
    except (ValueError, KeyError, TypeError, RecursionError):
        # The message must show neither the value nor the parser's error, which quotes it.
        raise OpsError(f'{name}: {value_from} is not a JSON object with the key "{key}".') from None
    return value if isinstance(value, str) else json.dumps(value)
