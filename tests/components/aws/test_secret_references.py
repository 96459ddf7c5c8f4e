"""References to secrets.

AWS: Amazon ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables"
(docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html), whose examples these are: "if
you do not use them, you must include the colons : to use the default values"; botocore ecs, Secret.valueFrom."""

import pytest

from components.aws.account import Account
from components.aws.secret_references import SecretReference, full_arn

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:appauthexample-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter"
VERSION = "9d4cb84b-ad69-40c0-a0ab-cead3EXAMPLE"
VALID = {
    SECRET: SecretReference(SECRET),
    f"{SECRET}:username1::": SecretReference(SECRET, json_key="username1"),
    f"{SECRET}::AWSPREVIOUS:": SecretReference(SECRET, version_stage="AWSPREVIOUS"),
    f"{SECRET}:::{VERSION}": SecretReference(SECRET, version_id=VERSION),
    f"{SECRET}:username1:AWSPREVIOUS:": SecretReference(SECRET, "username1", "AWSPREVIOUS"),
    f"{SECRET}:username1::{VERSION}": SecretReference(SECRET, "username1", "", VERSION),
    f"{SECRET}:::": SecretReference(SECRET),
    "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:prod/a_b+c=d.e@f-g": SecretReference(
        "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:prod/a_b+c=d.e@f-g"
    ),
    f"{PARAMETER}/token": SecretReference(f"{PARAMETER}/token"),
    f"{PARAMETER}/prod/db/password": SecretReference(f"{PARAMETER}/prod/db/password"),
    f"{PARAMETER}/prod/db/password:3": SecretReference(f"{PARAMETER}/prod/db/password", selector="3"),
    "/prod/db/password": SecretReference("/prod/db/password"),
    "/token:live": SecretReference("/token", selector="live"),
}
INVALID = {
    f"{SECRET}:password": f"ECS needs all three colons after the name of the secret. Write {SECRET}:password::",
    f"{SECRET}:password:": f"Write {SECRET}:password::",
    f"{SECRET}:": f"Write {SECRET}:::",
    f"{SECRET}:a:b:c:d": "has 4 parts after the name of the secret.",
    f"{SECRET}:a:AWSCURRENT:{VERSION}": "names both a version stage and a version ID.",
    f"{SECRET}:a::AWSPREVIOUS": f"Write {SECRET}:a:AWSPREVIOUS:".replace("Write", "write"),
    f"{SECRET}:a::1234": "is not a version ID",
    f"{SECRET}*": "is not the name of a secret.",
    f"{PARAMETER}//prod/db": f"has two slashes before the name. Write {PARAMETER}/prod/db.",
    f"{PARAMETER}/prod/db/": "is not the name of a parameter.",
    f"{PARAMETER}/prod/*": "is not the name of a parameter.",
    f"{PARAMETER}/prod/db:password::": "Parameters have no JSON keys.",
    f"{PARAMETER}/{'/'.join('a' * 16)}": "has 16 parts between slashes.",
    f"/{'/'.join('a' * 16)}": "has 16 parts between slashes.",
}
"""References with a mistake, and a part of the reason. They are certainly no secrets, so messages may repeat them."""
MAYBE_SECRETS = [
    "hunter2", "", "stage/db", "db-password", "/", "//a", "/a b", "/a:", "/a/", f"{SECRET} x", SECRET.removeprefix("arn:"),
    "arn:aws:secretsmanager:us-east-1:1234:secret:a", "arn:aws:s3:::bucket", "arn:aws:ssm:us-east-1:123456789012:document/a",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), VALID.items(), ids=VALID)
def test_parts_of_a_reference(text: str, expected: SecretReference):
    found = SecretReference.parse(text)
    assert found == expected
    assert found.is_parameter is (":ssm:" in text or text.startswith("/"))
    assert found.names_part is (":secret:" in text and text.rstrip(":") != SECRET and "aws-cn" not in text)


@pytest.mark.parametrize(("text", "reason"), INVALID.items(), ids=INVALID)
def test_a_mistake_is_answered_with_what_to_write(text: str, reason: str):
    with pytest.raises(ValueError, match=r".") as raised:
        SecretReference.parse(text)
    assert reason in str(raised.value)


@pytest.mark.parametrize("text", MAYBE_SECRETS)
def test_what_may_be_the_secret_itself_is_not_repeated(text: str):
    with pytest.raises(ValueError, match="the value is not shown") as raised:
        SecretReference.parse(text)
    assert len(text) < 3 or text not in str(raised.value)


def test_the_name_of_a_parameter_is_one_of_the_account_and_region():
    account = Account("aws-us-gov", "us-gov-west-1", "123456789012")
    expected = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/prod/db/password"
    assert full_arn("/prod/db/password", account) == expected
    assert full_arn(SECRET, account) == SECRET
