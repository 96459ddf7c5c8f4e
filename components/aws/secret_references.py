"""References to secrets: one grammar for the configuration, the components and the commands.

A secret of Secrets Manager is `arn:...:secret:name`, or `arn:...:secret:name:json-key:version-stage:version-id` with
all three colons. A parameter is its ARN or, in the account and Region of the task, its name.

AWS: Amazon ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables" and "Pass
Systems Manager parameters through Amazon ECS environment variables".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .account import Account
from .arn import Arn

FORMS = (
    "arn:aws:secretsmanager:<region>:<account>:secret:<name>, arn:aws:ssm:<region>:<account>:parameter/<name>, or "
    "the name of a parameter, such as /prod/db/password"
)
"""The forms of a reference, in words."""
LEVELS = 15
"""Parts of a parameter's name. AWS: botocore ssm, PutParameter, Name."""

_NOT_A_REFERENCE = (
    "is not the ARN of a Secrets Manager secret or an SSM parameter (the value is not shown, as it might be the secret "
    f"itself). Write {FORMS}."
)
_PREFIX = re.compile(r"arn:aws[a-z-]*:(?P<service>secretsmanager|ssm):[a-z0-9-]+:[0-9]{12}:(?P<resource>\S+)", re.ASCII)
_SECRET_NAME = re.compile(r"[\w/+=.@-]{1,512}", re.ASCII)
"""AWS: botocore secretsmanager, CreateSecret, Name."""
_VERSION_ID = re.compile(r"\S{32,64}", re.ASCII)
"""AWS: botocore secretsmanager, SecretVersionIdType."""
_PARAMETER_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*", re.ASCII)
_SELECTOR = re.compile(r"[\w.-]{1,100}", re.ASCII)
"""A version or a label of a parameter. AWS: botocore ssm, ParameterLabel."""


@dataclass(frozen=True, slots=True)
class SecretReference:
    """A secret or a parameter, and which part or version of it."""

    arn: str
    """ARN without the parts after it. For a parameter that is referred to by its name, the name."""
    json_key: str = ""
    """Key of the JSON object in the secret; empty for the whole secret."""
    version_stage: str = ""
    version_id: str = ""
    selector: str = ""
    """Version or label of a parameter; empty for the newest."""

    @classmethod
    def parse(cls, text: str) -> SecretReference:
        """The secret that a string refers to.

        Raises:
            ValueError: The string isn't a reference. The message says why and what to write. It repeats the string only
                if that is an ARN of these services, because any other string might be the secret itself.
        """
        if text.startswith("/"):
            name, _, selector = text.partition(":")
            if not _PARAMETER_NAME.fullmatch(name[1:]) or (":" in text and not _SELECTOR.fullmatch(selector)):
                raise ValueError(_NOT_A_REFERENCE)
            _check_levels(name[1:])
            return cls(name, selector=selector)
        found = _PREFIX.fullmatch(text)
        if found is None:
            raise ValueError(_NOT_A_REFERENCE)
        resource = found["resource"]
        if found["service"] == "ssm" and resource.startswith("parameter/"):
            return _parameter(text.removesuffix(resource), resource.removeprefix("parameter/"))
        if found["service"] == "secretsmanager" and resource.startswith("secret:"):
            return _secret(text.removesuffix(resource), resource.removeprefix("secret:"))
        raise ValueError(_NOT_A_REFERENCE)

    @property
    def is_parameter(self) -> bool:
        """Whether it is a parameter, as opposed to a secret of Secrets Manager."""
        return self.arn.startswith("/") or Arn.parse(self.arn).service == "ssm"

    @property
    def names_part(self) -> bool:
        """Whether it names a JSON key or a version of a secret, which old platform versions don't support."""
        return bool(self.json_key or self.version_stage or self.version_id)


def full_arn(reference: str, account: Account) -> str:
    """The reference with the ARN of a parameter that is referred to by its name. Others stay as they are."""
    return account.arn("ssm", f"parameter{reference}") if reference.startswith("/") else reference


def _secret(prefix: str, resource: str) -> SecretReference:
    name, *parts = resource.split(":")
    arn = f"{prefix}secret:{name}"
    if not _SECRET_NAME.fullmatch(name):
        raise ValueError(
            f'"{name}" is not the name of a secret. Use letters, digits and / _ + = . @ -, as in the ARN that Secrets '
            "Manager shows."
        )
    if not parts:
        return SecretReference(arn)
    if len(parts) > 3:
        raise ValueError(
            f"has {len(parts)} parts after the name of the secret. Write at most three: {arn}:json-key:version-stage:"
            "version-id."
        )
    if len(parts) < 3:
        whole = ":".join([*parts, *[""] * (3 - len(parts))])
        raise ValueError(f"ECS needs all three colons after the name of the secret. Write {arn}:{whole}")
    key, stage, version = parts
    if stage and version:
        raise ValueError("names both a version stage and a version ID. Remove one, and keep its colon.")
    if version and not _VERSION_ID.fullmatch(version):
        raise ValueError(
            f'"{version}" is not a version ID, which has 32 to 64 characters.{_stage_hint(arn, key, version)}'
        )
    return SecretReference(arn, key, stage, version)


def _stage_hint(arn: str, key: str, version: str) -> str:
    """A stage in the place of the ID is a common mistake."""
    return f" For a version stage, write {arn}:{key}:{version}:" if re.fullmatch("[A-Za-z_-]+", version) else ""


def _parameter(prefix: str, resource: str) -> SecretReference:
    name, colon, selector = resource.partition(":")
    if name.startswith("/"):
        raise ValueError(f"has two slashes before the name. Write {prefix}parameter{name}.")
    if not _PARAMETER_NAME.fullmatch(name):
        raise ValueError(
            f'"{name}" is not the name of a parameter. Use letters, digits and _ . -, and / between its parts, as in '
            "parameter/prod/db/password."
        )
    if colon and not _SELECTOR.fullmatch(selector):
        raise ValueError("has a colon after the name of the parameter. Parameters have no JSON keys. Remove it.")
    _check_levels(name)
    return SecretReference(f"{prefix}parameter/{name}", selector=selector)


def _check_levels(name: str) -> None:
    if (levels := name.count("/") + 1) > LEVELS:
        raise ValueError(f"has {levels} parts between slashes. A parameter has at most {LEVELS}.")
