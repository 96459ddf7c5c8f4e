"""The mapping of rules, schedules and task definitions to tasks."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.aws.ecs_model import Service, shape
from components.passthrough.answers import CONTAINERS, answer
from ops.importing.aws.mapping import reading_of
from ops.importing.aws.model import Definition, Found, Rule, Schedule, Target
from ops.importing.aws.values import value_of
from ops.importing.model import Answers, Draft, Reading
from tests.ops.importing import strategies

ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/report:4"
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"
ROLE = "arn:aws:iam::123456789012:role/jobs"
CONTAINER: dict[str, Any] = {"name": "app", "image": "report:3"}
DEFINITION: dict[str, Any] = {
    "family": "report", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "512",
    "memory": "1024", "containerDefinitions": [CONTAINER],
}  # fmt: skip


def reading(
    target: dict[str, Any],
    definition: dict[str, Any] | None = None,
    answers: Answers = Answers(),  # noqa: B008
    **members: Any,
) -> Reading:
    """The result for a rule with one target."""
    rule = Rule("account", "rule/x", value_of({"Name": "x", "ScheduleExpression": "rate(1 day)", **members}))
    rule.targets.append(Target(value_of({"Id": "job", "Arn": CLUSTER, **target})))
    definitions = {} if definition is None else {ARN: Definition(value_of(definition), "account", ARN)}
    found, _ = reading_of(Found([rule], [], definitions), answers)
    assert found.uncounted == 0
    return found


def draft(*arguments: Any, **members: Any) -> Draft:
    (found,) = reading(*arguments, **members).drafts
    return found


def kept(definition: dict[str, Any] | None = None, answers: Answers = Answers(), **parameters: Any) -> Draft:  # noqa: B008
    return draft({"EcsParameters": {"TaskDefinitionArn": ARN, **parameters}}, definition, answers)


def overridden(overrides: object, definition: dict[str, Any] | None = DEFINITION, *, expand: bool = False) -> Draft:
    text = overrides if isinstance(overrides, str) else json.dumps(overrides)
    target = {"EcsParameters": {"TaskDefinitionArn": ARN, "LaunchType": "FARGATE"}, "Input": text}
    return draft(target, definition, Answers(expand=expand))


def expanded(definition: dict[str, Any], launch: str = "FARGATE", container: str = "", **parameters: Any) -> Draft:
    target = {"EcsParameters": {"TaskDefinitionArn": ARN, "LaunchType": launch, **parameters}}
    return draft(target, definition, Answers(expand=True, container=container))


def with_container(**members: Any) -> Draft:
    return expanded({**DEFINITION, "containerDefinitions": [{**CONTAINER, **members}]})


def blocks(found: Draft) -> str:
    return " ".join(each.note for each in found.decisions if each.blocks)


# The target


PARAMETERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Fargate": ({"LaunchType": "FARGATE"}, {"launch": "fargate"}),
    "EC2": ({"LaunchType": "EC2"}, {"launch": "ec2"}),
    "external": ({"LaunchType": "EXTERNAL"}, {"launch": "external"}),
    "neither": ({}, {"launch": "clusterDefault"}),
    "one provider": ({"CapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}, {"launch": [{"provider": "FARGATE_SPOT", "weight": 1}]}),
    "two providers": (
        {"CapacityProviderStrategy": [{"capacityProvider": "FARGATE", "base": 2}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]},
        {"launch": [{"provider": "FARGATE", "weight": 0, "base": 2}, {"provider": "FARGATE_SPOT", "weight": 3}]},
    ),
    "count": ({"TaskCount": 4}, {"count": 4}),
    "platform": ({"PlatformVersion": "1.4.0"}, {"platformVersion": "1.4.0"}),
    "exec": ({"EnableExecuteCommand": True}, {"exec": True}),
    "constraints": ({"PlacementConstraints": [{"type": "memberOf", "expression": "x"}]}, {"placementConstraints": [{"type": "memberOf", "expression": "x"}]}),
    "strategies": ({"PlacementStrategy": [{"type": "binpack", "field": "cpu"}]}, {"placementStrategies": [{"type": "binpack", "field": "cpu"}]}),
    "tags": ({"Tags": [{"Key": "a", "Value": "b"}, {"Key": "aws:x", "Value": "y"}]}, {"tags": {"a": "b"}}),
    "network": (
        {"NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"]}}},
        {"network": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": False}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_of_runs(name: str):
    parameters, keys = PARAMETERS[name]
    found = kept(**parameters)
    assert not found.blocked, blocks(found)
    assert found.keys | keys == found.keys


def test_a_strategy_of_managed_instances_says_so():
    definition = {**DEFINITION, "requiresCompatibilities": ["MANAGED_INSTANCES"]}
    found = kept(definition, CapacityProviderStrategy=[{"capacityProvider": "gpus", "weight": 1}])
    assert found.keys["launch"] == {"managedInstances": [{"provider": "gpus", "weight": 1}]}


def test_the_result_names_defaults_that_differ():
    found = kept(NetworkConfiguration={"awsvpcConfiguration": {"Subnets": ["subnet-1"]}})
    told = {each.to: each.note for each in found.decisions if each.outcome == "changed" and not each.keys}
    assert set(told) == {"launch", "network.securityGroups", "propagateTags", "retry"}
    assert "185 times within 24 hours" in told["retry"]


TARGETS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the defaults of AWS": (
        {"RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400}},
        {"retry": {"attempts": 5, "maxAge": "1h"}},
    ),
    "no retries": ({"RetryPolicy": {"MaximumRetryAttempts": 0}}, {"retry": {"attempts": 0, "maxAge": "24h"}}),
    "an age": ({"RetryPolicy": {"MaximumEventAgeInSeconds": 90}}, {"retry": {"attempts": 185, "maxAge": "90s"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_retries(name: str):
    members, keys = TARGETS[name]
    found = draft({"EcsParameters": {"TaskDefinitionArn": ARN}, **members})
    assert not found.blocked, blocks(found)
    assert found.keys | keys == found.keys


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "input path": ({"InputPath": "$.detail"}, "A schedule has no event to read from."),
    "transformer": ({"InputTransformer": {"InputTemplate": "{}"}}, "A schedule has no event to read from."),
    "another cluster": ({"Arn": "arn:aws:ecs:eu-west-1:123456789012:service/jobs"}, "isn't the ARN of a cluster"),
    "count": ({"EcsParameters": {"TaskDefinitionArn": ARN, "TaskCount": 11}}, "11 isn't 1 to 10"),
    "launch": ({"EcsParameters": {"TaskDefinitionArn": ARN, "LaunchType": "X"}}, "X isn't a launch type"),
    "no parameters": ({"EcsParameters": None}, "The target has no EcsParameters."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_target_that_is_not_possible_says_why(name: str):
    members, note = REFUSED[name]
    target = {"EcsParameters": {"TaskDefinitionArn": ARN, "LaunchType": "FARGATE"}, **members}
    target = {key: value for key, value in target.items() if value is not None}
    assert note in blocks(draft(target))


def test_lost_members_of_a_target():
    found = draft(
        {"EcsParameters": {"TaskDefinitionArn": ARN, "Group": "g", "ReferenceId": "r", "Unknown": 1}, "SqsParameters": {"a": 1}},
        EventPattern="{}",
    )  # fmt: skip
    lost = [each.key for each in found.decisions if each.outcome == "not possible"]
    assert sorted(lost) == [
        "EcsParameters.Group", "EcsParameters.ReferenceId", "EcsParameters.Unknown", "EventPattern", "SqsParameters",
    ]  # fmt: skip


def test_a_rule_without_a_possible_target_is_reported():
    found = reading({"Arn": "arn:aws:logs:eu-west-1:123456789012:log-group:x", "Input": '{"a": {"b": 1}}'})
    assert found.drafts == []
    assert [each.note for each in found.decisions] == [
        "No target of the rule can be a task.", "The target is logs, which no call can reach.",
    ]  # fmt: skip


def test_a_call_of_run_task_is_a_task():
    request = {
        "Cluster": CLUSTER, "TaskDefinition": "report", "Count": 2, "LaunchType": "FARGATE", "StartedBy": "x",
        "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}},
        "Overrides": {"ContainerOverrides": [{"Name": "app", "Command": ["a"], "Environment": [{"Name": "A", "Value": ""}]}], "Cpu": "512"},
        "Tags": [{"Key": "a", "Value": "b"}],
    }  # fmt: skip
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "RoleArn": ROLE, "Input": json.dumps(request)}
    members = {"Name": "x", "ScheduleExpression": "rate(1 day)", "Target": target}
    found, _ = reading_of(Found(schedules=[Schedule("account", "schedule/x", value_of(members))]), Answers())
    assert found.uncounted == 0
    (task,) = found.drafts
    assert not task.blocked, blocks(task)
    assert task.keys | {
        "taskDefinition": "report", "cluster": "jobs", "launch": "fargate", "count": 2, "command": ["a"], "cpu": 512,
        "environment": {"A": ""}, "container": "app", "tags": {"a": "b"},
        "network": {"subnets": ["subnet-1"], "assignPublicIp": True},
    } == task.keys  # fmt: skip
    assert [each.key for each in found.every if each.outcome == "not possible"] == ["Target.Input.StartedBy"]


@pytest.mark.parametrize("text", ["[]", "run", '{"Cluster": "c"}'])
def test_a_call_of_run_task_without_a_request(text: str):
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask", "RoleArn": ROLE, "Input": text}
    members = {"Name": "x", "ScheduleExpression": "rate(1 day)", "Target": target}
    found, _ = reading_of(Found(schedules=[Schedule("account", "schedule/x", value_of(members))]), Answers())
    assert found.uncounted == 0
    assert not found.drafts or found.drafts[0].blocked or "taskDefinition" not in found.drafts[0].keys


# Overrides of an existing task definition


def test_overrides_of_a_task():
    found = overridden(
        {
            "containerOverrides": [
                {"name": "app", "command": ["a", ""], "environment": [{"name": "A", "value": ""}, {"name": "B", "value": "c"}]},
            ],
            "cpu": ".5 vCPU", "memory": "2GB", "taskRoleArn": ROLE, "ephemeralStorage": {"sizeInGiB": 25},
        }
    )  # fmt: skip
    assert not found.blocked, blocks(found)
    assert found.keys | {
        "command": ["a", ""], "environment": {"A": "", "B": "c"}, "cpu": 512, "memory": 2048, "taskRole": ROLE,
        "ephemeralStorage": 25,
    } == found.keys  # fmt: skip
    assert "container" not in found.keys


TWO = {**DEFINITION, "containerDefinitions": [CONTAINER, {"name": "proxy", "image": "proxy:1", "essential": False}]}
BOTH = {**DEFINITION, "containerDefinitions": [CONTAINER, {"name": "other", "image": "proxy:1"}]}
OVERRIDES: dict[str, tuple[object, dict[str, Any] | None, str]] = {
    "two containers": (
        {"containerOverrides": [{"name": "app", "command": ["a"]}, {"name": "proxy", "command": ["b"]}]}, TWO,
        "The overrides are for app and proxy, and a task has one. Pass --expand",
    ),
    "a sidecar": ({"containerOverrides": [{"name": "proxy", "command": ["b"]}]}, TWO, "The overrides are for proxy, but the outcome of a run is that of app."),
    "an unknown container": ({"containerOverrides": [{"name": "x", "command": ["b"]}]}, BOTH, "The overrides are for x, but"),
    "several essential": ({"cpu": "512"}, BOTH, "Which container does the work? Pass --container: app or other."),
    "a size": ({"cpu": "much"}, DEFINITION, "much isn't a size that ECS accepts."),
}  # fmt: skip


@pytest.mark.parametrize("name", OVERRIDES)
def test_overrides_that_are_not_possible(name: str):
    overrides, definition, note = OVERRIDES[name]
    assert note in blocks(overridden(overrides, definition))


LOST: dict[str, tuple[object, str]] = {
    "no overrides": ({"foo": 1}, "ECS or this tool has no such override."),
    "not JSON": ("run it", "It isn't a JSON object with overrides, so ECS ignores it."),
    "a list": ("[1]", "It isn't a JSON object with overrides, so ECS ignores it."),
    "spelling": ({"ContainerOverrides": []}, "ECS or this tool has no such override."),
    "a container's size": ({"containerOverrides": [{"name": "app", "memory": 64}]}, "only the size of the whole task"),
    "a role": ({"executionRoleArn": ROLE}, "A schedule can't override it."),
    "accelerators": ({"inferenceAcceleratorOverrides": [{"deviceName": "x"}]}, "ECS or this tool has no such override."),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_lost_overrides(name: str):
    overrides, note = LOST[name]
    found = overridden(overrides)
    assert not found.blocked, blocks(found)
    assert [note in each.note for each in found.decisions if each.outcome == "not possible"] == [True]


def test_the_user_chooses_one_of_several_containers():
    assert kept(BOTH, Answers(container="other")).keys["container"] == "other"
    assert "has no container x" in blocks(kept(BOTH, Answers(container="x")))
    main = {**BOTH, "containerDefinitions": [*BOTH["containerDefinitions"], {"name": "main", "image": "x:1"}]}
    assert not kept(main).blocked
    found = overridden({"containerOverrides": [{"name": "other", "command": ["b"]}]}, BOTH)
    assert (found.blocked, found.keys["container"]) == (False, "other")
    # Without the definition, the container of the overrides is the only one that is known.
    assert overridden({"containerOverrides": [{"name": "x", "command": ["b"]}]}, None).keys["container"] == "x"


# --expand


MEMBERS: dict[str, tuple[object, dict[str, Any]]] = {
    "entryPoint": (["/bin/sh", ""], {"entryPoint": ["/bin/sh", ""]}),
    "user": ("1000", {"user": "1000"}),
    "workingDirectory": ("/srv", {"workingDirectory": "/srv"}),
    "interactive": (True, {"interactive": True}),
    "pseudoTerminal": (True, {"pseudoTerminal": True}),
    "privileged": (False, {}),
    "readonlyRootFilesystem": (True, {"readOnlyRoot": True}),
    "versionConsistency": ("disabled", {"versionConsistency": False}),
    "memoryReservation": (128, {"memoryReservation": 128}),
    "startTimeout": (90, {"startTimeout": "90s"}),
    "stopTimeout": (120, {"stopTimeout": "2m"}),
    "environment": ([{"name": "A", "value": ""}], {"environment": {"A": ""}}),
    "secrets": ([{"name": "A", "valueFrom": "/a"}], {"secrets": {"A": "/a"}}),
    "environmentFiles": ([{"type": "s3", "value": "arn:aws:s3:::b/a.env"}], {"environmentFiles": ["arn:aws:s3:::b/a.env"]}),
    "extraHosts": ([{"hostname": "a", "ipAddress": "10.0.0.1"}], {"extraHosts": {"a": "10.0.0.1"}}),
    "systemControls": ([{"namespace": "net.x", "value": "1"}], {"systemControls": {"net.x": "1"}}),
    "dockerLabels": ({"a": ""}, {"dockerLabels": {"a": ""}}),
    "dockerSecurityOptions": (["no-new-privileges"], {"securityOptions": ["no-new-privileges"]}),
    "ulimits": ([{"name": "nofile", "softLimit": 1, "hardLimit": 2}], {"ulimits": {"nofile": {"soft": 1, "hard": 2}}}),
    "repositoryCredentials": ({"credentialsParameter": "arn:x"}, {"registryCredentials": "arn:x"}),
    "dnsServers": (["10.0.0.2"], {"dns": {"servers": ["10.0.0.2"]}}),
    "dnsSearchDomains": (["x.y"], {"dns": {"searchDomains": ["x.y"]}}),
    "hostname": ("worker", {"hostname": "worker"}),
    "healthCheck": (
        {"command": ["CMD", "x"], "interval": 10, "timeout": 5, "retries": 2, "startPeriod": 60},
        {"healthCheck": {"command": ["CMD", "x"], "interval": "10s", "timeout": "5s", "startPeriod": "1m", "retries": 2}},
    ),
    "restartPolicy": ({"enabled": True, "ignoredExitCodes": [0], "restartAttemptPeriod": 60}, {"restart": {"ignoredExitCodes": [0], "attemptPeriod": "1m"}}),
    "linuxParameters": (
        {
            "initProcessEnabled": True, "capabilities": {"add": [], "drop": ["ALL"]}, "sharedMemorySize": 64, "maxSwap": 0,
            "devices": [{"hostPath": "/dev/x", "permissions": ["read"]}],
            "tmpfs": [{"containerPath": "/tmp", "size": 64, "mountOptions": ["noexec"]}],
        },
        {
            "init": True,
            "linux": {
                "sharedMemory": 64, "maxSwap": 0, "capabilities": {"drop": ["ALL"]},
                "devices": [{"host": "/dev/x", "permissions": ["read"]}],
                "tmpfs": {"/tmp": {"size": 64, "options": ["noexec"]}},
            },
        },
    ),
    "resourceRequirements": ([{"type": "GPU", "value": "2"}], {"gpus": 2}),
    "logConfiguration": (
        {"logDriver": "awslogs", "options": {"awslogs-group": "/x", "mode": "non-blocking", "max-buffer-size": "25m"}},
        {"logs": {"mode": "non-blocking", "maxBufferSize": "25m"}},
    ),
    "portMappings": ([{"containerPort": 80}], {"aws": {"container": {"portMappings": [{"containerPort": 80}]}}}),
    "links": (["x"], {"aws": {"container": {"links": ["x"]}}}),
    "volumesFrom": ([{"sourceContainer": "x"}], {"aws": {"container": {"volumesFrom": [{"sourceContainer": "x"}]}}}),
    "cpu": (256, {"aws": {"container": {"cpu": 256}}}),
    "memory": (512, {"aws": {"container": {"memory": 512}}}),
    "credentialSpecs": (["x"], {"aws": {"container": {"credentialSpecs": ["x"]}}}),
    "disableNetworking": (True, {"disableNetworking": True}),
}  # fmt: skip


@pytest.mark.parametrize("member", MEMBERS)
def test_members_of_a_container(member: str):
    value, keys = MEMBERS[member]
    found = with_container(**{member: value})
    assert not found.blocked, blocks(found)
    assert {key: found.keys.get(key) for key in keys} == keys


OF_TASKS: dict[str, tuple[object, dict[str, Any]]] = {
    "taskRoleArn": (ROLE, {"taskRole": ROLE}),
    "executionRoleArn": (ROLE, {"executionRole": None}),
    "family": ("x", {"family": None}),
    "networkMode": ("bridge", {"networkMode": "bridge"}),
    "requiresCompatibilities": (["EC2"], {}),
    "cpu": ("1 vCPU", {"cpu": 1024}),
    "memory": (".5 GB", {"memory": 512}),
    "pidMode": ("task", {"pidMode": "task"}),
    "ipcMode": ("none", {"ipcMode": "none"}),
    "ephemeralStorage": ({"sizeInGiB": 21}, {"ephemeralStorage": 21}),
    "runtimePlatform": (
        {"cpuArchitecture": "ARM64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        {"architecture": "arm64", "operatingSystem": "WINDOWS_SERVER_2022_CORE"},
    ),
    "tags": ([{"key": "a", "value": "b"}], {"tags": {"a": "b"}}),
    "placementConstraints": ([{"type": "memberOf"}], {"aws": {"taskDefinition": {"placementConstraints": [{"type": "memberOf"}]}}}),
    "proxyConfiguration": ({"containerName": "x"}, {"aws": {"taskDefinition": {"proxyConfiguration": {"containerName": "x"}}}}),
    "enableFaultInjection": (True, {"aws": {"taskDefinition": {"enableFaultInjection": True}}}),
}  # fmt: skip


@pytest.mark.parametrize("member", OF_TASKS)
def test_members_of_a_task_definition(member: str):
    value, keys = OF_TASKS[member]
    found = expanded({**DEFINITION, member: value})
    assert not found.blocked, blocks(found)
    assert {key: found.keys.get(key) for key in keys} == keys


def test_each_member_of_a_task_definition_is_a_key_or_refused():
    tested = {*OF_TASKS, "containerDefinitions", "volumes", "inferenceAccelerators", "trustedExecutionConfiguration"}
    assert set(shape("ecs", "RegisterTaskDefinitionRequest").members) == tested


def test_splunk_and_firelens():
    splunk = {"logDriver": "splunk", "options": {"a": "b"}, "secretOptions": [{"name": "t", "valueFrom": "/t"}]}
    assert with_container(logConfiguration=splunk).keys["logs"] == {
        "driver": "splunk", "options": {"a": "b"}, "secretOptions": {"t": "/t"},
    }  # fmt: skip
    router = {
        "name": "log",
        "image": "fluent:1",
        "firelensConfiguration": {"type": "fluentbit", "options": {"enable-ecs-log-metadata": "false"}},
    }
    main = {
        **CONTAINER,
        "logConfiguration": {"logDriver": "awsfirelens"},
        "dependsOn": [{"containerName": "log", "condition": "START"}],
    }
    found = expanded({**DEFINITION, "containerDefinitions": [main, router]}, container="app")
    assert not found.blocked, blocks(found)
    assert found.keys["logs"] == {"driver": "firelens"}
    assert found.keys["dependsOn"] == {"log": "START"}
    assert found.keys["sidecars"] == {
        "log": {"image": "fluent:1", "firelens": {"type": "fluentbit", "metadata": False}, "essential": True}
    }  # fmt: skip


def test_sidecars_and_volumes():
    main = {**CONTAINER, "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}
    proxy = {
        "name": "proxy", "image": "proxy:1", "essential": False, "cpu": 64, "memory": 128,
        "mountPoints": [{"sourceVolume": "data", "containerPath": "/in", "readOnly": True}],
        "dependsOn": [{"containerName": "app", "condition": "START"}],
    }  # fmt: skip
    volume = {
        "name": "data",
        "dockerVolumeConfiguration": {"scope": "shared", "driver": "local", "autoprovision": True},
    }
    found = expanded({**DEFINITION, "containerDefinitions": [main, proxy], "volumes": [volume]})
    assert not found.blocked, blocks(found)
    assert found.keys["volumes"] == {
        "data": {"path": "/data", "docker": {"driver": "local", "scope": "shared", "autoprovision": True}}
    }
    assert found.keys["sidecars"] == {
        "proxy": {
            "image": "proxy:1", "dependsOn": {"main": "START"}, "cpu": 64, "memory": 128, "mounts": {"data": "/in"},
            "readOnlyMounts": {"data": True},
        }
    }  # fmt: skip
    assert found.keys["readOnlyRoot"] is False


def test_a_volume_of_the_instance():
    main = {**CONTAINER, "mountPoints": [{"sourceVolume": "cache", "containerPath": "/cache"}]}
    volume = {"name": "cache", "host": {"sourcePath": "/mnt"}}
    found = expanded({**DEFINITION, "containerDefinitions": [main], "volumes": [volume]}, "EC2")
    assert found.keys["volumes"] == {"cache": {"path": "/cache", "host": "/mnt"}}


def test_overrides_go_into_the_expanded_definition():
    overrides = {
        "containerOverrides": [
            {"name": "app", "command": ["x"], "environment": [{"name": "B", "value": "2"}], "memory": 256},
            {"name": "proxy", "command": ["y"]},
        ],
        "cpu": "1024", "memory": "2048",
    }  # fmt: skip
    first = {
        **CONTAINER,
        "command": ["old"],
        "environment": [{"name": "A", "value": "1"}],
        "portMappings": [{"containerPort": 1}],
    }
    definition = {**TWO, "containerDefinitions": [first, TWO["containerDefinitions"][1]]}
    found = overridden(overrides, definition, expand=True)
    assert not found.blocked, blocks(found)
    assert found.keys | {
        "command": ["x"], "environment": {"A": "1", "B": "2"}, "cpu": 1024, "memory": 2048,
        "aws": {"container": {"portMappings": [{"containerPort": 1}], "memory": 256}},
        "sidecars": {"proxy": {"image": "proxy:1", "command": ["y"]}},
    } == found.keys  # fmt: skip


def test_a_definition_for_ec2():
    definition = {
        "family": "x",
        "containerDefinitions": [{**CONTAINER, "cpu": 256, "memory": 512, "memoryReservation": 128}],
    }
    found = expanded(definition, "EC2")
    assert not found.blocked, blocks(found)
    assert (
        found.keys | {"launch": "ec2", "networkMode": "bridge", "cpu": 256, "memory": 512, "memoryReservation": 128}
        == found.keys
    )
    assert "aws" not in found.keys
    told = [each.note for each in found.decisions if each.to == "architecture"]
    assert told == ["Instances of any architecture could run it. Here, the default is x86_64: set arm64 for Graviton."]


NOT_EXPANDED: dict[str, tuple[dict[str, Any], str]] = {
    "accelerators": ({"inferenceAccelerators": [{"deviceName": "x"}]}, "Elastic Inference"),
    "trusted execution": ({"trustedExecutionConfiguration": {"enabled": True}}, "no property for it"),
    "FSx": (
        {
            "volumes": [{"name": "a", "fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "fs-1"}}],
            "containerDefinitions": [{**CONTAINER, "mountPoints": [{"sourceVolume": "a", "containerPath": "/a"}]}],
        },
        "doesn't rewrite this kind of volume",
    ),
    "a volume of a sidecar": ({"volumes": [{"name": "a"}]}, "The main container doesn't mount it"),
    "several essential": ({"containerDefinitions": [CONTAINER, {"name": "b", "image": "b:1"}]}, "Pass --container: app or b."),
    "no container": ({"containerDefinitions": []}, "The task definition has no container."),
    "a log router": ({"containerDefinitions": [{**CONTAINER, "firelensConfiguration": {"type": "fluentd"}}]}, "A sidecar routes logs"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_EXPANDED)
def test_expand_refuses_members_without_a_key(name: str):
    members, note = NOT_EXPANDED[name]
    assert note in blocks(expanded({**DEFINITION, **members}))


def test_expand_needs_the_definition():
    target = {"EcsParameters": {"TaskDefinitionArn": ARN}, "Input": '{"cpu": "256"}'}
    assert f"The source doesn't contain {ARN}." in blocks(draft(target, None, Answers(expand=True)))


# Every member of AWS's model


def _values(service: Service, name: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a shape in AWS's model."""
    found = shape(service, name)
    if found.type == "structure":
        members = {key: _values(service, inner, depth + 1) for key, inner in found.members.items()}
        return st.fixed_dictionaries({}, optional=members)
    if found.type == "list":
        return st.lists(_values(service, found.member, depth + 1), max_size=2)
    if found.type == "map":
        return st.dictionaries(st.sampled_from(["a", "Key", "mode"]), st.sampled_from(["", "x"]), max_size=2)
    if found.type == "boolean":
        return st.booleans()
    if found.type in ("integer", "long", "float", "double"):
        return st.sampled_from([0, 1, 512])
    return st.sampled_from(list(found.enum) or ["", "x", "512", "main"])


@settings(max_examples=strategies.EXAMPLES * 2)
@given(_values("ecs", "RegisterTaskDefinitionRequest"), _values("scheduler", "Target"), _values("ecs", "TaskOverride"))
def test_each_key_of_random_sources_gets_one_decision(
    definition: dict[str, Any], target: dict[str, Any], overrides: dict[str, Any]
):
    target["EcsParameters"] = {**target.get("EcsParameters", {}), "TaskDefinitionArn": ARN}
    target["Input"] = json.dumps(overrides)
    for expand in (False, True):
        draft(target, definition, Answers(expand=expand))


def test_each_member_of_a_container_is_a_key_or_refused():
    """The members are those of AWS's model, so a new one fails here instead of being lost."""
    handled = {*MEMBERS, "name", "image", "command", "essential", "mountPoints", "dependsOn", "firelensConfiguration"}
    for member in shape("ecs", "ContainerDefinition").members:
        found = answer("RegisterTaskDefinition", (CONTAINERS, member))
        assert member in handled or (found is not None and found.passed), member
