"""Tasks that start after others: their resources, in programs with and without files for the tasks."""

import json
from typing import Any, cast

import pytest

from components import InvalidArgumentsError, ScheduledTask, ScheduledTaskGroup
from components.testing import ACCOUNT, REGION, Recorded, run

PLAIN: dict[str, Any] = {"image": "a:1", "schedule": "rate(1 day)"}
LATER: dict[str, Any] = {"image": "b:1"}


def deployed(first: dict[str, Any], later: dict[str, Any], **group: Any) -> Recorded:
    """A program with a task `first`, and a task `later` that starts after it."""

    def program() -> None:
        jobs = ScheduledTaskGroup("jobs", cluster="main", **group)
        upstream = ScheduledTask("first", cast("Any", {**PLAIN, **first, "group": jobs}))
        ScheduledTask("later", cast("Any", {**LATER, **later, "group": jobs, "after": upstream}))

    recorded = run(program, preview=False)
    assert recorded.error is None
    return recorded


def inputs(recorded: Recorded, name: str, kind: str) -> dict[str, Any]:
    [found] = [it for it in recorded.of_aws if it.name == name and it.type.endswith(f":{kind}")]
    return found.inputs


def test_a_task_after_another_one_has_a_rule_a_target_a_role_and_a_state_machine():
    recorded = deployed({}, {})
    rule, target = inputs(recorded, "later-after", "EventRule"), inputs(recorded, "later-after", "EventTarget")
    assert (rule["name"], rule["state"]) == ("shop-dev-jobs__later", "ENABLED")
    assert json.loads(rule["eventPattern"])["detail"]["group"] == ["first"]
    machine = inputs(recorded, "later-supervisor", "StateMachine")
    assert target["arn"].endswith(f":stateMachine:{machine['name']}")
    assert target["deadLetterConfig"]["arn"].endswith("-dead-letters")
    assert target["retryPolicy"] == {"maximumRetryAttempts": 5, "maximumEventAgeInSeconds": 3600}
    role = inputs(recorded, "later-after", "Role")
    assert target["roleArn"].endswith(f"/{role['name']}")
    [trust] = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule['name']}"},
    }
    [statement] = json.loads(inputs(recorded, "later-after-policy", "RolePolicy")["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("states:StartExecution", [target["arn"]])


def test_its_schedule_in_aws_starts_nothing_and_keeps_what_starts_a_run():
    schedule = inputs(deployed({}, {"command": ["x"]}), "later-schedule", "Schedule")
    assert (schedule["state"], schedule["scheduleExpression"]) == ("DISABLED", "cron(0 0 4 1 ? 2199)")
    assert json.loads(schedule["target"]["input"])["after"] == "first"


def test_rules_may_send_to_the_dead_letter_queue_of_the_group():
    recorded = deployed({}, {})
    policy = inputs(recorded, "jobs-dead-letters-policy", "QueuePolicy")["policy"]
    [statement] = json.loads(policy)["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:aws:events:{REGION}:{ACCOUNT}:rule/shop-dev-jobs__*"
    ]
    assert statement["Resource"].endswith(":shop-dev-jobs-dead-letters")


@pytest.mark.parametrize(
    ("first", "later", "cluster"),
    [({}, {"cluster": "batch"}, "main"), ({"cluster": "batch"}, {}, "batch"), ({}, {}, "main")],
)
def test_the_rule_watches_the_cluster_of_the_other_task(first: dict[str, Any], later: dict[str, Any], cluster: str):
    recorded = deployed(first, later, clusters=["batch"])
    detail = json.loads(inputs(recorded, "later-after", "EventRule")["eventPattern"])["detail"]
    assert detail["clusterArn"] == [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{cluster}"]


def test_the_state_machine_of_a_supervised_task_reports_its_success():
    recorded = deployed({"timeout": "1h"}, {})
    pattern = json.loads(inputs(recorded, "later-after", "EventRule")["eventPattern"])
    assert pattern["source"] == ["scheduled-tasks"]
    template = inputs(recorded, "later-after", "EventTarget")["inputTransformer"]
    assert template["inputPaths"]["run"] == "$.detail.executionArn"


@pytest.mark.parametrize(("task", "group"), [({"enabled": False}, {}), ({}, {"enabled": False})])
def test_a_paused_task_or_group_has_a_disabled_rule(task: dict[str, Any], group: dict[str, Any]):
    assert inputs(deployed({}, task, **group), "later-after", "EventRule")["state"] == "DISABLED"


def test_an_existing_scheduler_role_starts_it():
    role = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
    recorded = deployed({}, {}, scheduler_role=role)
    assert inputs(recorded, "later-after", "EventTarget")["roleArn"] == role
    assert not [it for it in recorded.of_aws if it.name == "later-after" and it.type.endswith(":Role")]


def test_a_missing_success_raises_an_alarm_unless_the_task_is_paused():
    expected = {"expect_success_within": "26h"}
    assert inputs(deployed({}, expected), "later-alarm", "MetricAlarm")
    paused = deployed({}, {**expected, "enabled": False})
    assert "later-alarm" not in {it.name for it in paused.of_aws}


@pytest.mark.parametrize("wanted", ["name", "other group", "own group", "reference"])
def test_a_task_that_the_group_does_not_know_is_refused(wanted: str):
    """No event would start the task, and nothing would show it."""

    def program() -> None:
        jobs, others = ScheduledTaskGroup("jobs", cluster="main"), ScheduledTaskGroup("others", cluster="main")
        upstream = ScheduledTask("first", cast("Any", {**PLAIN, "group": others if "other" in wanted else jobs}))
        group = {} if wanted == "own group" else {"group": jobs.reference if wanted == "reference" else jobs}
        after = "first" if wanted == "name" else upstream
        ScheduledTask("later", cast("Any", {**LATER, "after": after, **group}))

    with pytest.raises(InvalidArgumentsError) as error:
        run(program)
    assert 'after: "first" isn\'t a task that its group knows.' in str(error.value)
