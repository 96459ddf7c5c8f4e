"""`import aws`: the rules and schedules of a live account."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.importing.record import read_record
from ops.permissions import PERMISSIONS
from ops.project import project_at
from tests.ops.cloud import ACCOUNT, REGION, Cloud
from tests.ops.conftest import Ops

CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/jobs"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/events"
NETWORK = {
    "awsvpcConfiguration": {"Subnets": ["subnet-0a1"], "SecurityGroups": ["sg-0a1"], "AssignPublicIp": "ENABLED"}
}


def parameters(definition: str, **more: Any) -> dict[str, Any]:
    return {"TaskDefinitionArn": definition, "LaunchType": "FARGATE", "NetworkConfiguration": NETWORK, **more}


def define(cloud: Cloud, family: str = "report", **more: Any) -> str:
    """Register a task definition, and return its ARN."""
    settings: dict[str, Any] = {
        "family": family, "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "512",
        "memory": "1024",
        "containerDefinitions": [{"name": "app", "image": "report:3", "environment": [{"name": "A", "value": "1"}]}],
    }  # fmt: skip
    answer = cloud.client("ecs").register_task_definition(**settings | more)
    return answer["taskDefinition"]["taskDefinitionArn"]


def put_rule(
    cloud: Cloud, name: str, target: dict[str, Any], expression: str = "cron(0 3 * * ? *)", **more: Any
) -> None:
    events = cloud.client("events")
    events.put_rule(Name=name, ScheduleExpression=expression, **more)
    events.put_targets(Rule=name, Targets=[{"Id": "job", "Arn": CLUSTER, "RoleArn": ROLE, **target}])


def put_schedule(cloud: Cloud, name: str, target: dict[str, Any], **more: Any) -> None:
    settings: dict[str, Any] = {
        "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": CLUSTER, "RoleArn": ROLE, **target},
    }  # fmt: skip
    cloud.client("scheduler").create_schedule(Name=name, **settings | more)


@pytest.fixture
def account(project: Path, cloud: Cloud) -> Cloud:
    """An account with a rule and a schedule."""
    arn = define(cloud)
    overrides = {"containerOverrides": [{"name": "app", "command": ["report", "--all"]}]}
    put_rule(cloud, "nightly", {"EcsParameters": parameters(arn), "Input": json.dumps(overrides)}, Description="Report")
    put_schedule(cloud, "hourly", {"EcsParameters": parameters(arn)}, State="DISABLED")
    return cloud


def written(project: Path, name: str) -> dict[str, Any]:
    return yaml.safe_load((project / f"config/tasks/{name}.yaml").read_text())


def test_rules_and_schedules_become_tasks(project: Path, account: Cloud, ops: Ops):
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/report:1"
    shared = {
        "taskDefinition": arn, "cluster": "jobs", "launch": "fargate", "retry": {"attempts": 5, "maxAge": "1h"},
        "network": {"subnets": ["subnet-0a1"], "securityGroups": ["sg-0a1"], "assignPublicIp": True},
    }  # fmt: skip
    assert written(project, "nightly") == shared | {
        "schedule": "cron(0 3 * * ? *)", "timezone": "UTC", "description": "Report", "command": ["report", "--all"],
    }  # fmt: skip
    assert written(project, "hourly") == shared | {"schedule": "rate(1 hour)", "timezone": "UTC", "enabled": False}
    assert "# From rule/nightly, by scheduled-tasks import aws." in (project / "config/tasks/nightly.yaml").read_text()
    assert "Deploy the new tasks with `enabled: false`, and then run: scheduled-tasks import cut-over" in result.stderr
    record = read_record(project / "config/imported.json")
    assert {
        name: (each.kind, each.place, each.target, each.state, each.expression) for name, each in record.items()
    } == {
        "nightly": ("rule", "default", "job", "ENABLED", "cron(0 3 * * ? *)"),
        "hourly": ("schedule", "default", "", "DISABLED", "rate(1 hour)"),
    }
    assert record["nightly"].arn == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly"
    assert record["hourly"].arn == f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/hourly"


READS = {
    "eventbridge.ListEventBuses", "eventbridge.ListRules", "eventbridge.ListTargetsByRule", "eventbridge.ListTagsForResource",
    "scheduler.ListSchedules", "scheduler.GetSchedule", "ecs.DescribeTaskDefinition",
}  # fmt: skip


def test_nothing_is_changed_in_aws(project: Path, account: Cloud, ops: Ops):
    account.calls.clear()
    assert ops("import", "aws").exit_code == 0
    assert set(account.calls) == READS


def test_a_dry_run_writes_neither_files_nor_the_record(project: Path, account: Cloud, ops: Ops):
    assert ops("import", "aws", "--dry-run").exit_code == 0
    assert list((project / "config/tasks").iterdir()) == []
    assert not (project / "config/imported.json").exists()


def test_names_select_rules_and_schedules(project: Path, account: Cloud, ops: Ops):
    assert ops("import", "aws", "night*").exit_code == 0
    assert [each.name for each in (project / "config/tasks").iterdir()] == ["nightly.yaml"]
    result = ops("import", "aws", "missing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no rule and no schedule whose name is missing in eu-west-1." in result.stderr


def test_a_family_is_pinned_to_the_newest_revision(project: Path, cloud: Cloud, ops: Ops):
    define(cloud)
    newest = define(cloud)
    put_rule(cloud, "nightly", {"EcsParameters": parameters(newest.rsplit(":", 1)[0])})
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output
    assert written(project, "nightly")["taskDefinition"] == newest
    assert "The task is pinned to today's, 2." in result.stdout


def test_each_target_is_a_task(project: Path, cloud: Cloud, ops: Ops):
    arn = define(cloud)
    put_rule(cloud, "nightly", {"EcsParameters": parameters(arn)})
    other = {"Id": "second", "Arn": CLUSTER, "RoleArn": ROLE, "EcsParameters": parameters(arn, TaskCount=2)}
    log = {"Id": "log", "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x"}
    cloud.client("events").put_targets(Rule="nightly", Targets=[other, log])
    result = ops("import", "aws")
    assert result.exit_code == 1
    assert "The target is logs, which no call can reach." in result.stdout
    assert {each.name for each in (project / "config/tasks").iterdir()} == {"nightly-job.yaml", "nightly-second.yaml"}
    assert written(project, "nightly-second")["count"] == 2
    record = read_record(project / "config/imported.json")
    assert {name: each.target for name, each in record.items()} == {"nightly-job": "job", "nightly-second": "second"}


def test_rules_for_events_are_reported_if_they_start_tasks(project: Path, account: Cloud, ops: Ops):
    events = account.client("events")
    for name, arn in (("on-upload", CLUSTER), ("notify", f"arn:aws:sns:{REGION}:{ACCOUNT}:topic")):
        events.put_rule(Name=name, EventPattern='{"source": ["aws.s3"]}')
        events.put_targets(Rule=name, Targets=[{"Id": "x", "Arn": arn}])
    result = ops("import", "aws")
    assert result.exit_code == 1
    assert "The rule reacts to events. A task runs only on a schedule." in result.stdout
    assert "notify" not in result.stdout
    assert "Not imported: 1 rule that reacts to events and has no ECS target." in result.stderr


def test_schedules_of_a_stack_of_this_tool_are_left_out(project: Path, account: Cloud, ops: Ops):
    scheduler = account.client("scheduler")
    scheduler.create_schedule_group(Name="own", Tags=[{"Key": "scheduled-tasks", "Value": "own"}])
    scheduler.create_schedule_group(Name="other")
    for group in ("own", "other"):
        put_schedule(account, f"in-{group}", {"EcsParameters": parameters(define(account))}, GroupName=group)
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output
    assert not (project / "config/tasks/in-own.yaml").exists()
    assert (project / "config/tasks/in-other.yaml").exists()
    assert read_record(project / "config/imported.json")["in-other"].place == "other"
    assert "Not imported: the schedules of own, which belong to a stack of this tool." in result.stderr


def test_all_members_of_a_schedule_have_keys(project: Path, cloud: Cloud, ops: Ops):
    target = {
        "EcsParameters": {
            "TaskDefinitionArn": define(cloud),
            "TaskCount": 3,
            "CapacityProviderStrategy": [
                {"capacityProvider": "FARGATE", "weight": 1, "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 4},
            ],
            "PlatformVersion": "1.4.0",
            "EnableECSManagedTags": True,
            "EnableExecuteCommand": True,
            "PropagateTags": "TASK_DEFINITION",
            "NetworkConfiguration": NETWORK,
            "Tags": [{"key": "team", "value": "data"}],
        },
        "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 600},
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"},
        "Input": json.dumps({"cpu": "1 vCPU", "memory": "2 GB", "ephemeralStorage": {"sizeInGiB": 30}, "taskRoleArn": ROLE}),
    }  # fmt: skip
    put_schedule(
        cloud, "weekly", target, ScheduleExpression="cron(30 2 ? * SUN *)", ScheduleExpressionTimezone="Europe/Berlin",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}, Description="Weekly report",
        StartDate=datetime(2030, 1, 1, tzinfo=UTC), EndDate=datetime(2031, 1, 1, tzinfo=UTC),
        ActionAfterCompletion="DELETE",
    )  # fmt: skip
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output
    assert written(project, "weekly") == {
        "schedule": "cron(30 2 ? * SUN *)", "timezone": "Europe/Berlin", "description": "Weekly report",
        "flexibleWindow": "15m", "start": "2030-01-01T00:00:00Z", "end": "2031-01-01T00:00:00Z",
        "deleteAfterCompletion": True, "taskDefinition": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/report:1",
        "cpu": 1024, "memory": 2048, "ephemeralStorage": 30, "taskRole": ROLE, "cluster": "jobs",
        "launch": [{"provider": "FARGATE", "weight": 1, "base": 1}, {"provider": "FARGATE_SPOT", "weight": 4}],
        "network": {"subnets": ["subnet-0a1"], "securityGroups": ["sg-0a1"], "assignPublicIp": True},
        "platformVersion": "1.4.0", "count": 3, "exec": True, "tags": {"team": "data"},
        "retry": {"attempts": 2, "maxAge": "10m"},
    }  # fmt: skip
    assert "Failed launches go to the stack's own queue, not to this one." in result.stdout


def test_a_schedule_that_calls_run_task_is_read(project: Path, cloud: Cloud, ops: Ops):
    arn = define(cloud)
    request = {"Cluster": "jobs", "TaskDefinition": "report", "LaunchType": "FARGATE", "NetworkConfiguration": NETWORK}
    cloud.client("scheduler").create_schedule(
        Name="call", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "RoleArn": ROLE, "Input": json.dumps(request)},
    )  # fmt: skip
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output
    assert written(project, "call")["taskDefinition"] == arn
    assert read_record(project / "config/imported.json")["call"].kind == "schedule"


def test_expand_rewrites_the_task_definition(project: Path, account: Cloud, ops: Ops):
    result = ops("import", "aws", "nightly", "--expand")
    assert result.exit_code == 0, result.output
    found = written(project, "nightly")
    assert "taskDefinition" not in found
    assert found | {
        "image": "report:3", "cpu": 512, "memory": 1024, "environment": {"A": "1"}, "command": ["report", "--all"],
    } == found  # fmt: skip


DEFINITIONS: dict[str, dict[str, Any]] = {
    "Fargate": {
        "ephemeralStorage": {"sizeInGiB": 40},
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "volumes": [
            {"name": "scratch"},
            {
                "name": "data",
                "efsVolumeConfiguration": {
                    "fileSystemId": "fs-01", "transitEncryption": "ENABLED",
                    "authorizationConfig": {"accessPointId": "fsap-01", "iam": "ENABLED"},
                },
            },
        ],
        "containerDefinitions": [
            {
                "name": "app", "image": "report:3", "command": ["a", "b"], "entryPoint": ["/bin/sh"], "user": "1000",
                "environment": [{"name": "A", "value": ""}], "stopTimeout": 60, "essential": True,
                "linuxParameters": {"initProcessEnabled": True}, "workingDirectory": "/srv",
                "mountPoints": [
                    {"sourceVolume": "data", "containerPath": "/data", "readOnly": True},
                    {"sourceVolume": "scratch", "containerPath": "/tmp", "readOnly": False},
                ],
                "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
                "dependsOn": [{"containerName": "proxy", "condition": "HEALTHY"}],
            },
            {
                "name": "proxy", "image": "proxy:1", "essential": False, "cpu": 64, "memory": 128,
                "healthCheck": {"command": ["CMD", "true"], "interval": 10, "timeout": 5, "retries": 3},
                "portMappings": [{"containerPort": 5432}],
                "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/out", "readOnly": False}],
            },
        ],
    },
    "EC2": {
        "requiresCompatibilities": ["EC2"], "networkMode": "bridge", "pidMode": "task", "ipcMode": "none",
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "volumes": [{"name": "cache", "dockerVolumeConfiguration": {"scope": "task", "driver": "local"}}],
        "containerDefinitions": [
            {
                "name": "app", "image": "report:3", "essential": True, "privileged": True, "hostname": "worker",
                "mountPoints": [{"sourceVolume": "cache", "containerPath": "/cache", "readOnly": False}],
                "extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.5"}], "dockerLabels": {"a": "b"},
                "resourceRequirements": [{"type": "GPU", "value": "1"}], "links": [],
            }
        ],
    },
}  # fmt: skip


def comparable(definition: dict[str, Any]) -> Any:
    """The parts of a task definition that must stay: without names, logs, tags, and defaults."""
    ignored = {
        "family", "taskDefinitionArn", "revision", "registeredAt", "registeredBy", "tags", "compatibilities", "status",
        "requiresAttributes", "taskRoleArn", "executionRoleArn", "containerDefinitions", "volumes", "placementConstraints",
    }  # fmt: skip
    containers = []
    for container in definition["containerDefinitions"]:
        kept = {
            key: value
            for key, value in container.items()
            if key != "logConfiguration" and value not in ([], 0, False, {})
        }
        containers.append({**kept, "name": container["name"].replace("app", "main")})
    volumes = {each["name"]: {**each, "host": each.get("host") or {}} for each in definition["volumes"]}
    rest = {key: value for key, value in definition.items() if key not in ignored}
    for container in containers:
        container.get("mountPoints", []).sort(key=lambda each: each["sourceVolume"])
    return rest, containers, volumes


@pytest.mark.parametrize("name", DEFINITIONS)
def test_an_expanded_definition_is_registered_as_it_was(project: Path, cloud: Cloud, ops: Ops, name: str):
    """The product registers the imported task: its definition has what the original has."""
    arn = define(cloud, **DEFINITIONS[name])
    settings = {"TaskDefinitionArn": arn, "LaunchType": "EC2"} if name == "EC2" else parameters(arn)
    put_rule(cloud, "nightly", {"EcsParameters": settings})
    result = ops("import", "aws", "--expand", "--container", "app")
    assert result.exit_code == 0, result.output
    (project / "Pulumi.own.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    deployed = cloud.deploy(project_at(project).load("own"), "own")
    ecs = cloud.client("ecs")
    ours = deployed.define(deployed.config.tasks["nightly"])
    original, found = (
        comparable(ecs.describe_task_definition(taskDefinition=each)["taskDefinition"]) for each in (arn, ours)
    )
    assert found == original


# Many rules and schedules, and calls that fail


MANY = 300


@pytest.fixture
def large(project: Path, cloud: Cloud) -> Cloud:
    arn = define(cloud)
    for number in range(MANY):
        put_rule(cloud, f"rule-{number}", {"EcsParameters": parameters(arn)}, f"cron(0 {number % 24} * * ? *)")
        target = {"EcsParameters": parameters(arn)}
        put_schedule(cloud, f"schedule-{number}", target, ScheduleExpression=f"cron({number % 60} 4 * * ? *)")
    cloud.calls.clear()
    return cloud


@pytest.mark.thorough
@pytest.mark.timeout(600)
def test_lists_are_read_to_their_end(project: Path, large: Cloud, ops: Ops):
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output[-2000:]
    assert len(list((project / "config/tasks").iterdir())) == 2 * MANY
    assert len(read_record(project / "config/imported.json")) == 2 * MANY
    assert large.calls.count("scheduler.ListSchedules") == 3
    assert large.calls.count("eventbridge.ListTargetsByRule") == MANY
    assert large.calls.count("ecs.DescribeTaskDefinition") == 1


NEEDED = sorted(READS - {"eventbridge.ListTagsForResource", "ecs.DescribeTaskDefinition"})


@pytest.mark.parametrize("operation", NEEDED)
@pytest.mark.parametrize(
    ("code", "words"),
    [("AccessDeniedException", "Access was denied"), ("ThrottlingException", "AWS throttled the call")],
)
def test_a_failed_call_is_explained_and_nothing_is_written(
    project: Path, account: Cloud, ops: Ops, operation: str, code: str, words: str
):
    account.refuse(operation, code, "Denied.")
    result = ops("import", "aws")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{operation.split('.')[1]}: {words}" in result.stderr
    assert "Nothing was written." in result.stderr
    assert list((project / "config/tasks").iterdir()) == []


def test_all_failed_calls_are_reported_at_once(project: Path, account: Cloud, ops: Ops):
    for operation in ("eventbridge.ListTargetsByRule", "scheduler.GetSchedule"):
        account.refuse(operation, "AccessDeniedException", "No.")
    stderr = ops("import", "aws").stderr
    assert "ListTargetsByRule" in stderr
    assert "GetSchedule" in stderr


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("eventbridge.ListTagsForResource", "Tasks are imported without them."),
        ("ecs.DescribeTaskDefinition", "the revisions of families aren't pinned"),
    ],
)
def test_calls_that_the_import_can_do_without(project: Path, account: Cloud, ops: Ops, operation: str, words: str):
    account.refuse(operation, "AccessDeniedException", "No.")
    result = ops("import", "aws")
    assert result.exit_code == 0, result.output
    assert words in result.stderr
    assert (project / "config/tasks/nightly.yaml").exists()


def test_expand_needs_the_task_definition(project: Path, account: Cloud, ops: Ops):
    account.refuse("ecs.DescribeTaskDefinition", "AccessDeniedException", "No.")
    result = ops("import", "aws", "--expand")
    assert result.exit_code == 1
    assert "DescribeTaskDefinition: Access was denied" in result.stderr
    assert list((project / "config/tasks").iterdir()) == []


@pytest.mark.parametrize("seed", range(6))
def test_failures_leave_nothing_half_known(project: Path, account: Cloud, ops: Ops, seed: int):
    """Half of the calls fail. Either retries help, or the command explains the failure and writes nothing."""
    account.fail_half(seed)
    result = ops("import", "aws")
    files = {each.name for each in (project / "config/tasks").iterdir()}
    if result.exit_code == 0:
        assert files == {"nightly.yaml", "hourly.yaml"}
    else:
        assert (files, (project / "config/imported.json").exists()) == (set(), False)
        assert "Nothing was written." in result.stderr


def test_json(project: Path, account: Cloud, ops: Ops):
    found = json.loads(ops("import", "aws", "--json", "--dry-run").stdout)
    assert [task["task"] for task in found["tasks"]] == ["nightly", "hourly"]
    assert found["sourceKeys"] == sum(
        each["keys"] for each in [*found["decisions"], *(each for task in found["tasks"] for each in task["decisions"])]
    )


def test_an_empty_account_has_nothing_to_import(project: Path, cloud: Cloud, ops: Ops):
    result = ops("import", "aws")
    assert result.exit_code == 1
    assert "There is no rule and no schedule in eu-west-1. Check --region and the account." in result.stderr


SAMPLE = Path(__file__).parent / "samples" / "eventbridge"


def test_a_rule_becomes_this_task(project: Path, cloud: Cloud, ops: Ops):
    rule = json.loads((SAMPLE / "before.json").read_text())
    define(cloud)
    events = cloud.client("events")
    targets = rule.pop("Targets")
    events.put_rule(**rule)
    events.put_targets(Rule=rule["Name"], Targets=targets)
    assert ops("import", "aws").exit_code == 0
    expected = yaml.safe_load((SAMPLE / "after.yaml").read_text())
    assert written(project, "nightly-report") == expected


def test_the_page_of_the_commands_lists_the_permissions():
    (listed,) = [set(each.actions) for each in PERMISSIONS if each.commands == ("import aws",)]
    called = {operation.replace("eventbridge.", "events.").replace(".", ":", 1) for operation in READS}
    assert called <= listed
