"""Office hours in the sandbox: deployed, started by their schedules, and run by their state machine."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import Sandbox
from tests.components.policies.simulation import decisions, simulation
from tests.engine.test_calls import GROUP, due, example, ops
from tests.engine.test_supervised import ended
from tests.mocks import ACCOUNT, REGION

from .conftest import client

pytestmark = pytest.mark.engine

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{GROUP}__office__hours"
START = ("states:StartExecution", MACHINE)


def environment(box: Sandbox) -> None:
    """A service with autoscaling, an Auto Scaling group and a database."""
    box.start()
    ecs, zone = client(box, "ecs"), f"{REGION}a"
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "web:1", "memory": 64}])
    ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=3)
    client(box, "application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/main/web",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=6,
    )
    autoscaling = client(box, "autoscaling")
    autoscaling.create_launch_configuration(
        LaunchConfigurationName="a", ImageId="ami-12c6146b", InstanceType="t3.micro"
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="workers", LaunchConfigurationName="a", MinSize=1, MaxSize=4, DesiredCapacity=2,
        AvailabilityZones=[zone],
    )  # fmt: skip
    client(box, "rds").create_db_instance(
        DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.micro", Engine="postgres"
    )


def settings(box: Sandbox) -> dict[str, Any]:
    [service] = client(box, "ecs").describe_services(cluster="main", services=["web"])["services"]
    [target] = client(box, "application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")[
        "ScalableTargets"
    ]
    [group] = client(box, "autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    [database] = client(box, "rds").describe_db_instances()["DBInstances"]
    return {
        "service": (service["desiredCount"], target["MinCapacity"], target["MaxCapacity"]),
        "suspended": any(target.get("SuspendedState", {}).values()),
        "group": (group["MinSize"], group["MaxSize"], group["DesiredCapacity"], len(group["Instances"])),
        "processes": sorted(process["ProcessName"] for process in group["SuspendedProcesses"]),
        "database": database["DBInstanceStatus"],
    }


def without_waits(box: Sandbox) -> None:
    """Let the state machine neither wait nor retry, because nothing in the emulator takes time."""
    states = client(box, "stepfunctions")
    definition = states.describe_state_machine(stateMachineArn=MACHINE)["definition"]
    hasty = re.sub('"MaxAttempts":[0-9]+', '"MaxAttempts":0', re.sub('"Seconds":[0-9]+', '"Seconds":0', definition))
    states.update_state_machine(stateMachineArn=MACHINE, definition=hasty)


def run(box: Sandbox, schedule: str) -> dict[str, Any]:
    return ended(box, due(box, f"office__{schedule}", START).answer["executionArn"])


@pytest.mark.thorough
def test_an_environment_is_closed_and_opened_as_it_was(tmp_path: Path, aws: str):
    box = example("office-hours", tmp_path, aws)
    environment(box)
    assert box.up().error == ""
    without_waits(box)
    before = settings(box)
    closed = run(box, "closing")
    assert (closed["status"], closed.get("cause")) == ("SUCCEEDED", None)
    assert settings(box) == {
        "service": (0, 0, 0),
        "suspended": True,
        "group": (0, 0, 0, 0),
        "processes": ["AlarmNotification", "ScheduledActions"],
        "database": "stopped",
    }
    closed_settings = settings(box)
    christmas = datetime(datetime.now(UTC).year, 12, 25, 6, 30, tzinfo=UTC)
    left_out = ended(box, due(box, "office__opening", START, at=christmas).answer["executionArn"])
    assert (left_out["error"], left_out["cause"]) == ("Skipped", "Left out: Christmas Day (DE-BY)")
    assert settings(box) == closed_settings
    opened = run(box, "opening")
    assert (opened["status"], opened.get("cause")) == ("SUCCEEDED", None)
    assert settings(box) == before
    logged = client(box, "logs").filter_log_events(logGroupName=f"/aws/events/{GROUP}/succeeded")["events"]
    details = [json.loads(event["message"])["detail"] for event in logged]
    assert [(each["group"], each["stoppedReason"]) for each in details] == [
        ("office", "Closed."),
        ("office", "Opened."),
    ]


@pytest.mark.thorough
def test_a_failure_is_in_the_outcome_log(tmp_path: Path, aws: str):
    box = example("office-hours", tmp_path, aws)
    box.start()
    assert box.up().error == ""
    without_waits(box)
    assert run(box, "closing")["error"] == "Failed"
    logged = client(box, "logs").filter_log_events(logGroupName=f"/aws/events/{GROUP}/failed")["events"]
    [detail] = [json.loads(event["message"])["detail"] for event in logged]
    assert "The closing failed at service main/web." in detail["stoppedReason"]


def arn(service: str, resource: str, region: str = REGION) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


_TARGET = {
    "application-autoscaling:service-namespace": "ecs",
    "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
}
_LEASES = arn("dynamodb", f"table/{GROUP}-leases")
_TARGETS = arn("application-autoscaling", "scalable-target/0ec5abc")
_GROUP = arn("autoscaling", "autoScalingGroup:11111111-1111-1111-1111-111111111111:autoScalingGroupName/workers")
_BUS = arn("events", "event-bus/default")
ALLOWED: list[tuple[str, str, dict[str, Any]]] = [
    ("ecs:DescribeServices", arn("ecs", "service/main/web"), {}),
    ("ecs:UpdateService", arn("ecs", "service/main/web"), {}),
    ("application-autoscaling:DescribeScalableTargets", "*", {}),
    ("application-autoscaling:RegisterScalableTarget", _TARGETS, _TARGET),
    ("autoscaling:DescribeAutoScalingGroups", "*", {}),
    *((f"autoscaling:{action}", _GROUP, {}) for action in (
        "ResumeProcesses", "SuspendProcesses", "UpdateAutoScalingGroup",
    )),
    *((f"rds:{action}DBInstance{end}", arn("rds", "db:orders"), {}) for action, end in (
        ("Describe", "s"), ("Start", ""), ("Stop", ""),
    )),
    *((f"dynamodb:{action}Item", _LEASES, {"dynamodb:LeadingKeys": [key]})
      for action in ("Delete", "Get", "Put") for key in ("office", "office#database:orders")),
    ("events:PutEvents", _BUS, {"events:source": ["scheduled-tasks"]}),
]  # fmt: skip
"""Every request of the state machine. AWS: Service Authorization Reference."""
DENIED: list[tuple[str, str, dict[str, Any]]] = [
    ("ecs:UpdateService", arn("ecs", "service/main/api"), {}),
    ("ecs:DeleteService", arn("ecs", "service/main/web"), {}),
    ("application-autoscaling:RegisterScalableTarget", _TARGETS, {**_TARGET, "application-autoscaling:service-namespace": "dynamodb"}),
    ("application-autoscaling:DeregisterScalableTarget", _TARGETS, _TARGET),
    ("autoscaling:UpdateAutoScalingGroup", f"{_GROUP}-2", {}),
    ("rds:StopDBInstance", arn("rds", "db:orders-2"), {}),
    ("rds:DeleteDBInstance", arn("rds", "db:orders"), {}),
    ("rds:StopDBCluster", arn("rds", "cluster:orders"), {}),
    ("dynamodb:PutItem", _LEASES, {"dynamodb:LeadingKeys": ["office-2"]}),
    ("dynamodb:PutItem", _LEASES, {"dynamodb:LeadingKeys": ["backup#x"]}),
    ("dynamodb:PutItem", f"{_LEASES}-2", {"dynamodb:LeadingKeys": ["office"]}),
    ("events:PutEvents", _BUS, {"events:source": ["aws.rds"]}),
    ("ecs:RunTask", arn("ecs", "task-definition/a:1"), {}),
]  # fmt: skip
"""Neighbors of these requests."""


@pytest.mark.thorough
def test_the_role_allows_exactly_the_requests_of_the_state_machine(tmp_path: Path, aws: str):
    box = example("office-hours", tmp_path, aws)
    assert box.up().error == ""
    iam, name = client(box, "iam"), f"{GROUP}__office__hours"
    policy = iam.get_role_policy(RoleName=name, PolicyName="hours")["PolicyDocument"]
    asked = [*ALLOWED, *DENIED]
    answers = decisions([simulation(action, on, context, identity_policies=[policy]) for action, on, context in asked])
    wrong = [
        (request, answer)
        for request, answer, expected in zip(asked, answers, [True] * len(ALLOWED) + [False] * len(DENIED), strict=True)
        if (answer == "Allowed") is not expected
    ]
    assert wrong == []
    [trust] = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": MACHINE}
    granted = [statement["Action"] for statement in policy["Statement"] if statement["Sid"] != "DeliverLogs"]
    single = {action for each in granted for action in ([each] if isinstance(each, str) else each)}
    assert single == {action for action, _, _ in ALLOWED}


COMMANDS = [
    ["check"], ["next"], ["calendar"], ["load"], ["cost"], ["status"], ["status", "--full"], ["history", "office"],
    ["doctor"], ["board", "--json"], ["pause", "office", "--why", "trade fair"], ["resume", "office"],
]  # fmt: skip


@pytest.mark.thorough
def test_office_hours_are_operated_like_other_tasks(tmp_path: Path, aws: str, monkeypatch: pytest.MonkeyPatch):
    box = example("office-hours", tmp_path, aws)
    environment(box)
    assert box.up().error == ""
    without_waits(box)
    endpoint = box.endpoint()
    assert endpoint
    for name, value in {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(box.project)
    assert run(box, "closing")["status"] == "SUCCEEDED"
    for command in COMMANDS:
        result = ops(*command)
        assert result.exit_code in (0, 1), (command, result.output, result.exception)
        assert not result.exception or isinstance(result.exception, SystemExit), (command, result.exception)
    [row] = json.loads(ops("status", "--json").stdout)["tasks"]
    assert (row["task"], row["state"]) == ("office", "enabled")
    # The waits that the test removed.
    assert row["drift"] == ["the state machine differs: sleeps, or version"]
    [ran] = json.loads(ops("history", "office", "--json").stdout)
    assert (ran["task"], ran["outcome"]) == ("office", "succeeded")
    assert (
        "office__closing makes the API call states scheduled-tasks-local__office__hours"
        in ops("doctor", "--json").stdout
    )
    _check_doctor(box)
    refused = ops("logs", "office")
    assert (refused.exit_code, "makes an API call" in refused.stderr) == (1, True)
    _check_run(box)


def _check_doctor(box: Sandbox) -> None:
    """`doctor` reads the resources, and finds settings that no opening restores."""
    found = json.loads(ops("doctor", "--json").stdout)
    said = {each["words"]: each for each in found}
    assert {"The DB instance orders is stopped.", "The ECS service service/main/web is active."} <= set(said)
    assert not [words for words in said if "no opening restores" in words]
    client(box, "dynamodb").put_item(
        TableName=f"{GROUP}-leases",
        Item={"id": {"S": "old#database:users"}, "memory": {"S": '{"status": "available"}'}},
    )
    found = json.loads(ops("doctor", "--json").stdout)
    [closed] = [each for each in found if "no opening restores" in each["words"]]
    assert (closed["level"], closed["words"].split(",")[0]) == ("problem", "The database users is closed")
    assert "aws rds start-db-instance --db-instance-identifier users && aws dynamodb delete-item" in closed["fix"]
    told = "Left closed: database users, which no opening of old restores. To get the commands"
    assert told in " ".join(ops("status").output.split())
    assert json.loads(ops("status", "--json").stdout)["leftClosed"] == [{"task": "old", "resource": "database users"}]
    alone = json.loads(ops("doctor", "office", "--json").stdout)
    assert not [each for each in alone if "no opening restores" in each["words"]]


def _check_run(box: Sandbox) -> None:
    """`run` makes a one-time schedule for the chosen time, with the same target and role."""
    started = ops("run", "office", "--schedule", "opening", "--json")
    assert started.exit_code == 0, started.output
    name = json.loads(started.stdout)["schedule"]
    once = client(box, "scheduler").get_schedule(GroupName=GROUP, Name=name)
    assert json.loads(once["Target"]["Input"])["action"] == "open"
    assert ended(box, due(box, name, START).answer["executionArn"])["status"] == "SUCCEEDED"
    assert settings(box)["database"] == "available"
