"""Supervised tasks on mocks: resources, permissions, and reported outcomes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from components.checks.errors import InvalidArgumentsError
from tests.components.test_everything import deployed, policy
from tests.mocks import ACCOUNT, REGION, Recorded

GROUP = {"supervised": True, "notify": {"emails": ["ops@example.com"]}}
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev__job"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"


def supervised(task: dict[str, Any] | None = None, group: dict[str, Any] | None = None) -> Recorded:
    return deployed({"timeout": "2h", **(task or {})}, {**GROUP, **(group or {})})


def definition(recorded: Recorded) -> dict[str, Any]:
    return json.loads(recorded.named("job-supervisor").inputs["definition"])


@pytest.mark.parametrize("key", [{"timeout": "2h"}, {"overlap": "forbid"}, {"retry_run": {"attempts": 1}}], ids=str)
def test_a_supervised_task_adds_only_a_state_machine(key: dict[str, Any]):
    direct, found = deployed({}, GROUP), deployed(key, GROUP)
    more = {resource.name for resource in found.of_aws} - {resource.name for resource in direct.of_aws}
    assert more == {"job-supervisor"}
    assert [r.name for r in direct.of_aws if r.name.startswith("job")] == ["job-definition", "job-schedule"]


def test_a_group_without_supervised_tasks_has_no_resources_for_them():
    names = {resource.name for resource in deployed({}).of_aws}
    assert not [name for name in names if "supervis" in name or "lease" in name]
    statements = policy(deployed({}), "tasks-scheduler-policy")
    assert "StartSupervisedRuns" not in statements


def test_the_groups_resources_for_supervised_tasks():
    recorded = supervised()
    table = recorded.named("tasks-leases").inputs
    assert (table["name"], table["billingMode"], table["hashKey"]) == ("shop-dev-leases", "PAY_PER_REQUEST", "id")
    assert table["ttl"] == {"attributeName": "expires", "enabled": True}
    logs = recorded.named("tasks-supervisor-logs").inputs
    assert (logs["name"], logs["retentionInDays"]) == ("/aws/vendedlogs/states/shop-dev", 30)


def test_the_schedule_starts_the_state_machine_with_the_scheduler_role():
    recorded = supervised({"retry": {"attempts": 3, "max_age": "10m"}, "schedule": "rate(6 hours)"})
    target = recorded.named("job-schedule").inputs["target"]
    assert target["arn"].endswith("shop-dev__job")
    assert "ecsParameters" not in target
    assert json.loads(target["input"]) == {
        "schedule": "job",
        "time": "<aws.scheduler.scheduled-time>",
        "overrides": {},
    }
    assert target["retryPolicy"] == {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 600}
    assert "deadLetterConfig" in target
    statement = policy(recorded, "tasks-scheduler-policy")["StartSupervisedRuns"]
    assert (statement["Action"], statement["Resource"]) == (
        "states:StartExecution",
        [f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev__*"],
    )


def test_a_schedule_passes_the_times_that_are_left_out():
    recorded = supervised({"schedule": "cron(0 6 * * ? *)", "except_": {"dates": ["2099-12-24"]}, "only": "workdays"})
    given = json.loads(recorded.named("job-schedule").inputs["target"]["input"])
    assert {span["why"] for span in given["except"]} == {"Weekend"}
    assert given["exceptUntil"] == f"{datetime.now(UTC).year + 3}-01-01T00:00:00Z"
    assert definition(recorded)["StartAt"] == "Exception?"


def test_each_schedule_passes_its_own_overrides():
    schedules = [
        {"expression": "rate(1 hour)", "command": ["sync"], "environment": {"FOR": "<aws.scheduler.scheduled-time>"}},
        {"expression": "rate(1 day)", "cpu": 512, "memory": 1024, "ephemeral_storage": 30},
    ]
    recorded = supervised({"schedule": None, "schedules": schedules})
    given = [json.loads(resource.inputs["target"]["input"]) for resource in recorded.schedules("job")]
    assert [one["schedule"] for one in given] == [resource.inputs["name"] for resource in recorded.schedules("job")]
    assert [one["overrides"] for one in given] == [
        {
            "ContainerOverrides": [
                {
                    "Name": "main",
                    "Command": ["sync"],
                    "Environment": [{"Name": "FOR", "Value": "<aws.scheduler.scheduled-time>"}],
                }
            ]
        },
        {"Cpu": "512", "Memory": "1024", "EphemeralStorage": {"SizeInGiB": 30}},
    ]


def test_the_state_machine_logs_errors_and_is_not_traced():
    machine = supervised().named("job-supervisor").inputs
    assert machine["name"] == "shop-dev__job"
    assert machine["loggingConfiguration"]["level"] == "ERROR"
    assert machine["loggingConfiguration"]["includeExecutionData"] is True
    assert machine["loggingConfiguration"]["logDestination"].endswith(":*")
    assert machine["tracingConfiguration"] == {"enabled": False}
    assert machine["tags"] == {"scheduled-task": "job"}
    traced = supervised(group={"monitoring": {"tracing": True}})
    assert traced.named("job-supervisor").inputs["tracingConfiguration"] == {"enabled": True}
    assert "Trace" in policy(traced, "tasks-supervisor-policy")


def test_the_state_machine_starts_the_same_run_as_a_direct_schedule():
    run = definition(supervised())["States"]["Run"]
    direct = deployed({}).named("job-schedule").inputs["target"]["ecsParameters"]
    arguments = run["Arguments"]
    assert arguments["TaskDefinition"] == direct["taskDefinitionArn"]
    assert arguments["Cluster"] == CLUSTER
    assert (arguments["Group"], direct["group"]) == ("supervised:job", "job")
    network = direct["networkConfiguration"]
    assert arguments["NetworkConfiguration"]["AwsvpcConfiguration"] == {
        "Subnets": network["subnets"],
        "SecurityGroups": network["securityGroups"],
        "AssignPublicIp": "ENABLED" if network["assignPublicIp"] else "DISABLED",
    }
    assert run["TimeoutSeconds"] == 2 * 3600


def test_the_container_of_an_existing_task_definition_decides():
    recorded = supervised(
        {"image": None, "task_definition": "legacy", "container": "app"}, {"task_definitions": ["legacy"]}
    )
    states = definition(recorded)["States"]
    assert 'Name = \\"app\\"' in json.dumps(states["Check result"])
    assert states["Run"]["Arguments"]["TaskDefinition"].endswith("task-definition/legacy:7")


def test_the_supervisor_role_has_only_the_needed_permissions():
    recorded = supervised({}, {"pass_role_arns": [f"arn:aws:iam::{ACCOUNT}:role/job"]})
    trust = json.loads(recorded.named("tasks-supervisor").inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "states.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev__*"},
    }
    statements = policy(recorded, "tasks-supervisor-policy")
    scheduler = policy(recorded, "tasks-scheduler-policy")
    for shared in ("StartRuns", "TagRuns", "PassRoles"):
        assert statements.pop(shared) == scheduler[shared]
    on_cluster = {"ArnEquals": {"ecs:cluster": CLUSTER}}
    found = {
        sid: (statement["Action"], statement["Resource"], statement.get("Condition"))
        for sid, statement in statements.items()
    }
    delivery = found.pop("DeliverLogs")
    assert all("Log" in action or "ResourcePolic" in action for action in delivery[0])
    home = f"{REGION}:{ACCOUNT}"
    assert found == {
        "EndRuns": (["ecs:DescribeTasks", "ecs:StopTask"], [f"arn:aws:ecs:{home}:task/main/*"], on_cluster),
        "FindRuns": ("ecs:ListTasks", ["*"], on_cluster),
        "HearOfEnds": (
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            [f"arn:aws:events:{home}:rule/StepFunctionsGetEventsForECSTaskRule"],
            None,
        ),
        "KeepLeases": (
            ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            [f"arn:aws:dynamodb:{home}:table/shop-dev-leases"],
            None,
        ),
        "ReportOutcomes": (
            "events:PutEvents",
            [f"arn:aws:events:{home}:event-bus/default"],
            {
                "ForAllValues:StringEquals": {"events:source": "scheduled-tasks"},
                "Null": {"events:source": "false"},
            },
        ),
    }


def test_supervised_outcomes_go_to_the_same_targets_as_direct_ones():
    recorded = supervised()
    targets = {
        resource.name: resource.inputs
        for resource in recorded.of_aws
        if resource.type == "aws:cloudwatch/eventTarget:EventTarget"
    }
    assert {name for name in targets if "supervised" in name} == {
        "tasks-failed-supervised-runs-log",
        "tasks-failed-supervised-runs-topic",
        "tasks-succeeded-supervised-runs-log",
        "tasks-broken-supervised-runs-log",
        "tasks-broken-supervised-runs-topic",
    }
    for outcome in ("failed", "succeeded"):
        both = [targets[f"tasks-{outcome}{kind}-runs-log"]["arn"] for kind in ("", "-supervised")]
        assert both[0] == both[1]
    direct, watched = (
        targets[f"tasks-failed{kind}-runs-topic"]["inputTransformer"]["inputTemplate"].splitlines()
        for kind in ("", "-supervised")
    )
    # Only a supervised run has its scheduled time and attempts in its event.
    assert watched == [direct[0], '"Scheduled for: <scheduledTime>. Attempts: <attempts>."', *direct[1:]]
    rules = [r.inputs["name"] for r in recorded.of_aws if r.type == "aws:cloudwatch/eventRule:EventRule"]
    arns = [
        arn
        for outcome in ("failed", "succeeded")
        for arn in json.loads(recorded.named(f"tasks-{outcome}-policy").inputs["policyDocument"])["Statement"][1][
            "Condition"
        ]["ArnEquals"]["aws:SourceArn"]
    ]
    # Calls can be added to the group later.
    assert {arn for arn in arns if arn.endswith("-call-*")} == {
        f"arn:aws:events:{REGION}:{ACCOUNT}:rule/shop-dev-{outcome}-call-*" for outcome in ("failed", "succeeded")
    }
    arns = [arn for arn in arns if not arn.endswith("-call-*")]
    assert sorted(arns) == sorted(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}" for name in rules)


def test_an_expected_success_is_counted_by_step_functions():
    recorded = supervised({"expect_success_within": "26h"})
    alarm = recorded.named("job-alarm").inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/States", "ExecutionsSucceeded")
    assert alarm["dimensions"]["StateMachineArn"].endswith("shop-dev__job")
    assert alarm["treatMissingData"] == "breaching"
    assert not [resource for resource in recorded.of_aws if "metricFilter" in resource.type.lower()]


def test_supervised_tasks_need_a_supervised_group():
    with pytest.raises(InvalidArgumentsError, match=r"overlap: needs a group with supervised tasks"):
        deployed({"overlap": "forbid"})


def test_a_task_without_a_group_creates_a_supervised_one():
    from components import ScheduledTask
    from tests.mocks import run

    recorded = run(
        lambda: ScheduledTask(
            "job",
            {
                "image": "job:1",
                "schedule": "rate(6 hours)",
                "timeout": "1h",
                "group_args": {"cluster": "main"},
            },
        ),
        preview=True,
    )
    assert recorded.error is None
    assert {"job-supervisor", "job-group-leases"} <= {resource.name for resource in recorded.of_aws}
