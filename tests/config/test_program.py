"""The program in `__main__.py` on mocks, from the configuration of a stack."""

import gc
import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.checks.errors import InvalidArgumentsError
from tests.mocks import Answers, Recorded, run

PROGRAM = Path(__file__).parents[2] / "__main__.py"
STACK: dict[str, Any] = {
    "cluster": "main",
    "catalogue": False,
    "tasks": {"job": {"image": "a:1", "schedule": "rate(1 day)"}},
}


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    """The program disables garbage collection for its process."""
    yield
    gc.enable()


def program(values: dict[str, Any], answers: Answers | None = None) -> Recorded:
    config = {
        f"scheduled-tasks:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in {**STACK, **values}.items()
        if value is not None
    }
    return run(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__"),
        preview=False,
        project="scheduled-tasks",
        stack="unit",
        config=config,
        answers=answers,
    )


def test_the_program_creates_the_configured_tasks_and_nothing_else():
    recorded = program({})
    assert recorded.error is None
    assert [it.inputs["name"] for it in recorded.resources if it.type == "aws:scheduler/schedule:Schedule"] == ["job"]
    assert not gc.isenabled()


def test_problems_that_lookups_find_are_in_the_spelling_of_yaml():
    none: Answers = {"aws:ec2/getSubnets:getSubnets": lambda _: {"ids": []}}
    recorded = program({"network": {"subnets": {"tags": {"tier": "db"}}}}, none)
    assert isinstance(recorded.error, InvalidArgumentsError), recorded.error
    assert recorded.of_aws == []
    assert "network.subnets: " in str(recorded.error)
    assert "subnet_tags" not in str(recorded.error)


def test_the_tasks_are_checked_against_lookups_before_anything_is_created():
    task = {"taskDefinition": "legacy", "container": "web", "schedule": "rate(1 day)"}
    recorded = program({"tasks": {"job": task, "other": {**task, "container": None, "launch": "ec2"}}})
    assert isinstance(recorded.error, InvalidArgumentsError), recorded.error
    assert recorded.of_aws == []
    problems = str(recorded.error).split("\n  - ")[1:]
    assert [problem.split(": ")[0] for problem in problems] == ["tasks.job.container", "tasks.other.taskDefinition"]
    assert problems[0].endswith('"web" is not a container of "legacy", which has main and app.')
    assert "or change launch" in problems[1]


CALL = {"stop": {"database": "orders"}, "schedule": "rate(1 day)"}
FOR_CONTAINERS: dict[str, Any] = {
    "network": {"securityGroups": None},
    "sharedRoles": {"reports": {"managedPolicies": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}},
    "monitoring": {"dashboard": True},
}
"""Settings that have an effect only on tasks that run containers."""


def test_a_stack_with_only_calls_creates_nothing_for_containers():
    def asked(_: Any) -> dict[str, Any]:
        raise AssertionError("looked up")

    lookups = ("aws:ec2/getVpc:getVpc", "aws:ec2/getSubnets:getSubnets", "aws:ecs/getCluster:getCluster")
    recorded = program({**FOR_CONTAINERS, "tasks": {"stop": CALL}}, dict.fromkeys(lookups, asked))
    assert recorded.error is None
    kinds = sorted(it.type.split(":")[-1] for it in recorded.of_aws)
    alarms = [kind for kind in kinds if kind == "MetricAlarm"]
    assert [kind for kind in kinds if kind != "MetricAlarm"] == [
        "Dashboard", "Queue", "Role", "RolePolicy", "Schedule", "ScheduleGroup",
    ]  # fmt: skip
    assert alarms
    [dashboard] = [it for it in recorded.of_aws if it.type.endswith(":Dashboard")]
    assert "/aws/events/" not in dashboard.inputs["dashboardBody"]


def test_a_new_cluster_is_for_containers_only():
    cluster = {"cluster": {"create": True}}
    kinds = {it.type for it in program({**cluster, "tasks": {"stop": CALL}}).of_aws}
    assert "aws:ecs/cluster:Cluster" not in kinds
    mixed = program({**cluster, "tasks": {"stop": CALL, **STACK["tasks"]}})
    alone = program({**cluster})
    assert {it.urn for it in alone.of_aws} < {it.urn for it in mixed.of_aws}
    assert "aws:ecs/cluster:Cluster" in {it.type for it in mixed.of_aws}


OFFICE = {"hours": {"open": "MON-FRI 07:30-19:00", "sleeps": [{"database": "orders"}]}}


def test_a_stack_with_only_office_hours_reports_failures_without_a_cluster():
    recorded = program({"tasks": {"office": OFFICE}, "notify": {"emails": ["ops@example.com"]}})
    assert recorded.error is None
    kinds = {it.type.split(":")[-1] for it in recorded.of_aws}
    assert {"StateMachine", "Table", "EventRule"} <= kinds
    assert not {"Cluster", "TaskDefinition", "SecurityGroup"} & kinds
    assert "tasks-supervisor" not in {it.name for it in recorded.of_aws}
    target = recorded.named("tasks-failed-supervised-runs-topic").inputs["inputTransformer"]
    assert target["inputPaths"]["execution"] == "$.detail.executionArn"
    assert "ecs" not in target["inputTemplate"]


WORK = {"submit": {"glue": {"job": "load"}}, "schedule": "rate(1 day)"}


def test_the_ends_of_the_work_of_calls_are_watched():
    recorded = program({"tasks": {"load": WORK, "stop": CALL}, "notify": {"emails": ["a@example.com"]}})
    assert recorded.error is None
    rules = [it for it in recorded.of_aws if it.type.endswith(":EventRule")]
    names = ["scheduled-tasks-unit-failed-call-load", "scheduled-tasks-unit-succeeded-call-load"]
    assert sorted(it.inputs["name"] for it in rules) == names
    patterns = [json.loads(it.inputs["eventPattern"]) for it in rules]
    assert {pattern["detail"]["jobName"][0] for pattern in patterns} == {"load"}
    targets = [it.inputs["arn"] for it in recorded.of_aws if it.type.endswith(":EventTarget")]
    # Both outcomes go to their log, and failures to the topic.
    assert len(targets) == 3
    [queue] = [it for it in recorded.of_aws if it.inputs.get("policy") and it.type.endswith(":Queue")]
    assert "rule/scheduled-tasks-unit-failed-call-*" in str(queue.inputs["policy"])
    logs = [it.inputs["policyDocument"] for it in recorded.of_aws if it.type.endswith(":LogResourcePolicy")]
    assert sorted("failed-call-*" in document for document in logs) == [False, True]


def test_outcomes_that_are_off_are_off_for_calls_too():
    recorded = program({"tasks": {"load": WORK}, "monitoring": {"outcomes": False}})
    assert recorded.error is None
    assert [it for it in recorded.of_aws if it.type.endswith(":EventRule")] == []


def test_work_that_does_not_succeed_raises_an_alarm():
    recorded = program({"tasks": {"load": {**WORK, "expectSuccessWithin": "26h"}}})
    assert recorded.error is None
    [counted] = [it for it in recorded.of_aws if it.type.endswith(":LogMetricFilter")]
    assert counted.inputs["pattern"] == '{ ($.source = "aws.glue") && ($.detail.jobName = "load") }'
    alarm = next(it for it in recorded.of_aws if it.type.endswith(":MetricAlarm") and it.name == "load-alarm")
    assert (alarm.inputs["period"], alarm.inputs["treatMissingData"]) == (3600, "breaching")


def test_an_alarm_needs_outcomes_that_are_watched():
    watched = {"load": {**WORK, "expectSuccessWithin": "26h"}}
    off = program({"tasks": watched, "monitoring": {"outcomes": False}})
    assert "tasks.load.expectSuccessWithin: needs" in str(off.error)
    at_once = program({"tasks": {"stop": {**CALL, "expectSuccessWithin": "26h"}}})
    assert "expectSuccessWithin: is only for work whose end AWS reports" in str(at_once.error)
    too_long = program({"tasks": {"load": {**WORK, "expectSuccessWithin": "25h30m"}}})
    assert "expectSuccessWithin" in str(too_long.error)


def test_an_existing_scheduler_role_makes_the_calls():
    role = "arn:aws:iam::123456789012:role/jobs/scheduler"
    recorded = program({"tasks": {"stop": CALL}, "iam": {"schedulerRole": role}})
    assert recorded.error is None
    assert [it for it in recorded.of_aws if it.type.endswith(":Role")] == []
    [schedule] = [it for it in recorded.of_aws if it.type.endswith(":Schedule")]
    assert schedule.inputs["target"]["roleArn"] == role
