"""Tasks with an existing task definition: it is looked up, and everything that AWS would refuse is refused first."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs
from components.checks import checked_group, checked_task
from components.checks.errors import InvalidArgumentsError
from tests.mocks import ACCOUNT, REGION, UNMONITORED, Answers, Recorded, run

ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
DEFINITION: dict[str, Any] = {
    "arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/legacy:7",
    "status": "ACTIVE",
    "requiresCompatibilities": [],
    "networkMode": "awsvpc",
    "cpu": "1024",
    "memory": "2048",
    "taskRoleArn": "",
    "executionRoleArn": "",
}


def containers(*names: str, sidecars: Sequence[str] = ()) -> str:
    """Container definitions as AWS returns them: `essential` is true if the request leaves it out."""
    return json.dumps(
        [{"name": it, "image": "a:1"} for it in names] + [{"name": it, "essential": False} for it in sidecars]
    )


def deployed(
    task: dict[str, Any],
    found: dict[str, Any] | None = None,
    *,
    known: bool = False,
    group: dict[str, Any] | None = None,
) -> Recorded:
    """A group with one task. `known`: the group knows its task before it is created, as in the program of this project."""
    definition = {**DEFINITION, "containerDefinitions": containers("app", sidecars=["logs"]), **(found or {})}
    given = {"task_definition": "legacy", "schedule": "rate(1 day)", **task}
    args = cast("ScheduledTaskArgs", {key: value for key, value in given.items() if value is not None})
    of_group = cast(
        "ScheduledTaskGroupArgs",
        {"prefix": "shop-dev", "cluster": "main", "task_definitions": ["legacy"], "pass_role_arns": [ROLE], **UNMONITORED, **(group or {})},
    )  # fmt: skip

    def program() -> None:
        made, problems = checked_task("job", args)
        assert not problems, problems
        shared, problems = checked_group(of_group)
        assert not problems, problems
        if known:
            shared = replace(shared, tasks={"job": made})
        ScheduledTask("job", made.in_group(ScheduledTaskGroup("tasks", shared).reference))

    answers: Answers = {"aws:ecs/getTaskDefinition:getTaskDefinition": lambda _: definition}
    return run(program, preview=False, answers=answers)


def target(recorded: Recorded) -> dict[str, Any]:
    if recorded.error:
        raise recorded.error
    return recorded.named("job-schedule").inputs["target"]


def test_the_only_essential_container_is_the_default():
    # AWS: botocore ecs, ContainerDefinition.essential: "If this parameter is omitted, a container is assumed to be
    # essential." botocore ecs, ContainerOverride.name is required if anything is overridden.
    recorded = deployed({"command": ["x"]}, group={"monitoring": {}})
    assert json.loads(target(recorded)["input"]) == {"containerOverrides": [{"name": "app", "command": ["x"]}]}
    patterns = [json.loads(it.inputs["eventPattern"]) for it in recorded.of_aws if it.name.startswith("tasks-failed-runs") and "eventPattern" in it.inputs]  # fmt: skip
    [own] = [it["detail"] for it in patterns if "/legacy:" in str(it["detail"]["taskDefinitionArn"])]
    assert own["$or"][2]["containers"]["name"] == ["app"]


def test_main_is_the_default_of_several_essential_containers():
    recorded = deployed({"command": ["x"]}, {"containerDefinitions": containers("app", "main")})
    assert json.loads(target(recorded)["input"])["containerOverrides"][0]["name"] == "main"


SECRET = json.dumps([{"name": "app", "secrets": [{"name": "TOKEN", "valueFrom": "/token"}]}])
# Task, task definition, and the problem.
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "several essential containers": ({}, {"containerDefinitions": containers("app", "web")}, 'container: is missing. "legacy" has several essential containers, app and web.'),
    # AWS: RunTask answers "Override for container named main is not a container in the TaskDefinition."
    "another container": ({"container": "ap"}, {}, 'container: "ap" is not a container of "legacy", which has app and logs. Did you mean "app"?'),
    # AWS: botocore ecs, TaskDefinition.networkMode: "For Amazon ECS tasks on Fargate, the awsvpc network mode is required."
    "Fargate with bridge": ({}, {"networkMode": "bridge"}, 'task_definition: "legacy" has network mode bridge, and Fargate supports only awsvpc.'),
    "Fargate with the default network mode": ({}, {"networkMode": ""}, "network mode bridge"),
    "external instances with awsvpc": ({"launch": "external"}, {}, "external instances do not support"),
    "another launch type": ({"launch": "ec2"}, {"requiresCompatibilities": ["FARGATE"]}, 'task_definition: "legacy" is compatible with FARGATE, but this task runs on EC2'),
    # AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size: required on Fargate.
    "Fargate without a size": ({}, {"cpu": "", "memory": ""}, 'cpu: is missing. "legacy" sets no cpu for the whole task'),
    "Fargate without memory": ({"cpu": 512}, {"cpu": "", "memory": ""}, "memory: is missing."),
    # AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html: 4096 to 16384 MiB with 2048.
    "size of the definition and an override": ({"cpu": 2048}, {}, "memory: Fargate does not offer 2048 MiB with cpu 2048."),
    "size of a schedule": ({"schedule": None, "schedules": [{"expression": "rate(1 day)", "memory": 512}]}, {}, "schedules.0.memory: Fargate does not offer 512 MiB with cpu 1024."),
    # AWS: botocore ecs, RunTaskRequest.enableExecuteCommand: "the task definition must have a task role, or you must provide one as an override."
    "exec without a task role": ({"exec": True}, {}, 'exec: needs a task role, and "legacy" has none.'),
    "exec of a schedule without a task role": ({"schedule": None, "schedules": [{"expression": "rate(1 day)", "exec": True}]}, {}, "schedules.0.exec: needs a task role"),
    # AWS: "The secret name must be unique and not shared with any new or existing environment variables set on the container".
    "variable that is a secret": ({"environment": {"TOKEN": "x"}}, {"containerDefinitions": SECRET}, 'environment.TOKEN: is a secret of "legacy".'),
    "variable of a schedule that is a secret": ({"schedule": None, "schedules": [{"expression": "rate(1 day)", "environment": {"TOKEN": "x"}}]}, {"containerDefinitions": SECRET}, 'schedules.0.environment.TOKEN: is a secret of "legacy".'),
    "role of another group": ({"task_role": f"{ROLE}2"}, {}, f'task_role: "{ROLE}2" is not in the group\'s pass_role_arns.'),
}  # fmt: skip


@pytest.mark.parametrize("known", [False, True], ids=["component", "program"])
@pytest.mark.parametrize(("task", "found", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_aws_would_refuse_at_each_launch(task: dict[str, Any], found: dict[str, Any], problem: str, known: bool):
    recorded = deployed(task, found, known=known)
    assert isinstance(recorded.error, InvalidArgumentsError), recorded.error
    assert problem in str(recorded.error)
    # A group that knows its tasks creates nothing. Otherwise, the task creates nothing.
    created = [it for it in recorded.of_aws if known or it.name.startswith("job-")]
    assert created == []


def test_the_length_of_overrides_counts_the_container_that_was_found():
    # AWS: botocore ecs, RunTaskRequest.overrides: at most 8192 characters.
    name = "a" * 200
    length = 8192 - len(json.dumps({"containerOverrides": [{"command": [""], "name": name}]}, separators=(",", ":")))
    found = {"containerDefinitions": containers(name)}
    assert deployed({"command": ["x" * length]}, found).error is None
    recorded = deployed({"command": ["x" * (length + 1)]}, found)
    assert "overrides take up to 8193 characters" in str(recorded.error)


# botocore ecs, TaskDefinition.requiresCompatibilities of RegisterTaskDefinition: "If no value is specified, the parameter
# is omitted from the response." The official provider then answers an empty list.
ACCEPTED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "Fargate": ({}, {}, "FARGATE"),
    "Fargate with the size of a launch": ({"cpu": 512, "memory": 1024}, {"cpu": "", "memory": ""}, "FARGATE"),
    "EC2": ({"launch": "ec2"}, {"networkMode": "bridge", "cpu": "", "memory": ""}, "EC2"),
    "EC2 with awsvpc": ({"launch": "ec2"}, {}, "EC2"),
    "external": ({"launch": "external"}, {"networkMode": "bridge"}, "EXTERNAL"),
    "one of several": ({"launch": "ec2"}, {"requiresCompatibilities": ["EC2", "FARGATE"]}, "EC2"),
}


@pytest.mark.parametrize(("task", "found", "launch_type"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_definition_without_required_compatibilities_is_not_restricted(
    task: dict[str, Any], found: dict[str, Any], launch_type: str
):
    assert target(deployed(task, found, known=True))["ecsParameters"]["launchType"] == launch_type


def test_a_launch_overrides_the_definition():
    # AWS: botocore ecs, TaskOverride: containerOverrides, cpu, memory, taskRoleArn, ephemeralStorage. RunTaskRequest:
    # enableExecuteCommand.
    own = {
        "command": ["x"], "environment": {"A": "1"}, "cpu": 512, "memory": 1024, "ephemeral_storage": 30,
        "task_role": ROLE, "exec": True,
    }  # fmt: skip
    found = target(deployed(own, known=True))
    assert found["ecsParameters"]["enableExecuteCommand"] is True
    assert json.loads(found["input"]) == {
        "containerOverrides": [{"name": "app", "command": ["x"], "environment": [{"name": "A", "value": "1"}]}],
        "cpu": "512",
        "memory": "1024",
        "ephemeralStorage": {"sizeInGiB": 30},
        "taskRoleArn": ROLE,
    }


def test_a_schedule_adds_to_the_overrides_of_its_task():
    own = {"cpu": 512, "memory": 1024, "environment": {"A": "1", "B": "1"}, "command": ["x"]}
    schedule = {"expression": "rate(1 day)", "memory": 2048, "environment": {"B": "2"}, "task_role": ROLE}
    found = target(deployed({**own, "schedule": None, "schedules": [schedule]}))
    assert json.loads(found["input"]) == {
        "containerOverrides": [
            {"name": "app", "command": ["x"], "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
        ],
        "cpu": "512",
        "memory": "2048",
        "taskRoleArn": ROLE,
    }


def test_a_task_role_of_a_schedule_is_an_override_of_a_new_definition_too():
    schedules = [{"expression": "rate(1 day)", "task_role": ROLE}]
    recorded = deployed({"task_definition": None, "image": "a:1", "schedule": None, "schedules": schedules})
    assert json.loads(target(recorded)["input"]) == {"taskRoleArn": ROLE}


def test_exec_uses_the_task_role_of_the_definition():
    assert target(deployed({"exec": True}, {"taskRoleArn": ROLE}))["ecsParameters"]["enableExecuteCommand"] is True


def test_a_supervised_task_names_its_own_container_of_several():
    found = {"containerDefinitions": containers("app", "web")}
    recorded = deployed({"container": "web", "timeout": "1h", "command": ["x"]}, found, group={"supervised": True})
    overrides = json.loads(target(recorded)["input"])["overrides"]
    assert overrides["ContainerOverrides"][0]["Name"] == "web"


def test_a_container_that_the_group_names_must_exist():
    recorded = deployed({}, group={"containers": {"legacy": "main"}})
    assert 'containers.legacy: "main" is not a container of "legacy", which has app and logs.' in str(recorded.error)
    assert recorded.of_aws == []


def test_a_group_refuses_its_known_tasks_before_it_creates_anything():
    recorded = deployed({"container": "x"}, known=True)
    assert recorded.of_aws == []
    assert 'tasks.job.container: "x" is not a container' in str(recorded.error)
