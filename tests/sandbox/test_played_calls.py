"""Each kind of call is played in the emulator: the call that the product makes, with the rights that it gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from components.args import CallArgs
from components.aws.account import Account
from components.calls.kinds import call_of
from components.keys.validation import validated
from sandbox.calls import TargetError, play
from sandbox.errors import SandboxError
from tests.mocks import ACCOUNT

REGION = "eu-west-1"
DUE = datetime(2026, 11, 27, 20, tzinfo=UTC)
ARN = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/shop-dev/job"


def client(service: str) -> Any:
    connect: Any = boto3.client
    return connect(service, region_name=REGION)


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    with mock_aws():
        yield


def due(given: dict[str, Any], needs: Iterable[tuple[str, str]]) -> None:
    """Play a call of these keys. `needs` are the actions and resources that AWS compares with the role's policy."""
    found = validated(CallArgs, given, from_yaml=True)
    assert found.problems == []
    call = call_of(found.values, Account("aws", REGION, ACCOUNT), "shop-dev__job")
    iam = client("iam")
    name = f"call-{len(iam.list_roles()['Roles'])}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    document = json.dumps({"Version": "2012-10-17", "Statement": list(call.statements)})
    iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=document)
    target = {"Arn": call.target_arn("aws"), "RoleArn": role, "Input": call.target_input, **call.target_parameters}
    play(client, target, schedule_arn=ARN, due=DUE, needs=needs)


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def database(status: str = "") -> str:
    rds = client("rds")
    if not status:
        rds.create_db_instance(
            DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20
        )
    [found] = rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"]
    return found["DBInstanceStatus"]


def test_a_database_is_stopped_and_started():
    assert database() == "available"
    due({"stop": {"database": "Orders"}}, [("rds:StopDBInstance", arn("rds", "db:orders"))])
    assert database("stopped") == "stopped"
    due({"startUp": {"database": "orders"}}, [("rds:StartDBInstance", arn("rds", "db:orders"))])
    assert database("available") == "available"


def test_a_neighbor_is_not_stopped():
    database()
    with pytest.raises(TargetError, match="AccessDenied"):
        due({"stop": {"database": "orders"}}, [("rds:StopDBInstance", arn("rds", "db:users"))])


def test_each_snapshot_has_its_own_name():
    database()
    name = "orders-d32c5kddcf5bb8c3"
    needs = [
        ("rds:CreateDBSnapshot", arn("rds", "db:orders")),
        ("rds:CreateDBSnapshot", arn("rds", f"snapshot:{name}")),
    ]
    due({"snapshot": {"database": "orders"}}, needs)
    [found] = client("rds").describe_db_snapshots(DBInstanceIdentifier="orders", SnapshotType="manual")["DBSnapshots"]
    assert found["DBSnapshotIdentifier"] == name


def test_instances_are_stopped():
    ec2 = client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    [instance] = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"]
    found = instance["InstanceId"]
    due({"stop": {"instances": [found]}}, [("ec2:StopInstances", arn("ec2", f"instance/{found}"))])
    [reservation] = ec2.describe_instances(InstanceIds=[found])["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "stopped"


def test_a_service_is_scaled():
    ecs = client("ecs")
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "web:1", "memory": 64}])
    ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=2)
    due({"scale": {"service": "main/web", "to": 0}}, [("ecs:UpdateService", arn("ecs", "service/main/web"))])
    [service] = ecs.describe_services(cluster="main", services=["web"])["services"]
    assert service["desiredCount"] == 0
    due({"scale": {"service": "main/web", "min": 1, "max": 3}}, [("ecs:UpdateService", arn("ecs", "service/main/web"))])
    [bounds] = client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (bounds["ResourceId"], bounds["MinCapacity"], bounds["MaxCapacity"]) == ("service/main/web", 1, 3)


def test_a_group_is_scaled():
    autoscaling, zone = client("autoscaling"), f"{REGION}a"
    image = client("ec2").describe_images()["Images"][0]["ImageId"]
    autoscaling.create_launch_configuration(LaunchConfigurationName="a", ImageId=image, InstanceType="t3.micro")
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="workers", LaunchConfigurationName="a", MinSize=1, MaxSize=2, AvailabilityZones=[zone]
    )
    [group] = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    due(
        {"scale": {"group": "workers", "to": 0, "min": 0}},
        [("autoscaling:UpdateAutoScalingGroup", group["AutoScalingGroupARN"])],
    )
    [group] = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert (group["MinSize"], group["MaxSize"], group["DesiredCapacity"]) == (0, 2, 0)


def test_a_warehouse_is_paused():
    redshift = client("redshift")
    redshift.create_cluster(
        ClusterIdentifier="dw", NodeType="ra3.large", MasterUsername="admin", MasterUserPassword="Passw0rd1"
    )
    due({"stop": {"redshift": "dw"}}, [("redshift:PauseCluster", arn("redshift", "cluster:dw"))])
    [found] = redshift.describe_clusters(ClusterIdentifier="dw")["Clusters"]
    assert found["ClusterStatus"] == "paused"


def messages(url: str) -> list[dict[str, Any]]:
    return client("sqs").receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]


def test_a_fifo_queue_gets_one_message_per_run():
    url = client("sqs").create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    due(
        {"send": {"queue": "orders.fifo", "body": {"tick": 1}, "messageGroup": "ticks"}},
        [("sqs:SendMessage", arn("sqs", "orders.fifo"))],
    )
    [message] = messages(url)
    assert (json.loads(message["Body"]), message["Attributes"]["MessageGroupId"]) == ({"tick": 1}, "ticks")
    assert message["Attributes"]["MessageDeduplicationId"] == "shop-dev__job-2026-11-27T20:00:00Z"


def test_a_topic_and_a_queue_get_a_message():
    url = client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    due({"send": {"queue": "orders", "body": "tick"}}, [("sqs:SendMessage", arn("sqs", "orders"))])
    assert [message["Body"] for message in messages(url)] == ["tick"]
    topic = client("sns").create_topic(Name="orders")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "orders"))
    due({"send": {"topic": "orders", "body": "tock"}}, [("sns:Publish", topic)])
    [message] = messages(url)
    assert json.loads(message["Body"])["Message"] == "tock"


WORK: dict[str, tuple[dict[str, Any], tuple[str, str], Callable[[], None], Callable[[], int]]] = {
    "glue": (
        {"submit": {"glue": {"job": "nightly"}}},
        ("glue:StartJobRun", arn("glue", "job/nightly")),
        lambda: client("glue").create_job(Name="nightly", Role="r", Command={"Name": "glueetl", "ScriptLocation": "s3://a/b"}),
        lambda: len(client("glue").get_job_runs(JobName="nightly")["JobRuns"]),
    ),
    "codebuild": (
        {"submit": {"build": {"project": "nightly", "environment": {"SCOPE": "all"}}}},
        ("codebuild:StartBuild", arn("codebuild", "project/nightly")),
        lambda: client("codebuild").create_project(
            name="nightly",
            source={"type": "GITHUB", "location": "https://github.com/a/b"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={"type": "LINUX_CONTAINER", "image": "a", "computeType": "BUILD_GENERAL1_SMALL"},
            serviceRole=f"arn:aws:iam::{ACCOUNT}:role/service-role/build",
        ),
        lambda: len(client("codebuild").list_builds_for_project(projectName="nightly")["ids"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORK)
def test_work_is_started(name: str):
    given, needed, create, count = WORK[name]
    create()
    assert count() == 0
    due(given, [needed])
    assert count() == 1


def test_an_operation_that_the_emulator_lacks_is_refused_by_name():
    given = {"call": "rds:rebootDBCluster", "with": {"dbClusterIdentifier": "orders"}}
    with pytest.raises(SandboxError, match="doesn't emulate rds:RebootDBCluster"):
        due(given, [("rds:RebootDBCluster", arn("rds", "cluster:orders"))])


def test_only_the_source_of_a_call_may_send_events():
    given = {"send": {"bus": "default", "source": "shop.clock", "detailType": "Tick", "body": {"tick": 1}}}
    due(given, [("events:PutEvents", arn("events", "event-bus/default"))])


def test_an_alias_of_a_state_machine_is_started():
    machine = arn("states", "stateMachine:nightly:PROD")
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        due({"execute": {"stateMachine": machine}}, [("states:StartExecution", arn("states", "stateMachine:nightly"))])
