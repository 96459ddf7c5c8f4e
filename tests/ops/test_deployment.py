"""Deployments are found in AWS alone, and errors of AWS become one line."""

from pathlib import Path
from typing import Any

import pytest
import typer
from botocore import exceptions
from botocore.parsers import ResponseParserError

from components.aws.names import GROUP_TAG
from ops.aws.deployment import find
from ops.aws.errors import explained
from ops.aws.schedules import chosen_schedule, schedules_of
from ops.aws.session import Aws
from ops.commands import options
from ops.commands.options import Where
from ops.errors import OpsError
from tests.ops.cloud import Cloud, Deployed


def where(**given: Any) -> Where:
    options: dict[str, Any] = {"stack": None, "group": None, "profile": None, "region": None, **given}
    return Where(**options)


def test_a_deployment_is_found_by_stack_by_group_or_as_the_only_one(deployed: Deployed):
    for given in (where(stack="test"), where(group="scheduled-tasks-test"), where()):
        found = given.deployment()
        assert (found.name, found.prefix) == ("scheduled-tasks-test", "scheduled-tasks-test")
        assert (found.region, found.account_id) == ("eu-west-1", "123456789012")
        assert found.names.log_group == "/ecs/scheduled-tasks-test"


def test_the_tag_of_a_group_with_a_truncated_name_holds_its_prefix(cloud: Cloud, deployed: Deployed):
    prefix = "scheduled-tasks-" + "x" * 60
    other = cloud.deploy(deployed.config, prefix)
    found = find(Aws(), other.names.schedule_group)
    assert found.name != prefix
    assert found.names.dead_letter_queue == other.names.dead_letter_queue


def test_a_tag_that_does_not_match_the_group_is_ignored(cloud: Cloud):
    cloud.client("scheduler").create_schedule_group(Name="copied", Tags=[{"Key": GROUP_TAG, "Value": "original"}])
    assert find(Aws(), "copied").prefix == "copied"


def test_a_missing_group_is_reported_with_the_existing_ones(
    cloud: Cloud, deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(
        OpsError, match=r'There is no schedule group "scheduled-tasks-tset" in eu-west-1 .*Did you mean'
    ):
        where(stack="tset").deployment()
    cloud.deploy(deployed.config, "shop-prod")
    (tmp_path / "Pulumi.test.yaml").unlink()  # Without stacks, the project has no default.
    with pytest.raises(OpsError, match=r"Several stacks are deployed here.*scheduled-tasks-test or shop-prod"):
        where().deployment()
    with pytest.raises(OpsError, match="Nothing is deployed in us-east-1"):
        where(region="us-east-1").deployment()
    with pytest.raises(OpsError, match="not both"):
        where(stack="test", group="other").deployment()


def test_the_region_comes_from_the_option_then_from_the_file_of_the_stack(deployed: Deployed, monkeypatch: Any):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert where(stack="test").connect().region == "eu-west-1"
    assert where(stack="test", region="eu-north-1").connect().region == "eu-north-1"
    assert where().connect().region == "us-east-1"
    # boto3 reads only AWS_DEFAULT_REGION. The AWS CLI prefers AWS_REGION.
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert where().connect().region == "us-west-2"
    assert where(stack="test").connect().region == "eu-west-1"


def test_schedules_are_found_by_task(deployed: Deployed):
    found = find(Aws())
    deployed.schedule(deployed.task("etl", "etl-2"), "arn:aws:ecs:eu-west-1:1:task-definition/x:1")
    long = "x" * 80
    several = deployed.task("etl", long, schedules=[{"expression": "rate(2 hours)", "cpu": 512}])
    deployed.schedule(several, "arn:aws:ecs:eu-west-1:1:task-definition/x:1")
    assert [item.name for item in schedules_of(found, "etl")] == ["etl"]
    assert len(schedules_of(found, long)) == 2
    with pytest.raises(OpsError, match=r'has no task "bakcup". Did you mean "backup"?'):
        schedules_of(found, "bakcup")
    with pytest.raises(OpsError, match=r"several schedules. Choose one: --schedule"):
        chosen_schedule(found, long)
    second = chosen_schedule(found, long, schedules_of(found, long)[1].name)
    assert second.expression == "rate(2 hours)"
    assert second.target["Input"] == '{"cpu":"512"}'
    with pytest.raises(OpsError, match=r'etl has no schedule "etl__9". Its schedules: etl.'):
        chosen_schedule(found, "etl", "etl__9")


def client_error(code: str, message: str) -> exceptions.ClientError:
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "RunTask")


DENIED = (
    "User: arn:aws:sts::123456789012:assumed-role/Dev/alice is not authorized to perform: ecs:RunTask on resource: "
    "arn:aws:ecs:eu-west-1:123456789012:task-definition/x:1 because no identity-based policy allows the ecs:RunTask action"
)
ERRORS = {
    "denied": (
        client_error("AccessDeniedException", DENIED),
        "alice may not ecs:RunTask on arn:aws:ecs:eu-west-1:123456789012:task-definition/x:1: no identity-based policy",
    ),
    "denied without details": (client_error("AccessDenied", "Access Denied"), "RunTask: Access was denied: Access Denied."),
    "expired": (client_error("ExpiredTokenException", "The token is expired"), "The credentials have expired. Sign in again"),
    "unknown": (client_error("UnrecognizedClientException", "invalid"), "AWS doesn't accept these credentials."),
    "throttled": (client_error("ThrottlingException", "Rate exceeded"), "AWS throttled the call"),
    "crowded": (client_error("RequestLimitExceeded", "Request limit exceeded."), "AWS throttled the call"),
    "limit": (client_error("LimitExceededException", "You have 10000 tasks."), "A quota is exceeded: You have 10000 tasks. Request an increase"),
    "quota": (client_error("ServiceQuotaExceededException", "Full"), "RunTask: A quota is exceeded: Full."),
    "not found": (client_error("ClusterNotFoundException", "Cluster not found."), "Cluster not found. Check the Region and the account."),
    "server": (client_error("ServerException", "Service\nUnavailable"), "RunTask: AWS failed: Service Unavailable."),
    "other": (client_error("ClientException", "TaskDefinition is inactive"), "RunTask: ClientException: TaskDefinition"),
    "sso": (exceptions.UnauthorizedSSOTokenError(), "The SSO session has expired. Sign in again, for example with `aws sso login`"),
    "sso token": (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), "The SSO session has expired."),
    "profile": (exceptions.ProfileNotFound(profile="nope"), "(nope) could not be found. To list the profiles, run: aws configure"),
    "no credentials": (exceptions.NoCredentialsError(), "There are no credentials for AWS"),
    "no Region": (exceptions.NoRegionError(), "No Region is set. Set --region"),
    "no network": (exceptions.EndpointConnectionError(endpoint_url="https://x"), "AWS doesn't answer: Could not connect"),
    "no answer": (exceptions.ReadTimeoutError(endpoint_url="https://x"), "AWS doesn't answer: Read timeout"),
    "no AWS": (ResponseParserError("Unable to parse response:\n<html>"), "The answer isn't from AWS"),
    "parameters": (exceptions.ParamValidationError(report="Missing\n  x"), "The call to AWS failed: Parameter validation"),
}  # fmt: skip


@pytest.mark.parametrize(("error", "line"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_of_aws_becomes_one_line_with_a_fix(error: Exception, line: str):
    found = explained(error)
    assert found is not None
    assert line in found
    assert "\n" not in found


def test_an_invalid_endpoint_is_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost")
    with pytest.raises(OpsError, match=r"Invalid endpoint: localhost\. Check AWS_ENDPOINT_URL"):
        Aws(region="eu-west-1").client("scheduler")
    with pytest.raises(exceptions.InvalidRegionError):
        Aws(region="eu west").client("scheduler")


def test_a_bug_is_not_explained_as_an_error_of_aws():
    assert explained(KeyError("x")) is None
    with pytest.raises(KeyError), options.explained(debug=False):
        raise KeyError("x")


def test_an_error_ends_in_one_line_and_debug_adds_the_traceback(cloud: Cloud, capsys: pytest.CaptureFixture[str]):
    cloud.refuse("scheduler.GetScheduleGroup", "AccessDeniedException", DENIED)
    for debug in (False, True):
        with pytest.raises(typer.Exit) as end, options.reached(where(stack="test", debug=debug)):
            pass
        assert end.value.exit_code == 1
        written = capsys.readouterr().err
        assert written.splitlines()[-1].startswith(
            "arn:aws:sts::123456789012:assumed-role/Dev/alice may not ecs:RunTask"
        )
        assert ("Traceback" in written) is debug
    for code, error in ((1, OpsError("no")), (7, OpsError("no", 7)), (130, KeyboardInterrupt())):
        with pytest.raises(typer.Exit) as end, options.explained(debug=False):
            raise error
        assert end.value.exit_code == code
