"""Outputs and child resources of the components."""

import dataclasses
from typing import Any, cast

import pulumi
import pytest
from pulumi_aws import dynamodb, ec2, iam, sfn, sns

from components import ScheduledTask, ScheduledTaskGroup
from components.outputs import output_names
from components.testing import ACCOUNT, REGION, Recorded, run

IAM = f"arn:aws:iam::{ACCOUNT}:role/shop-dev-jobs"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-Dv4x1Q"
MADE: dict[str, Any] = {}


def program() -> None:
    group = ScheduledTaskGroup("jobs", cluster="main", supervised=True, notify={}, monitoring={"dashboard": True})
    MADE["jobs"] = group
    MADE["plain"] = ScheduledTask("plain", group=group, image="a:1", schedule="rate(1 day)")
    MADE["full"] = ScheduledTask(
        "full",
        group=group,
        image="a:1",
        schedule="rate(1 day)",
        timeout="1h",
        expect_duration_under="30m",
        expect_success_within="26h",
        secrets={"PASSWORD": SECRET},
        secret_values={"TOKEN": pulumi.Output.secret("t")},
        permissions=[{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::in/*"]}],
        logs={"retention_days": 365},
    )
    MADE["existing"] = ScheduledTask(
        "existing", task_definition="legacy", schedule="rate(1 day)", group_args={"cluster": "main"}
    )


@pytest.fixture(scope="module")
def outputs() -> dict[str, dict[str, Any]]:
    """The registered outputs of each component, by name."""
    recorded = run(program)
    names = {resource.urn: resource.name for resource in recorded.resources}
    return {names[urn]: found for urn, found in recorded.outputs.items() if urn in names}


def test_outputs_of_a_group(outputs: dict[str, dict[str, Any]]):
    assert outputs["jobs"] == {
        "schedule_group_name": "shop-dev-jobs",
        "schedule_group_arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:ScheduleGroup/shop-dev-jobs",
        "cluster_arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "security_group_ids": ["jobs-runs-id"],
        "scheduler_role_arn": f"{IAM}/shop-dev-jobs-scheduler",
        "scheduler_role_name": "shop-dev-jobs-scheduler",
        "execution_role_arn": f"{IAM}/runs/shop-dev-jobs-execution",
        "execution_role_name": "shop-dev-jobs-execution",
        "supervisor_role_arn": f"{IAM}/shop-dev-jobs-supervisor",
        "supervisor_role_name": "shop-dev-jobs-supervisor",
        "dead_letter_queue_arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-jobs-dead-letters",
        "dead_letter_queue_name": "shop-dev-jobs-dead-letters",
        "dead_letter_queue_url": "https://sqs/shop-dev-jobs-dead-letters",
        "log_group_name": "/ecs/shop-dev-jobs",
        "log_group_arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/shop-dev-jobs",
        "topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:Topic/shop-dev-jobs-failures",
    }


def test_outputs_of_a_plain_task(outputs: dict[str, dict[str, Any]]):
    found = outputs["plain"]
    [schedule] = found.pop("schedules")
    assert (schedule["name"], schedule["groupName"]) == ("plain", "shop-dev-jobs")
    assert found == {
        "task_definition_arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop-dev-jobs__plain:1",
        "schedule_names": ["plain"],
        "schedule_arns": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:Schedule/plain"],
        "task_role_arn": "",
        "task_role_name": "",
        "execution_role_arn": f"{IAM}/runs/shop-dev-jobs-execution",
        "execution_role_name": "shop-dev-jobs-execution",
        "scheduler_role_arn": f"{IAM}/shop-dev-jobs-scheduler",
        "scheduler_role_name": "shop-dev-jobs-scheduler",
        "supervisor_role_arn": "",
        "supervisor_role_name": "",
        "state_machine_arn": "",
        "state_machine_name": "",
        "security_group_ids": ["jobs-runs-id"],
        "dead_letter_queue_arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-jobs-dead-letters",
        "topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:Topic/shop-dev-jobs-failures",
        "log_group_name": "/ecs/shop-dev-jobs",
        "log_group_arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/shop-dev-jobs",
        "log_stream_prefix": "plain",
    }


def test_outputs_of_a_task_with_its_own_resources(outputs: dict[str, dict[str, Any]]):
    found = outputs["full"]
    assert found["task_role_arn"] == f"{IAM}/runs/shop-dev-jobs__full__task"
    assert found["task_role_name"] == "shop-dev-jobs__full__task"
    assert found["execution_role_name"] == "shop-dev-jobs__full__execution"
    assert found["supervisor_role_name"] == "shop-dev-jobs-supervisor"
    assert found["state_machine_name"] == "shop-dev-jobs__full"
    assert found["state_machine_arn"].endswith("shop-dev-jobs__full")
    assert found["log_group_name"] == "/ecs/shop-dev-jobs/full"


def test_outputs_of_a_task_with_an_existing_task_definition(outputs: dict[str, dict[str, Any]]):
    found = outputs["existing"]
    assert (found["task_role_name"], found["execution_role_arn"]) == ("legacy", "")
    assert (found["log_group_name"], found["log_group_arn"]) == ("", "")


def test_python_and_the_engine_have_the_same_outputs(outputs: dict[str, dict[str, Any]]):
    assert set(outputs["jobs"]) == set(output_names(ScheduledTaskGroup))
    assert set(outputs["existing"]) == set(output_names(ScheduledTask))


def test_a_schedule_in_the_outputs_has_keys_and_attributes():
    found: list[Any] = []

    def exported() -> None:
        group = ScheduledTaskGroup("jobs", cluster="main")
        task = ScheduledTask("plain", group=group, image="a:1", schedule="rate(1 day)", enabled=False)
        task.schedules.apply(found.append)
        cast("Any", task.schedules)[0].console_url.apply(found.append)

    run(exported)
    [[schedule], url] = found
    keys = {"group_name": "groupName", "console_url": "consoleUrl"}
    names = ("name", "arn", "group_name", "expression", "timezone", "state", "console_url")
    assert [getattr(schedule, name) for name in names] == [schedule[keys.get(name, name)] for name in names]
    assert set(schedule) == {keys.get(name, name) for name in names}
    assert schedule.state == "DISABLED"
    assert url == schedule.console_url


def fields(resources: Any) -> dict[str, object]:
    return {field.name: getattr(resources, field.name) for field in dataclasses.fields(resources)}


def made() -> Recorded:
    return run(program)


def test_resources_of_a_group_are_attributes():
    made()
    resources = MADE["jobs"].resources
    assert isinstance(resources.scheduler_role, iam.Role)
    assert isinstance(resources.security_group, ec2.SecurityGroup)
    assert isinstance(resources.lease_table, dynamodb.Table)
    assert isinstance(resources.monitoring.topic, sns.Topic)
    assert [name for name, value in fields(resources).items() if value is None] == [
        "dead_letter_queue_policy",
        "cluster",
        "vpc",
    ]
    assert [name for name, value in fields(resources.monitoring).items() if value is None] == ["notify_role"]
    assert {"dropped", "throttled"} <= resources.monitoring.alarms.keys()
    assert len(resources.monitoring.rules) == 5


def test_resources_of_a_task_are_attributes():
    made()
    plain, full, existing = (MADE[name].resources for name in ("plain", "full", "existing"))
    empty = [name for name, value in fields(plain).items() if not value]
    assert empty == [
        "group",
        "execution_role",
        "task_role",
        "log_group",
        "parameters",
        "state_machine",
        "index_machine",
        "alarm",
        "duration_alarm",
        "rule",
        "rule_role",
    ]
    assert [name for name, value in fields(full).items() if not value] == [
        "group",
        "index_machine",
        "rule",
        "rule_role",
    ]
    assert isinstance(full.state_machine, sfn.StateMachine)
    assert isinstance(existing.group, ScheduledTaskGroup)
    assert existing.task_definition is None
    assert len(full.schedules) == 1


def test_every_created_resource_is_an_attribute_or_belongs_to_one():
    """Roles, queues, log groups, tables and topics, which other resources refer to."""
    recorded = made()
    attributes = [*fields(MADE["jobs"].resources).values(), *fields(MADE["jobs"].resources.monitoring).values()]
    known = {value.pulumi_resource_name for value in attributes if isinstance(value, pulumi.Resource)}
    kinds = (
        "role:Role",
        "queue:Queue",
        "logGroup:LogGroup",
        "table:Table",
        "topic:Topic",
        "securityGroup:SecurityGroup",
    )
    created = {each.name for each in recorded.resources if each.name.startswith("jobs-") and each.type.endswith(kinds)}
    assert len(created) == 12
    assert created - known == set()
