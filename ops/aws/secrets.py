"""The values of a container's secrets, as ECS would hand them over."""

import json
from typing import Any

from ..errors import OpsError
from .session import Aws


def secret_value(aws: Aws, name: str, value_from: str) -> str:
    """The value that a secret of a task definition stands for; `name` is its environment variable.

    AWS: Amazon ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables": the ARN of
    a secret, with `:json-key:version-stage:version-id` behind it; or the ARN or name of a parameter.
    """
    parts = value_from.split(":")
    if parts[2:3] != ["secretsmanager"]:
        answer = aws.client("ssm").get_parameter(Name=value_from, WithDecryption=True)
        return answer["Parameter"]["Value"]
    key, stage, version = (*parts[7:10], "", "", "")[:3]
    wanted = {"VersionStage": stage, "VersionId": version}
    answer = aws.client("secretsmanager").get_secret_value(
        SecretId=":".join(parts[:7]), **{member: value for member, value in wanted.items() if value}
    )
    if "SecretString" not in answer:
        raise OpsError(f"{name}: {value_from} is binary, and an environment variable is text.")
    return _of_key(name, value_from, answer["SecretString"], key) if key else answer["SecretString"]


def _of_key(name: str, value_from: str, text: str, key: str) -> str:
    try:
        whole: Any = json.loads(text)
        value = whole[key]
    except (ValueError, KeyError, TypeError):
        # Neither the value nor the parser's words on it are shown.
        raise OpsError(f'{name}: {value_from} is not JSON with a key "{key}".') from None
    return value if isinstance(value, str) else json.dumps(value)
