"""The policies of the roles that CI assumes: subjects are literals of GitHub's and GitLab's pages, and an IAM simulator
decides the requests for Pulumi's state."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.aws.account import Account
from ops.deployer.pipelines import PipelineError, github, gitlab, state_files, trust_files
from tests.components.policies.calls import Request
from tests.mocks import ACCOUNT, REGION
from tests.ops.conftest import Ops
from tests.ops.deployments import DEPLOYER, PREVIEWER, decided_by

WHERE = Account("aws", REGION, ACCOUNT)
BUCKET = "jobs-state"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
ALIAS = f"awskms://alias/pulumi?region={REGION}"
OF_ALIAS: Mapping[str, str | list[str]] = {"kms:ResourceAliases": ["alias/pulumi", "alias/other"]}


def conditions(files: dict[str, str]) -> dict[str, Any]:
    """The conditions of trust policies, by role."""
    found = {file: json.loads(text)["Statement"] for file, text in files.items()}
    return {file.split("/")[1].split("-")[0]: statements[0]["Condition"] for file, statements in found.items()}


@pytest.mark.parametrize("repository", ["octo-org/octo-repo", "octo-org@123456/octo-repo@456789"])
def test_jobs_of_github_assume_the_roles(repository: str):
    """The subjects that GitHub documents, with and without the immutable IDs of newer repositories."""
    assert conditions(trust_files(github(repository, "prod"), WHERE)) == {
        "deploy": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": [f"repo:{repository}:environment:prod"],
            }
        },
        "preview": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": [
                    f"repo:{repository}:pull_request",
                    f"repo:{repository}:ref:refs/heads/main",
                ],
            }
        },
    }


def test_jobs_of_gitlab_assume_the_roles():
    """GitLab: "Configure OpenID Connect in AWS to retrieve temporary credentials"."""
    audience = {"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}}
    branch = "project_path:mygroup/team/myproject:ref_type:branch:ref"
    assert conditions(trust_files(gitlab("mygroup/team/myproject"), WHERE)) == {
        "deploy": {"StringEquals": {**audience["StringEquals"], "gitlab.com:sub": [f"{branch}:main"]}},
        "preview": {**audience, "StringLike": {"gitlab.com:sub": [f"{branch}:*"]}},
    }


def test_the_provider_is_that_of_the_account():
    files = trust_files(github("a/b", "prod"), Account("aws-us-gov", "us-gov-west-1", ACCOUNT))
    principals = {json.loads(text)["Statement"][0]["Principal"]["Federated"] for text in files.values()}
    assert principals == {f"arn:aws-us-gov:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}


@pytest.mark.parametrize("repository", ["jobs", "acme/jobs@5678", "acme@1/jobs", "acme/jobs/x", "*/jobs", "acme/*", ""])
def test_another_repository_is_refused(repository: str):
    with pytest.raises(PipelineError, match=re.escape(f'"{repository}" is not a GitHub repository.')):
        github(repository, "prod")


@pytest.mark.parametrize("project", ["jobs", "acme/*", "/jobs", ""])
def test_another_project_is_refused(project: str):
    with pytest.raises(PipelineError, match=re.escape(f'"{project}" is not a GitLab project.')):
        gitlab(project)


READS = [
    Request("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
    Request("s3:GetObject", f"arn:aws:s3:::{BUCKET}/.pulumi/stacks/jobs/prod.json"),
]
WRITES = [
    Request("s3:PutObject", f"arn:aws:s3:::{BUCKET}/.pulumi/locks/x.json"),
    Request("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/.pulumi/locks/x.json"),
]
OTHERS = [
    Request("s3:GetObject", "arn:aws:s3:::jobs-state-2/.pulumi/stacks/jobs/prod.json"),
    Request("s3:DeleteBucket", f"arn:aws:s3:::{BUCKET}"),
]


def of_key(*actions: str, key: str = KEY, context: Mapping[str, str | list[str]] | None = None) -> list[Request]:
    return [Request(f"kms:{action}", key, context or {}) for action in actions]


def policies(role: str, secrets_provider: str = "", bucket: str = BUCKET) -> list[Any]:
    return [json.loads(state_files(bucket, secrets_provider, WHERE)[f"ci/{role}-state.json"])]


@pytest.mark.parametrize("bucket", [BUCKET, f"s3://{BUCKET}?region={REGION}&awssdk=v2", f"s3://{BUCKET}/"])
def test_the_state_is_read_by_both_roles_and_written_by_one(bucket: str):
    deployer, previewer = policies(DEPLOYER, bucket=bucket), policies(PREVIEWER, bucket=bucket)
    assert decided_by(deployer, [*READS, *WRITES], allowed=True) == []
    assert decided_by(deployer, [*OTHERS, *of_key("Decrypt")], allowed=False) == []
    assert decided_by(previewer, READS, allowed=True) == []
    assert decided_by(previewer, [*WRITES, *OTHERS, *of_key("Decrypt")], allowed=False) == []


@pytest.mark.parametrize(
    "secrets_provider",
    [
        ALIAS,
        f"awskms:///{KEY}?region={REGION}",
        "awskms://11111111-1111-1111-1111-111111111111",
        f"awskms://11111111-1111-1111-1111-111111111111?region={REGION}&context_x=y",
    ],
)
def test_the_key_of_secrets_may_be_used(secrets_provider: str):
    """The forms of Pulumi's page "Secrets", AWS Key Management Service."""
    deployer, previewer = policies(DEPLOYER, secrets_provider), policies(PREVIEWER, secrets_provider)
    named = secrets_provider is ALIAS
    used = OF_ALIAS if named else None
    assert decided_by(deployer, of_key("Decrypt", "DescribeKey", "Encrypt", context=used), allowed=True) == []
    assert decided_by(previewer, of_key("Decrypt", "DescribeKey", context=used), allowed=True) == []
    assert decided_by(previewer, of_key("Encrypt", context=used), allowed=False) == []
    other = KEY if named else KEY.replace("1111-1111", "2222-2222")
    unused = {"kms:ResourceAliases": ["alias/other"]} if named else None
    assert decided_by(deployer, of_key("Decrypt", "Encrypt", key=other, context=unused), allowed=False) == []


def test_a_key_of_another_region_is_used_there():
    found = policies(PREVIEWER, "awskms://alias/pulumi?region=us-east-1")[0]["Statement"][2]
    assert found["Resource"] == [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*"]


@pytest.mark.parametrize("secrets_provider", ["passphrase", "", "gcpkms://projects/x", "default"])
def test_other_secrets_providers_need_no_key(secrets_provider: str):
    assert len(policies(DEPLOYER, secrets_provider)[0]["Statement"]) == 2


@pytest.mark.parametrize(
    ("bucket", "secrets_provider", "message"),
    [
        ("file://x", "", '"file://x" is not an S3 bucket.'),
        ("a/b", "", '"a/b" is not an S3 bucket.'),
        (BUCKET, "awskms://", '"awskms://" names no KMS key.'),
        (BUCKET, "awskms://a/b", '"awskms://a/b" names no KMS key.'),
    ],
)
def test_a_wrong_state_is_refused(bucket: str, secrets_provider: str, message: str):
    with pytest.raises(PipelineError, match=re.escape(message)):
        state_files(bucket, secrets_provider, WHERE)


def test_the_command_writes_them(ops: Ops, project: Path, tmp_path: Path):
    file = project / "Pulumi.test.yaml"
    file.write_text(f"secretsprovider: {ALIAS}\n{file.read_text()}")
    given = ["--github", "acme@1/jobs@2", "--state", "s3://jobs-state", "--to", str(tmp_path / "made")]
    result = ops("policies", "--stack", "test", "--account", ACCOUNT, *given)
    assert result.exit_code == 0, result.output
    where = Account("aws", "eu-west-1", ACCOUNT)
    written = {f"ci/{found.name}": found.read_text() for found in (tmp_path / "made" / "ci").iterdir()}
    assert written == {
        **trust_files(github("acme@1/jobs@2", "test"), where),
        **state_files("jobs-state", ALIAS, where),
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--github", "a/b", "--gitlab", "a/b"], "Pass --github or --gitlab, not both."),
        (["--github", "jobs"], '"jobs" is not a GitHub repository. Use acme/jobs or acme@1234/jobs@5678.'),
        (["--gitlab", "jobs"], '"jobs" is not a GitLab project. Use acme/jobs or acme/team/jobs.'),
        (["--state", "x"], '"x" is not an S3 bucket.'),
    ],
)
def test_the_command_names_a_wrong_option(ops: Ops, options: list[str], message: str):
    result = ops("policies", "--stack", "prod", "--account", ACCOUNT, *options)
    assert (result.exit_code, message in " ".join(result.output.split())) == (2, True)
