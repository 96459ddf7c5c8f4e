"""The policies of the roles that CI assumes: who may assume them, and their access to Pulumi's state."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

from components.aws.account import Account
from components.aws.policies import Condition, Statement

from .documents import policy_file

FOLDER = "ci"
"""The folder of the files."""
MAIN = "main"
"""The branch that `.github/workflows/` and `.gitlab-ci.yml` deploy."""
Role: TypeAlias = Literal["deploy", "preview"]

_GITHUB = re.compile(r"(?P<owner>[\w-]+)(?P<owner_id>@\d+)?/(?P<name>[\w.-]+)(?P<id>@\d+)?")
_GITLAB = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_KEY_ID = re.compile(r"[\w-]+")
_SECRETS_PROVIDER = "awskms"


class PipelineError(ValueError):
    """A repository, a bucket or a secrets provider has a form that no policy can be written for."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """An OpenID Connect provider, and the subjects of its tokens.

    Args:
        host: The issuer without `https://`, as in the ARN of the provider.
        audience: The client ID of the provider.
        subjects: The subject of each role's tokens. `*` stands for any characters.
    """

    host: str
    audience: str
    subjects: Mapping[Role, tuple[str, ...]]


def github(repository: str, stack: str) -> Issuer:
    """Jobs of a GitHub repository: pull requests and `main` preview, the environment `<stack>` deploys.

    Args:
        repository: `acme/jobs`, or `acme@1234/jobs@5678` with the immutable IDs that GitHub adds to the subjects of
            repositories that were created, renamed or transferred since 2026-07-15.

    Raises:
        PipelineError: `repository` has another form.

    GitHub: "OpenID Connect reference", subject claims; changelog of 2026-04-23, "Immutable subject claims for GitHub
    Actions OIDC tokens".
    """
    parts = _GITHUB.fullmatch(repository)
    if not parts or bool(parts["owner_id"]) != bool(parts["id"]):
        raise PipelineError(f'"{repository}" is not a GitHub repository. Use acme/jobs or acme@1234/jobs@5678.')
    repo = f"repo:{repository}"
    return Issuer(
        "token.actions.githubusercontent.com",
        "sts.amazonaws.com",
        {
            "deploy": (f"{repo}:environment:{stack}",),
            "preview": (f"{repo}:pull_request", f"{repo}:ref:refs/heads/{MAIN}"),
        },
    )


def gitlab(project: str) -> Issuer:
    """Jobs of a project on gitlab.com: all branches preview, `main` deploys.

    Raises:
        PipelineError: `project` has another form than `acme/jobs` or `acme/team/jobs`.

    GitLab: "Configure OpenID Connect in AWS to retrieve temporary credentials".
    """
    if not _GITLAB.fullmatch(project):
        raise PipelineError(f'"{project}" is not a GitLab project. Use acme/jobs or acme/team/jobs.')
    branch = f"project_path:{project}:ref_type:branch:ref"
    return Issuer("gitlab.com", "https://gitlab.com", {"deploy": (f"{branch}:{MAIN}",), "preview": (f"{branch}:*",)})


def trust_files(issuer: Issuer, account: Account) -> dict[str, str]:
    """The trust policies by path: `ci/deploy-trust.json` and `ci/preview-trust.json`.

    AWS: IAM user guide, "Create a role for OpenID Connect federation".
    """
    return {f"{FOLDER}/{role}-trust.json": policy_file([_trust(issuer, role, account)]) for role in issuer.subjects}


def _trust(issuer: Issuer, role: Role, account: Account) -> Statement:
    subjects = issuer.subjects[role]
    exact = {f"{issuer.host}:aud": issuer.audience}
    subject = {f"{issuer.host}:sub": list(subjects)}
    wild = any("*" in one for one in subjects)
    provider = account.iam_arn(f"oidc-provider/{issuer.host}")
    return {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": exact, "StringLike": subject} if wild else {"StringEquals": {**exact, **subject}},
    }


def state_files(bucket: str, secrets_provider: str, account: Account) -> dict[str, str]:
    """The policies for Pulumi's state in an S3 bucket, by path: `ci/deploy-state.json` and `ci/preview-state.json`.

    Args:
        bucket: Name of the bucket, or the URL of the backend, such as `s3://state?region=eu-west-1`.
        secrets_provider: `secretsprovider` of the stack's file; with `awskms://`, the policies allow the key.

    Raises:
        PipelineError: `bucket` is no bucket's name, or the secrets provider names no KMS key.

    Pulumi: "Using a DIY backend", AWS S3, and "Secrets", AWS KMS.
    """
    name = urlsplit(bucket).netloc if bucket.startswith("s3://") else bucket
    if not _BUCKET.fullmatch(name):
        raise PipelineError(f'"{bucket}" is not an S3 bucket. Use its name, or a URL such as s3://state.')
    objects: dict[Role, list[str]] = {
        "deploy": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        "preview": ["s3:GetObject"],
    }
    arn = f"arn:{account.partition}:s3:::{name}"
    return {
        f"{FOLDER}/{role}-state.json": policy_file(
            [
                {"Sid": "ListState", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [arn]},
                {"Sid": "UseState", "Effect": "Allow", "Action": actions, "Resource": [f"{arn}/*"]},
                *_key(secrets_provider, role, account),
            ]
        )
        for role, actions in objects.items()
    }


def _key(secrets_provider: str, role: Role, account: Account) -> list[Statement]:
    """The use of the key that encrypts the stack's secrets.

    A policy can't name a key by its alias in `Resource`, but by a condition. AWS: KMS developer guide, "Use aliases to
    control access to KMS keys".
    """
    url = urlsplit(secrets_provider)
    if url.scheme != _SECRETS_PROVIDER:
        return []
    named = f"{url.netloc}{url.path}".removeprefix("/")
    region = parse_qs(url.query).get("region", [account.region])[0]
    own = Account(account.partition, region, account.account_id)
    condition: Condition | None = None
    if named.startswith("alias/"):
        resource = own.arn("kms", "key/*")
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": named}}
    elif named.startswith("arn:"):
        resource = named
    elif _KEY_ID.fullmatch(named):
        resource = own.arn("kms", f"key/{named}")
    else:
        raise PipelineError(f'"{secrets_provider}" names no KMS key. Use awskms://alias/<name> or awskms://<key id>.')
    actions = ["kms:Decrypt", "kms:DescribeKey", *(["kms:Encrypt"] if role == "deploy" else [])]
    statement: Statement = {"Sid": "UseKeyOfSecrets", "Effect": "Allow", "Action": actions, "Resource": [resource]}
    return [{**statement, "Condition": condition} if condition else statement]
