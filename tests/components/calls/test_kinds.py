"""The API calls of the short kinds."""

import json
from typing import Any

import pytest

from components.aws.account import Account
from components.calls.kinds import call_of
from components.calls.model import Call

ACCOUNT = Account("aws-us-gov", "us-gov-west-1", "123456789012")
RDS = "arn:aws-us-gov:rds:us-gov-west-1:123456789012"


def made(**args: Any) -> Call:
    return call_of(args, ACCOUNT)


@pytest.mark.parametrize(
    ("args", "target", "parameters", "action", "resources"),
    [
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
        ({"stop": {"database": "orders"}}, "rds:stopDBInstance", {"DbInstanceIdentifier": "orders"}, "rds:StopDBInstance", [f"{RDS}:db:orders"]),
        ({"start_up": {"database": f"{RDS}:db:orders"}}, "rds:startDBInstance", {"DbInstanceIdentifier": "orders"}, "rds:StartDBInstance", [f"{RDS}:db:orders"]),
        ({"stop": {"cluster": "orders"}}, "rds:stopDBCluster", {"DbClusterIdentifier": "orders"}, "rds:StopDBCluster", [f"{RDS}:cluster:orders"]),
        ({"start_up": {"cluster": "orders"}}, "rds:startDBCluster", {"DbClusterIdentifier": "orders"}, "rds:StartDBCluster", [f"{RDS}:cluster:orders"]),
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshift.html
        ({"stop": {"redshift": "dw"}}, "redshift:pauseCluster", {"ClusterIdentifier": "dw"}, "redshift:PauseCluster", ["arn:aws-us-gov:redshift:us-gov-west-1:123456789012:cluster:dw"]),
        ({"start_up": {"redshift": "dw"}}, "redshift:resumeCluster", {"ClusterIdentifier": "dw"}, "redshift:ResumeCluster", ["arn:aws-us-gov:redshift:us-gov-west-1:123456789012:cluster:dw"]),
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
        ({"stop": {"instances": ["i-1", "i-0"]}}, "ec2:stopInstances", {"InstanceIds": ["i-1", "i-0"]}, "ec2:StopInstances", [f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:instance/i-{n}" for n in (0, 1)]),
        ({"start_up": {"instances": ["i-1"]}}, "ec2:startInstances", {"InstanceIds": ["i-1"]}, "ec2:StartInstances", ["arn:aws-us-gov:ec2:us-gov-west-1:123456789012:instance/i-1"]),
    ],
)  # fmt: skip
def test_stopping_and_starting(
    args: dict[str, Any], target: str, parameters: dict[str, Any], action: str, resources: list[str]
):
    call = made(**args)
    assert call.target_arn("aws-us-gov") == f"arn:aws-us-gov:scheduler:::aws-sdk:{target}"
    assert json.loads(call.target_input) == parameters
    assert [(found["Action"], found.get("Resource")) for found in call.statements] == [(action, resources)]
    assert call.may_retry


FUNCTION = "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:reports"


def test_a_function_is_invoked_with_its_payload():
    call = made(invoke={"function": "reports", "payload": {"a": 1}})
    assert (call.target_arn("aws-us-gov"), call.target_input) == (FUNCTION, '{"a": 1}')
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role, Lambda
    assert call.resources == (FUNCTION, f"{FUNCTION}:*")
    assert not call.may_retry


def test_the_alias_of_a_function_is_invoked():
    call = made(invoke={"function": "reports:live"})
    assert call.target_arn("aws-us-gov") == f"{FUNCTION}:live"
    assert (call.resources, call.target_input) == ((f"{FUNCTION}:live",), "")


def test_a_state_machine_is_started_with_its_input():
    call = made(execute={"state_machine": "nightly", "input": {"full": True}})
    machine = "arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:nightly"
    assert (call.target_arn("aws-us-gov"), call.target_input) == (machine, '{"full": true}')
    assert (call.statements[0]["Action"], call.resources) == ("states:StartExecution", (machine,))
    assert call.outcome == "states"
