"""Every kind of task on mocks: the resources that are registered, and their properties."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs
from config import from_file, load
from sandbox.projects import example_project
from tests.mocks import ACCOUNT, REGION, Answers, Recorded, run

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
CANARY = "CANARY-7f3a9c"


def deployed(
    task: dict[str, Any],
    group: dict[str, Any] | None = None,
    late: Callable[[], dict[str, Any]] = dict,
    answers: Answers | None = None,
) -> Recorded:
    """A group with one task. `late` are arguments that only a running program can create."""
    group_args = cast("ScheduledTaskGroupArgs", {"prefix": "shop-dev", "cluster": "main", **(group or {})})
    args = {"schedule": "rate(6 hours)", "image": "job:1", **task}
    args = {key: value for key, value in args.items() if value is not None}

    def program() -> None:
        made = ScheduledTaskGroup("tasks", group_args)
        ScheduledTask("job", cast("ScheduledTaskArgs", {**args, **late(), "group": made.reference}))

    recorded = run(program, preview=False, answers=answers)
    if recorded.error:
        raise recorded.error
    return recorded


def containers(recorded: Recorded) -> dict[str, dict[str, Any]]:
    text = recorded.named("job-definition").inputs["containerDefinitions"]
    return {container["name"]: container for container in json.loads(text)}


def policy(recorded: Recorded, name: str) -> dict[str, Any]:
    statements = json.loads(recorded.named(name).inputs["policy"])["Statement"]
    return {statement.get("Sid", "given"): statement for statement in statements}


def parameters(recorded: Recorded, schedule: str = "job-schedule") -> dict[str, Any]:
    return recorded.named(schedule).inputs["target"]["ecsParameters"]


def test_main_container_has_all_settings_of_the_task():
    main = containers(
        deployed(
            {
                "working_directory": "/app",
                "user": "1000:1000",
                "init": True,
                "read_only_root": True,
                "stop_timeout": "90s",
                "ulimits": {"nofile": {"soft": 1, "hard": 2}},
            }
        )
    )["main"]
    assert (main["workingDirectory"], main["user"], main["stopTimeout"]) == ("/app", "1000:1000", 90)
    assert main["linuxParameters"] == {"initProcessEnabled": True}
    assert main["readonlyRootFilesystem"] is True
    assert main["ulimits"] == [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ({}, None),
        ({"volumes": {"scratch": {"path": "/tmp"}}}, True),
        ({"volumes": {"scratch": {"path": "/tmp"}}, "read_only_root": False}, False),
        ({"volumes": {"data": {"path": "/data", "efs": "fs-0a"}}}, None),
    ],
    ids=str,
)
def test_root_is_read_only_if_the_task_has_a_volume_to_write_to(task: dict[str, Any], expected: bool | None):
    assert containers(deployed(task))["main"].get("readonlyRootFilesystem") is expected


def test_sidecars_follow_main_and_share_its_logs_and_volumes():
    recorded = deployed(
        {
            "volumes": {"data": {"path": "/data"}},
            "depends_on": {"proxy": "HEALTHY"},
            "sidecars": {
                "zeta": {"image": "z:1", "mounts": {"data": "/in"}, "essential": True, "cpu": 10, "memory": 20},
                "proxy": {
                    "image": "p:1",
                    "secrets": {"TOKEN": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/token"},
                    "health_check": {"command": ["CMD", "true"], "interval": "10s", "start_period": "5s"},
                },
            },
        }
    )
    found = containers(recorded)
    assert list(found) == ["main", "proxy", "zeta"]
    assert found["main"]["dependsOn"] == [{"containerName": "proxy", "condition": "HEALTHY"}]
    assert found["proxy"]["healthCheck"] == {
        "command": ["CMD", "true"], "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 5,
    }  # fmt: skip
    assert (found["proxy"]["essential"], found["zeta"]["essential"]) == (False, True)
    assert (found["zeta"]["cpu"], found["zeta"]["memory"]) == (10, 20)
    assert found["zeta"]["mountPoints"] == [{"sourceVolume": "data", "containerPath": "/in", "readOnly": False}]
    assert found["zeta"]["logConfiguration"] == found["main"]["logConfiguration"]
    assert policy(recorded, "job-execution-policy")["ReadParameters"]["Resource"] == [
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/token"
    ]


def test_file_systems_are_mounted_with_encryption():
    recorded = deployed(
        {
            "volumes": {
                "a": {"path": "/a", "efs": "fs-0a", "access_point": "fsap-0b", "read_only": True},
                "b": {"path": "/b", "efs": "fs-0a", "root_directory": "/x"},
                "c": {"path": "/c"},
            }
        }
    )
    assert recorded.named("job-definition").inputs["volumes"] == [
        {
            "name": "a",
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-0a",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": "fsap-0b", "iam": "DISABLED"},
            },
        },
        {
            "name": "b",
            "efsVolumeConfiguration": {"fileSystemId": "fs-0a", "transitEncryption": "ENABLED", "rootDirectory": "/x"},
        },
        {"name": "c"},
    ]
    assert [mount["readOnly"] for mount in containers(recorded)["main"]["mountPoints"]] == [True, False, False]


@pytest.mark.parametrize(
    ("task", "launch", "mode", "compatible"),
    [
        ({}, "FARGATE", "awsvpc", "FARGATE"),
        ({"launch": "ec2"}, "EC2", "awsvpc", "EC2"),
        ({"launch": "ec2", "network_mode": "host"}, "EC2", "host", "EC2"),
        # botocore ecs, RegisterTaskDefinition.networkMode: for Windows on EC2, "<default> or awsvpc can be used".
        (
            {"launch": "ec2", "network_mode": "default", "operating_system": "WINDOWS_SERVER_2025_CORE"},
            "EC2",
            None,
            "EC2",
        ),
        (
            {"launch": "managedInstances", "capacity_providers": [{"provider": "gpu"}]},
            None,
            "awsvpc",
            "MANAGED_INSTANCES",
        ),
        ({"launch": "external"}, "EXTERNAL", "bridge", "EXTERNAL"),
        ({"capacity_providers": [{"provider": "instances"}]}, None, "awsvpc", "EC2"),
        ({"capacity_providers": [{"provider": "FARGATE_SPOT"}]}, None, "awsvpc", "FARGATE"),
    ],
    ids=str,
)
def test_launch_type_and_network_mode(task: dict[str, Any], launch: str | None, mode: str | None, compatible: str):
    recorded = deployed(task)
    definition = recorded.named("job-definition").inputs
    assert (definition.get("networkMode"), definition["requiresCompatibilities"]) == (mode, [compatible])
    assert parameters(recorded).get("launchType") == launch
    assert ("capacityProviderStrategies" in parameters(recorded)) is (launch is None)
    assert ("networkConfiguration" in parameters(recorded)) is (mode == "awsvpc")
    # The subnets are public, and AWS gives public addresses to tasks on Fargate only.
    network = parameters(recorded).get("networkConfiguration", {})
    assert network.get("assignPublicIp", False) is (compatible == "FARGATE")


def test_the_default_of_the_cluster_names_neither_launch_type_nor_strategy():
    recorded = deployed({"launch": "clusterDefault"})
    assert not parameters(recorded).keys() & {"launchType", "capacityProviderStrategies"}
    assert parameters(recorded)["networkConfiguration"]["assignPublicIp"] is False
    assert "requiresCompatibilities" not in recorded.named("job-definition").inputs


def test_placement_and_tags_are_passed_on():
    recorded = deployed(
        {
            "launch": "ec2",
            "placement_constraints": [{"type": "distinctInstance"}],
            "placement_strategies": [{"type": "binpack", "field": "cpu"}],
            "propagate_tags": False,
        }
    )
    assert parameters(recorded)["placementConstraints"] == [{"type": "distinctInstance"}]
    assert parameters(recorded)["placementStrategies"] == [{"type": "binpack", "field": "cpu"}]
    assert "propagateTags" not in parameters(recorded)


def test_size_of_windows_on_instances_is_that_of_its_container():
    task = {"launch": "ec2", "operating_system": "WINDOWS_SERVER_2022_CORE", "cpu": 700, "memory": 900}
    main = containers(deployed(task))["main"]
    assert (main["cpu"], main["memory"]) == (700, 900)


def test_task_with_ecs_exec_has_a_role_with_its_permissions():
    recorded = deployed({"exec": True})
    assert parameters(recorded)["enableExecuteCommand"] is True
    assert recorded.named("job-definition").inputs["taskRoleArn"].endswith("shop-dev__job__task")
    assert "ssmmessages:OpenDataChannel" in policy(recorded, "job-task-policy")["EnterRuns"]["Action"]


def test_exec_of_a_schedule_is_for_its_runs_only():
    schedules = [
        {"expression": "rate(1 day)", "name": "debug", "exec": True},
        {"expression": "rate(2 days)", "name": "plain"},
    ]
    recorded = deployed({"schedule": None, "schedules": schedules})
    enabled = {
        name: recorded.named(f"job-schedule-{name}").inputs["target"]["ecsParameters"].get("enableExecuteCommand")
        for name in ("debug", "plain")
    }
    assert enabled == {"debug": True, "plain": None}
    assert "EnterRuns" in policy(recorded, "job-task-policy")


def test_each_schedule_has_its_own_timing_and_overrides():
    recorded = deployed(
        {
            "schedule": None,
            "timezone": "Europe/Berlin",
            "flexible_window": "5m",
            "enabled": True,
            "schedules": [
                {
                    "expression": "rate(1 hour)",
                    "command": ["a", "<aws.scheduler.scheduled-time>"],
                    "environment": {"B": "2", "A": "1"},
                },
                {"expression": "rate(1 day)", "timezone": "UTC", "flexible_window": "10m", "enabled": False},
                {"expression": "rate(2 days)", "cpu": 512, "memory": 1024, "ephemeral_storage": 30},
            ],
        }
    )
    first, second, third = (resource.inputs for resource in recorded.schedules("job"))
    assert first["target"]["input"] == (
        '{"containerOverrides":[{"command":["a","<aws.scheduler.scheduled-time>"],'
        '"environment":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"name":"main"}]}'
    )
    assert (first["scheduleExpressionTimezone"], second["scheduleExpressionTimezone"]) == ("Europe/Berlin", "UTC")
    assert [found["flexibleTimeWindow"]["maximumWindowInMinutes"] for found in (first, second)] == [5, 10]
    assert (first["state"], second["state"]) == ("ENABLED", "DISABLED")
    assert "input" not in second["target"]
    assert json.loads(third["target"]["input"]) == {
        "cpu": "512", "memory": "1024", "ephemeralStorage": {"sizeInGiB": 30},
    }  # fmt: skip


def test_overrides_apply_to_the_named_container_of_an_existing_task_definition():
    recorded = deployed(
        {
            "image": None,
            "task_definition": "legacy",
            "container": "app",
            "schedule": None,
            "schedules": [{"expression": "rate(1 day)", "command": ["x"]}],
        },
        {"task_definitions": ["legacy"], "containers": {"legacy": "app"}},
    )
    assert json.loads(recorded.named("job-schedule").inputs["target"]["input"]) == {
        "containerOverrides": [{"name": "app", "command": ["x"]}]
    }


def test_incompatible_task_definition_is_refused():
    with pytest.raises(Exception, match='"legacy" is compatible with FARGATE, but this task runs on EC2'):
        deployed({"image": None, "task_definition": "legacy", "launch": "ec2"}, {"task_definitions": ["legacy"]})


def test_kms_keys_reach_what_they_encrypt_and_the_roles_that_use_them():
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-Ab12Cd"
    recorded = deployed(
        {"secrets": {"PASSWORD": secret}},
        {
            "encryption": {
                "dead_letters": KEY,
                "undelivered_events": KEY.replace("key/1", "key/5"),
                "schedules": KEY.replace("key/1", "key/2"),
                "secrets": [KEY.replace("key/1", "key/3")],
            },
            "logs": {"kms_key": KEY.replace("key/1", "key/4")},
            "supervised": True,
        },
    )
    queue = recorded.named("tasks-dead-letters").inputs
    assert queue["kmsMasterKeyId"] == KEY
    assert "sqsManagedSseEnabled" not in queue
    assert recorded.named("job-schedule").inputs["kmsKeyArn"] == KEY.replace("key/1", "key/2")
    undelivered = recorded.named("tasks-undelivered-events").inputs
    assert undelivered["kmsMasterKeyId"] == KEY.replace("key/1", "key/5")
    assert "sqsManagedSseEnabled" not in undelivered
    for log_group in ("tasks-logs", "tasks-failed", "tasks-succeeded", "tasks-supervisor-logs"):
        assert recorded.named(log_group).inputs["kmsKeyId"] == KEY.replace("key/1", "key/4")
    assert policy(recorded, "tasks-scheduler-policy")["UseKeys"] == {
        "Sid": "UseKeys",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": [KEY, KEY.replace("key/1", "key/2")],
    }
    assert policy(recorded, "job-execution-policy")["DecryptSecrets"]["Resource"] == [KEY.replace("key/1", "key/3")]
    assert "DecryptSecrets" not in policy(recorded, "tasks-execution-policy")


def test_task_with_its_own_log_key_has_its_own_log_group():
    recorded = deployed({"logs": {"kms_key": KEY}})
    assert recorded.named("job-logs").inputs["kmsKeyId"] == KEY
    assert containers(recorded)["main"]["logConfiguration"]["options"]["awslogs-group"] == "/ecs/shop-dev/job"


def test_all_roles_have_the_path_and_the_permissions_boundary():
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/teams"
    task = {"permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::x/*"]}]}
    recorded = deployed(task, {"iam_path": "/teams/", "permissions_boundary": boundary})
    roles = [resource.inputs for resource in recorded.of_aws if resource.type == "aws:iam/role:Role"]
    assert len(roles) == 3
    assert {role["permissionsBoundary"] for role in roles} == {boundary}
    assert {role["path"] for role in roles} == {"/teams/shop-dev/", "/teams/shop-dev/runs/"}
    assert (
        f"arn:aws:iam::{ACCOUNT}:role/teams/shop-dev/runs/*"
        in policy(recorded, "tasks-scheduler-policy")["PassRoles"]["Resource"]
    )


def test_secret_value_is_stored_and_only_this_task_reads_it():
    recorded = deployed({}, late=lambda: {"secret_values": {"PASSWORD": pulumi.Output.secret(CANARY)}})
    parameter = recorded.named("job-secret-PASSWORD").inputs
    assert (parameter["type"], parameter["name"]) == ("SecureString", "/ecs/shop-dev/job/PASSWORD")
    arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/ecs/shop-dev/job/PASSWORD"
    assert containers(recorded)["main"]["secrets"] == [{"name": "PASSWORD", "valueFrom": arn}]
    assert policy(recorded, "job-execution-policy")["ReadParameters"]["Resource"] == [arn]
    shown = [resource.inputs for resource in recorded.of_aws if resource.name != "job-secret-PASSWORD"]
    assert CANARY not in json.dumps([shown, recorded.outputs, recorded.warnings], default=str)


def test_name_of_the_task_is_a_tag_for_cost_allocation():
    recorded = deployed({"tags": {"owner": "alice"}}, {"tags": {"team": "data"}})
    assert recorded.named("job-definition").inputs["tags"] == {
        "team": "data", "scheduled-task": "job", "owner": "alice",
    }  # fmt: skip


# Resources that awsx creates


@pytest.mark.parametrize(
    ("create", "subnets", "strategy", "types", "endpoints"),
    [
        ({}, "private", "Single", ["Private", "Public"], 0),
        ({"nat_gateways": "perZone"}, "private", "OnePerAz", ["Private", "Public"], 0),
        ({"nat_gateways": "none"}, "private", "None", ["Isolated", "Public"], 8),
        ({"nat_gateways": "none"}, "public", "None", ["Isolated", "Public"], 0),
        ({}, "public", "None", ["Isolated", "Public"], 0),
    ],
)
def test_new_vpc_has_what_private_subnets_need(
    create: dict[str, Any], subnets: str, strategy: str, types: list[str], endpoints: int
):
    recorded = deployed({}, {"network": {"create_vpc": {"cidr": "10.20.0.0/16", **create}, "subnets": subnets}})
    [vpc] = [resource for resource in recorded.resources if resource.type == "awsx:ec2:Vpc"]
    assert (vpc.inputs["cidrBlock"], vpc.inputs["natGateways"]["strategy"]) == ("10.20.0.0/16", strategy)
    assert [spec["type"] for spec in vpc.inputs["subnetSpecs"]] == types
    found = [resource for resource in recorded.of_aws if resource.type == "aws:ec2/vpcEndpoint:VpcEndpoint"]
    assert len(found) == endpoints
    if endpoints:
        # AWS: VPC user guide, "Access an AWS service using an interface VPC endpoint": HTTPS from the VPC.
        group = recorded.named("tasks-endpoints").inputs
        https = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.20.0.0/16"]}
        assert (group["ingress"], group["egress"]) == ([https], [])
    assert parameters(recorded)["networkConfiguration"]["assignPublicIp"] is (subnets == "public")
    assert parameters(recorded)["networkConfiguration"]["subnets"] == [
        {"Private": "subnet-0p", "Isolated": "subnet-0i"}[types[0]] if subnets == "private" else "subnet-0u"
    ]
    assert recorded.named("tasks-runs").inputs["vpcId"] == "vpc-0new"


def test_image_is_built_and_pinned(tmp_path: Path):
    project = example_project("built-image-new-vpc", tmp_path / "project")
    config = load(from_file("scheduled-tasks", "local", project), project / "config" / "tasks")
    recorded = deployed({**config.tasks["report"].args, "image": None, "architecture": "arm64"})
    repository, image = (
        next(resource.inputs for resource in recorded.resources if resource.type == f"awsx:ecr:{kind}")
        for kind in ("Repository", "Image")
    )
    assert (repository["name"], repository["forceDelete"]) == ("shop-dev/job", True)
    assert (image["context"], image["target"]) == ("examples/built-image-new-vpc/jobs/report", "run")
    assert (image["platform"], image["args"]) == ("linux/arm64", {"VERSION": "3"})
    assert containers(recorded)["main"]["image"] == "repo@sha256:built"


# Monitoring


def test_rules_name_the_containers_of_existing_task_definitions():
    recorded = deployed(
        {"image": None, "task_definition": "legacy", "container": "app"},
        {"task_definitions": ["legacy"], "containers": {"legacy": "app"}},
    )
    patterns = [
        json.loads(recorded.named(f"tasks-failed-runs{suffix}").inputs["eventPattern"]) for suffix in ("", "-2")
    ]
    assert [pattern["detail"]["taskDefinitionArn"] for pattern in patterns] == [
        [{"prefix": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/legacy:"}],
        [{"prefix": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop-dev__"}],
    ]
    assert patterns[0]["detail"]["$or"][2]["containers"]["name"] == ["app"]


def test_only_these_services_can_publish_and_only_these_rules_can_write():
    recorded = deployed({}, {"supervised": False, "notify": {"emails": ["ops@example.com"]}})
    rules = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/shop-dev"
    topic = policy(recorded, "tasks-failures-policy")
    assert topic["Failures"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert topic["Alarms"]["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:shop-dev/*"
    }
    for outcome in ("failed", "succeeded"):
        written = recorded.named(f"tasks-{outcome}-policy").inputs
        log_group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/shop-dev/{outcome}"
        assert (written["resourceArn"], written.get("policyName")) == (log_group, None)
        allowed = json.loads(written["policyDocument"])["Statement"]
        assert {statement["Resource"] for statement in allowed} == {f"{log_group}:*"}
        # Calls can be added to the group later. ArnEquals has wildcards, same as ArnLike.
        of_calls = f"{rules}-{outcome}-call-*"
        assert allowed[1]["Condition"] == {"ArnEquals": {"aws:SourceArn": [f"{rules}-{outcome}", of_calls]}}
    [kept] = json.loads(recorded.named("tasks-undelivered-events").inputs["policy"])["Statement"]
    assert (kept["Sid"], kept["Action"]) == ("KeepUndelivered", "sqs:SendMessage")
    of_rules = [f"{rules}-{outcome}{end}" for outcome in ("failed", "succeeded") for end in ("", "-call-*")]
    assert kept["Condition"] == {"ArnEquals": {"aws:SourceArn": of_rules}}


def test_the_end_of_each_alarm_goes_to_the_topic_with_recoveries():
    keys = {"expect_success_within": "7h", "expect_duration_under": "1h"}
    recorded = deployed(keys, {"supervised": True, "notify": {"topic_arn": TOPIC, "recoveries": True}})
    found = [resource.inputs for resource in recorded.of_aws if resource.type.endswith(":MetricAlarm")]
    assert [(alarm["alarmActions"], alarm["okActions"]) for alarm in found] == [([TOPIC], [TOPIC])] * 7


TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:on-call"


def test_alarms_and_failures_go_to_an_existing_topic():
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:on-call"
    recorded = deployed({"expect_success_within": "7h"}, {"notify": {"topic_arn": arn, "emails": ["a@example.com"]}})
    found = [resource for resource in recorded.of_aws if resource.type.endswith(":MetricAlarm")]
    assert len(found) == 6
    assert {tuple(alarm.inputs["alarmActions"]) for alarm in found} == {(arn,)}
    assert not [alarm.name for alarm in found if "okActions" in alarm.inputs]
    assert recorded.named("tasks-failed-runs-topic").inputs["arn"] == arn
    assert recorded.named("tasks-failures-email-a@example.com").inputs["topic"] == arn
    assert not [resource for resource in recorded.of_aws if resource.type == "aws:sns/topic:Topic"]


def test_expected_success_adds_two_resources_unless_the_task_is_paused():
    each: dict[str, Any] = {"schedule": None, "schedules": [{"expression": "rate(6 hours)", "enabled": False}]}
    watched: dict[str, Any] = {"expect_success_within": "7h"}
    tasks = ({}, watched, {**watched, "enabled": False}, {**watched, **each})
    plain, *others = (len(deployed(task).of_aws) for task in tasks)
    assert [other - plain for other in others] == [2, 0, 0]


def test_success_cannot_be_expected_without_outcomes():
    with pytest.raises(Exception, match="needs the outcomes of runs"):
        deployed({"expect_success_within": "7h"}, {"monitoring": {"outcomes": False}})
