"""Starts after another task: the event pattern, judged by AWS's event-ruler, and the input of executions."""

import json
from typing import Any

import pytest

from components.args import UpstreamReference
from components.aws.account import Account
from components.aws.names import GroupNames
from components.checks import checked_call, checked_task
from components.task.after import run_path, start_message, upstream_call, upstream_pattern, upstream_reference
from sandbox.input_templates import transformed_json
from sandbox.rules import rule_problems
from tests import event_ruler
from tests.components.monitoring.test_events import CLUSTER, HOME, OURS, container, event

NAMES = GroupNames("shop-dev")
ACCOUNT = Account("aws", "eu-west-1", "123456789012")
PLAIN: UpstreamReference = {"supervised": False, "task_definition": "", "container": "", "cluster": ""}
SUPERVISED: UpstreamReference = {**PLAIN, "supervised": True}
EXISTING: UpstreamReference = {**PLAIN, "task_definition": "reports:3"}
SCHEDULE = "arn:aws:scheduler:eu-west-1:123456789012:schedule/shop-dev/report"


def pattern(upstream: UpstreamReference) -> str:
    return upstream_pattern(NAMES, ACCOUNT, "backup", upstream, cluster_arn=CLUSTER, containers={"reports:3": "worker"})


def outcome(which: str, **detail: Any) -> dict[str, Any]:
    """An event of a state machine."""
    own = {"prefix": "shop-dev", "group": "backup", "outcome": which, **detail}
    return {**event(), "source": "scheduled-tasks", "detail-type": "Scheduled Task Outcome", "detail": own}


EVENTS: list[tuple[UpstreamReference, dict[str, Any], bool]] = [
    (PLAIN, event(container()), True),
    (PLAIN, event(container(), container("proxy", 143)), True),
    (PLAIN, event(container(), startedBy="ops/ada"), True),
    (PLAIN, event(container(exit_code=1)), False),
    (PLAIN, event(container(exit_code=None)), False),
    (PLAIN, event(container(), stopCode="UserInitiated"), False),
    (PLAIN, event(container(), lastStatus="RUNNING"), False),
    (PLAIN, event(container(), group="backup-2"), False),
    (PLAIN, event(container(), group="supervised:backup"), False),
    (PLAIN, event(container(), clusterArn=f"{HOME}:cluster/main2"), False),
    # Another stack can have a task of the same name on the same cluster.
    (PLAIN, event(container(), taskDefinitionArn=f"{HOME}:task-definition/shop-dev-eu__backup:7"), False),
    (PLAIN, event(container(), taskDefinitionArn=f"{OURS}backup-2:7"), False),
    (PLAIN, outcome("Succeeded"), False),
    (EXISTING, event(container("worker"), taskDefinitionArn=f"{HOME}:task-definition/reports:4"), True),
    (EXISTING, event(container("main"), taskDefinitionArn=f"{HOME}:task-definition/reports:4"), False),
    (EXISTING, event(container("worker"), taskDefinitionArn=f"{OURS}backup:1"), False),
    (SUPERVISED, outcome("Succeeded"), True),
    *((SUPERVISED, outcome(other), False) for other in ("Failed", "TimedOut", "Replaced", "Skipped")),
    (SUPERVISED, outcome("Succeeded", prefix="shop-dev-eu"), False),
    (SUPERVISED, outcome("Succeeded", group="backup-2"), False),
    (SUPERVISED, event(container(), group="supervised:backup"), False),
]


def test_only_successes_of_the_task_match():
    answers = event_ruler.matches((pattern(upstream), found) for upstream, found, _ in EVENTS)
    wrong = [each for each, answer in zip(EVENTS, answers, strict=True) if answer != each[2]]
    assert wrong == []


def test_the_facts_about_a_task():
    task, _ = checked_task("backup", {"image": "a:1", "schedule": "rate(1 day)", "timeout": "1h"})
    assert upstream_reference(task) == {**SUPERVISED, "container": "main"}
    existing, _ = checked_task("r", {"task_definition": "reports:3", "schedule": "rate(1 day)", "cluster": "batch"})
    assert upstream_reference(existing) == {**EXISTING, "cluster": "batch"}


MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:etl"


def execution(status: str, machine: str = MACHINE) -> dict[str, Any]:
    """An event of Step Functions. AWS: Step Functions developer guide, "EventBridge events for Step Functions execution
    status changes"."""
    detail = {"stateMachineArn": machine, "executionArn": f"{machine}:1", "status": status}
    kind = "Step Functions Execution Status Change"
    return {**event(), "source": "aws.states", "detail-type": kind, "detail": detail}


def upstream_of(**args: Any) -> UpstreamReference | None:
    call, problems = checked_call("backup", {"schedule": "rate(1 day)", **args})
    assert problems == []
    return upstream_call(call, NAMES, ACCOUNT)


def test_a_success_of_the_work_of_a_call_starts_a_run():
    found = upstream_of(execute={"state_machine": "etl"})
    assert found is not None
    assert run_path(found) == "$.detail.executionArn"
    events = [execution(status) for status in ("SUCCEEDED", "FAILED", "RUNNING")] + [
        execution("SUCCEEDED", f"{MACHINE}-2")
    ]
    assert event_ruler.matches((pattern(found), each) for each in events) == [True, False, False, False]


def test_a_call_whose_end_nothing_reports_starts_none():
    assert upstream_of(invoke={"function": "report"}) is None
    kept = upstream_of(snapshot={"database": "orders", "keep": 7})
    assert kept == SUPERVISED, "its state machine reports its outcome"


INPUT = {"schedule": "report", "time": "<aws.scheduler.scheduled-time>", "overrides": {}, "after": "backup"}


def test_the_input_has_the_time_of_the_event_and_the_run_that_succeeded():
    message = start_message(INPUT, run="$.detail.taskArn", schedule_arn=SCHEDULE)
    assert message["input_template"] == (
        '{"after":"backup","overrides":{},"schedule":"report","time":"<time>","upstream":"<run>"}'
    )
    assert message["input_paths"] == {"time": "$.time", "event": "$.id", "run": "$.detail.taskArn"}
    made = json.loads(transformed_json(message["input_template"], message["input_paths"], event(container())))
    assert made == {
        **INPUT,
        "time": "2026-11-24T03:07:12Z",
        "upstream": f"{HOME}:task/main/0123456789abcdef0123456789abcdef",
    }
    assert run_path(SUPERVISED) == "$.detail.executionArn"
    assert run_path({**PLAIN, "work": "$.detail.jobId"}) == "$.detail.jobId"


TEXTS = [
    "<aws.scheduler.execution-id> <aws.scheduler.attempt-number>",
    "<aws.scheduler.schedule-arn>",
    'a<b>c <time> <run> \\<x> "<" é',
    "<aws.scheduler.unknown>",
]


@pytest.mark.parametrize("text", TEXTS)
def test_values_with_angle_brackets_reach_the_run_as_they_are(text: str):
    """EventBridge takes them for variables, and refuses targets with unknown ones. AWS: Amazon EventBridge user guide,
    "Input transformation"."""
    message = start_message({**INPUT, "overrides": {"Command": [text]}}, run="$.detail.taskArn", schedule_arn=SCHEDULE)
    target = {
        "Id": "a",
        "Arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:a",
        "RoleArn": "arn:aws:iam::123456789012:role/a",
        "InputTransformer": {"InputPathsMap": message["input_paths"], "InputTemplate": message["input_template"]},
    }
    assert rule_problems("events", "PutTargets", {"Rule": "a", "Targets": [target]}) == []
    made = json.loads(transformed_json(message["input_template"], message["input_paths"], event(container())))
    expected = (
        text.replace("<aws.scheduler.execution-id>", event()["id"])
        .replace("<aws.scheduler.attempt-number>", "1")
        .replace("<aws.scheduler.schedule-arn>", SCHEDULE)
    )
    assert made["overrides"]["Command"] == [expected]
