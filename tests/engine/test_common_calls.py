"""The most common calls: deployed, played in the emulator with the rights of their role, and judged by the IAM
simulator: each role may make its call, and not that on a neighbor."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.calls import play
from sandbox.engine import Sandbox
from sandbox.projects import example_project
from tests.components.policies.simulation import decisions, simulation
from tests.mocks import ACCOUNT, REGION

from .conftest import client

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

EXAMPLE = "scheduled-calls"
GROUP = "scheduled-tasks-local"
DUE = datetime(2026, 11, 27, 20, tzinfo=UTC)
EXECUTION = "d32c5kddcf5bb8c3"
PASSWORD = "Passw0rd1"
AGENT = "i-0123456789abcdef0"
REPLICATION = f"arn:aws:dms:eu-west-1:{ACCOUNT}:task:ABCDEFGHIJKLMNOP"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service"


RUNBOOK = {"schemaVersion": "0.3", "parameters": {"Group": {"type": "StringList"}}, "mainSteps": []}


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


class World:
    """The resources that the calls act on."""

    def __init__(self, box: Sandbox):
        self.box = box
        self._create_databases()
        self._create_services()
        self._create_instances()
        self._create_work()
        self._create_messages()

    def client(self, service: str) -> Any:
        return client(self.box, service)

    def _create_databases(self) -> None:
        rds = self.client("rds")
        for name in ("orders", "users"):
            rds.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="postgres")
        rds.create_db_cluster(
            DBClusterIdentifier="reports", Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword=PASSWORD
        )
        self.client("redshift").create_cluster(
            ClusterIdentifier="warehouse", NodeType="ra3.large", MasterUsername="admin", MasterUserPassword=PASSWORD
        )

    def _create_services(self) -> None:
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName="main")
        ecs.register_task_definition(family="web", containerDefinitions=[{"name": "a", "image": "a:1", "memory": 64}])
        for name in ("web", "api"):
            ecs.create_service(cluster="main", serviceName=name, taskDefinition="web", desiredCount=2)

    def _create_instances(self) -> None:
        ec2, autoscaling = self.client("ec2"), self.client("autoscaling")
        image = "ami-12c6146b"
        [instance] = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"]
        self.agent = instance["InstanceId"]
        autoscaling.create_launch_configuration(LaunchConfigurationName="a", ImageId=image, InstanceType="t3.micro")
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName="workers",
            LaunchConfigurationName="a",
            MinSize=1,
            MaxSize=2,
            AvailabilityZones=[f"{REGION}a"],
        )

    def _create_work(self) -> None:
        self.client("ssm").create_document(Name="RestartHosts", DocumentType="Automation", Content=json.dumps(RUNBOOK))
        trust = {"Version": "2012-10-17", "Statement": []}
        self.client("iam").create_role(RoleName="service", AssumeRolePolicyDocument=json.dumps(trust))
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("main.py", "def handler(event, context): pass")
        functions = self.client("lambda")
        functions.create_function(
            FunctionName="reports",
            Runtime="python3.13",
            Role=ROLE,
            Handler="main.handler",
            Code={"ZipFile": code.getvalue()},
        )
        version = functions.publish_version(FunctionName="reports")["Version"]
        functions.create_alias(FunctionName="reports", Name="live", FunctionVersion=version)
        definition = {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}
        self.client("stepfunctions").create_state_machine(
            name="settle-invoices", definition=json.dumps(definition), roleArn=ROLE
        )
        self.client("glue").create_job(
            Name="load-sales", Role="r", Command={"Name": "glueetl", "ScriptLocation": "s3://a/b"}
        )
        self.client("codebuild").create_project(
            name="nightly",
            source={"type": "GITHUB", "location": "https://github.com/a/b"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={"type": "LINUX_CONTAINER", "image": "a", "computeType": "BUILD_GENERAL1_SMALL"},
            serviceRole=f"arn:aws:iam::{ACCOUNT}:role/service-role/build",
        )
        self._create_jobs()
        self._create_pipeline()
        self._create_replication()

    def _create_jobs(self) -> None:
        batch = self.client("batch")
        environment = batch.create_compute_environment(
            computeEnvironmentName="default", type="UNMANAGED", state="ENABLED", serviceRole=ROLE
        )["computeEnvironmentArn"]
        order = [{"order": 1, "computeEnvironment": environment}]
        batch.create_job_queue(jobQueueName="default", state="ENABLED", priority=1, computeEnvironmentOrder=order)
        properties = {"image": "a:1", "vcpus": 1, "memory": 128}
        batch.register_job_definition(jobDefinitionName="score", type="container", containerProperties=properties)

    def _create_pipeline(self) -> None:
        def stage(name: str, category: str, owner: str, provider: str) -> dict[str, Any]:
            kind = {"category": category, "owner": owner, "provider": provider, "version": "1"}
            return {"name": name, "actions": [{"name": name, "actionTypeId": kind}]}

        stages = [stage("Source", "Source", "AWS", "S3"), stage("Approve", "Approval", "AWS", "Manual")]
        iam = self.client("iam")
        trust = {
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ]
        }
        role = iam.create_role(RoleName="pipeline", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        store = {"type": "S3", "location": "artifacts"}
        pipeline = {"name": "release", "roleArn": role, "artifactStore": store, "stages": stages}
        self.client("codepipeline").create_pipeline(pipeline=pipeline)

    def _create_replication(self) -> None:
        self.replication = self.client("dms").create_replication_task(
            ReplicationTaskIdentifier="orders",
            SourceEndpointArn="a",
            TargetEndpointArn="b",
            ReplicationInstanceArn="c",
            MigrationType="full-load",
            TableMappings="{}",
        )["ReplicationTask"]["ReplicationTaskArn"]

    def _create_messages(self) -> None:
        sqs = self.client("sqs")
        self.urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("ticks", "published", "events")}
        topic = self.client("sns").create_topic(Name="ticks")["TopicArn"]
        self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "published"))
        events = self.client("events")
        events.create_event_bus(Name="shop")
        events.put_rule(Name="ticks", EventBusName="shop", EventPattern=json.dumps({"source": ["shop.clock"]}))
        rule = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{**rule, "Resource": arn("sqs", "events")}]})
        sqs.set_queue_attributes(QueueUrl=self.urls["events"], Attributes={"Policy": policy})
        events.put_targets(Rule="ticks", EventBusName="shop", Targets=[{"Id": "a", "Arn": arn("sqs", "events")}])

    # State of the called resources

    def database(self) -> str:
        return self.client("rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0][
            "DBInstanceStatus"
        ]

    def cluster(self) -> str:
        return self.client("rds").describe_db_clusters(DBClusterIdentifier="reports")["DBClusters"][0]["Status"]

    def snapshots(self) -> list[str]:
        found = self.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
        return [each["DBSnapshotIdentifier"] for each in found]

    def desired(self) -> int:
        return self.client("ecs").describe_services(cluster="main", services=["web"])["services"][0]["desiredCount"]

    def bounds(self) -> list[tuple[str, int, int]]:
        found = self.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
        return [(each["ResourceId"], each["MinCapacity"], each["MaxCapacity"]) for each in found["ScalableTargets"]]

    def instance(self) -> str:
        found = self.client("ec2").describe_instances(InstanceIds=[self.agent])["Reservations"][0]["Instances"][0]
        return found["State"]["Name"]

    def workers(self) -> tuple[int, int]:
        [group] = self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return group["MinSize"], group["DesiredCapacity"]

    def workers_arn(self) -> str:
        return self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupARN"]

    def inputs(self) -> list[Any]:
        states = self.client("stepfunctions")
        found = states.list_executions(stateMachineArn=arn("states", "stateMachine:settle-invoices"))["executions"]
        return [json.loads(states.describe_execution(executionArn=each["executionArn"])["input"]) for each in found]

    def message(self, name: str) -> Any:
        found = self.client("sqs").receive_message(QueueUrl=self.urls[name]).get("Messages", [])
        return json.loads(found[0]["Body"]) if found else None

    def builds(self) -> int:
        return len(self.client("codebuild").list_builds_for_project(projectName="nightly")["ids"])

    def glue_runs(self) -> list[str]:
        found = self.client("glue").get_job_runs(JobName="load-sales")["JobRuns"]
        return [each["Arguments"]["--day"] for each in found]

    def pipeline_runs(self) -> int:
        found = self.client("codepipeline").list_pipeline_executions(pipelineName="release")
        return len(found["pipelineExecutionSummaries"])

    def jobs(self) -> list[str]:
        batch = self.client("batch")
        states = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")
        found = [
            job for state in states for job in batch.list_jobs(jobQueue="default", jobStatus=state)["jobSummaryList"]
        ]
        return [job["jobName"] for job in found]

    def replicating(self) -> str:
        return self.client("dms").describe_replication_tasks()["ReplicationTasks"][0]["Status"]

    def automation(self, execution: str) -> tuple[str, Any]:
        found = self.client("ssm").get_automation_execution(AutomationExecutionId=execution)["AutomationExecution"]
        return found["DocumentName"], found["Parameters"]

    def warehouse(self) -> str:
        return self.client("redshift").describe_clusters(ClusterIdentifier="warehouse")["Clusters"][0]["ClusterStatus"]


@dataclass(frozen=True, slots=True)
class Expected:
    """The effect of a call, its permission, and the same permission on a neighbor."""

    action: str
    resource: str
    neighbor: str
    effect: Callable[[World], Any] | None = None
    """None if the answer shows the effect."""
    before: Any = None
    after: Any = None
    context: Mapping[str, str | list[str]] = field(default_factory=dict[str, "str | list[str]"])


DIMENSION = "ecs:service:DesiredCount"
ECS = {
    "application-autoscaling:service-namespace": "ecs",
    "application-autoscaling:scalable-dimension": DIMENSION,
}
DATABASE = arn("rds", "db:orders"), arn("rds", "db:users")
CALLS: dict[str, Expected] = {
    "stop-orders": Expected("rds:StopDBInstance", *DATABASE, World.database, "available", "stopped"),
    "start-orders": Expected("rds:StartDBInstance", *DATABASE, World.database, "stopped", "available"),
    "stop-reports-cluster": Expected(
        "rds:StopDBCluster", arn("rds", "cluster:reports"), arn("rds", "cluster:orders"), World.cluster, "available", "stopped"
    ),
    "snapshot-orders": Expected(
        "rds:CreateDBSnapshot", *DATABASE, World.snapshots, [], [f"orders-daily-{EXECUTION}"]
    ),
    "scale-web-down": Expected(
        "ecs:UpdateService", arn("ecs", "service/main/web"), arn("ecs", "service/main/api"), World.desired, 2, 0
    ),
    "scale-api-down": Expected(
        "ecs:UpdateService", arn("ecs", "service/main/api"), arn("ecs", "service/main/web"),
        World.bounds, [], [("service/main/api", 0, 0)],
    ),
    "stop-agents": Expected(
        "ec2:StopInstances", arn("ec2", f"instance/{AGENT}"), arn("ec2", "instance/i-0123456789abcdef1"),
        World.instance, "running", "stopped",
    ),
    "scale-workers-down": Expected(
        "autoscaling:UpdateAutoScalingGroup",
        arn("autoscaling", "autoScalingGroup:0d1c:autoScalingGroupName/workers"),
        arn("autoscaling", "autoScalingGroup:0d1c:autoScalingGroupName/workers2"), World.workers, (1, 1), (0, 0),
    ),
    "write-report": Expected(
        "lambda:InvokeFunction", arn("lambda", "function:reports:live"), arn("lambda", "function:reports:test")
    ),
    "settle-invoices": Expected(
        "states:StartExecution", arn("states", "stateMachine:settle-invoices"), arn("states", "stateMachine:settle"),
        World.inputs, [], [{"full": True}],
    ),
    "tick-queue": Expected(
        "sqs:SendMessage", arn("sqs", "ticks"), arn("sqs", "published"), lambda world: world.message("ticks"), None, {"tick": 1}
    ),
    "tick-topic": Expected(
        "sns:Publish", arn("sns", "ticks"), arn("sns", "tocks"),
        lambda world: (world.message("published") or {}).get("Message"), None, '{"tick": 1}',
    ),
    "tick-bus": Expected(
        "events:PutEvents", arn("events", "event-bus/shop"), arn("events", "event-bus/default"),
        lambda world: (world.message("events") or {}).get("detail"), None, {"tick": 1},
        {"events:source": ["shop.clock"]},
    ),
    "build-nightly": Expected(
        "codebuild:StartBuild", arn("codebuild", "project/nightly"), arn("codebuild", "project/weekly"), World.builds, 0, 1
    ),
    "release-weekly": Expected(
        "codepipeline:StartPipelineExecution", arn("codepipeline", "release"), arn("codepipeline", "release2"),
        World.pipeline_runs, 0, 1,
    ),
    "load-sales": Expected(
        "glue:StartJobRun", arn("glue", "job/load-sales"), arn("glue", "job/load"), World.glue_runs, [], ["2026-11-27T20:00:00Z"]
    ),
    "score-customers": Expected(
        "batch:SubmitJob", arn("batch", "job-queue/default"), arn("batch", "job-queue/other"),
        World.jobs, [], ["score-customers"],
    ),
    "copy-orders": Expected(
        "dms:StartReplicationTask", REPLICATION, arn("dms", "task:ANOTHER"), World.replicating, "creating", "running"
    ),
    "pause-warehouse": Expected(
        "redshift:PauseCluster", arn("redshift", "cluster:warehouse"), arn("redshift", "cluster:crm"),
        World.warehouse, "available", "paused",
    ),
    "restart-hosts": Expected(
        "ssm:StartAutomationExecution", arn("ssm", "automation-definition/RestartHosts:1"),
        arn("ssm", "automation-definition/StopHosts:1"),
    ),
}  # fmt: skip


def policies(iam: Any, role_arn: str) -> list[dict[str, Any]]:
    name = role_arn.rsplit("/", 1)[-1]
    found = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return [iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in found]


def test_the_most_common_calls_work_and_may_do_nothing_else(tmp_path: Path, aws: str):
    box = Sandbox(tmp_path / "home", example_project(EXAMPLE, tmp_path / "project"), endpoint=aws)
    box.start()
    world = World(box)
    file = box.project / "Pulumi.local.yaml"
    file.write_text(file.read_text().replace(AGENT, world.agent).replace(REPLICATION, world.replication))
    assert box.up().error == ""
    scheduler, iam = world.client("scheduler"), world.client("iam")
    targets = {
        item["Name"]: scheduler.get_schedule(GroupName=GROUP, Name=item["Name"])
        for item in scheduler.list_schedules(GroupName=GROUP)["Schedules"]
    }
    assert targets.keys() == CALLS.keys()
    asked: list[Any] = []
    for name, expected in CALLS.items():
        found, actual = targets[name], {AGENT: world.agent, REPLICATION: world.replication}
        resource = expected.resource
        for written, real in actual.items():
            resource = resource.replace(written, real)
        needs = [(expected.action, world.workers_arn() if name == "scale-workers-down" else resource)]
        seen = expected.effect(world) if expected.effect else None
        assert seen == expected.before, name
        made = play(world.client, found["Target"], schedule_arn=found["Arn"], due=DUE, needs=needs)
        assert 200 <= made.answer["ResponseMetadata"]["HTTPStatusCode"] < 300
        if name == "restart-hosts":
            assert world.automation(made.answer["AutomationExecutionId"]) == ("RestartHosts", {"Group": ["web"]})
        assert (expected.effect(world) if expected.effect else None) == expected.after, name
        document = policies(iam, found["Target"]["RoleArn"])
        asked += [
            simulation(expected.action, each, expected.context, identity_policies=document)
            for each in (resource, expected.neighbor)
        ]
    answers = decisions(asked)
    wrong = {
        name: pair
        for name, pair in zip(CALLS, zip(answers[::2], answers[1::2], strict=True), strict=True)
        if pair != ("Allowed", "ImplicitlyDenied") and name not in UNKNOWN_TO_THE_SIMULATOR
    }
    assert wrong == {}


UNKNOWN_TO_THE_SIMULATOR = {"copy-orders"}
"""Its copy of AWS's reference has no tasks of AWS DMS. The emulator judges them."""
