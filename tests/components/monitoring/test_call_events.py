"""Events about the ends of work that calls start: patterns, judged by AWS's event-ruler, and messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.calls.kinds import call_of
from components.calls.model import Call
from components.monitoring import call_events
from components.monitoring.events import FAILED, SUCCEEDED
from tests.components.calls.test_kinds import ACCOUNT, EVERY, arn, made
from tests.event_ruler import matches

CALLS: dict[str, Call] = {
    "states": made(EVERY["execute"]),
    "alias": made(EVERY["execute an alias"]),
    "batch": made(EVERY["submit a job"]),
    "glue": made(EVERY["run a Glue job"]),
    "codebuild": made(EVERY["build"]),
    "codepipeline": made(EVERY["start a pipeline"]),
}
MACHINE = arn("states", "stateMachine:nightly")


def states(status: str, **detail: Any) -> dict[str, Any]:
    # https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    execution = MACHINE.replace("stateMachine", "execution") + ":a"
    found = {"executionArn": execution, "stateMachineArn": MACHINE, "name": "a", "status": status, "error": None, "cause": None, **detail}  # fmt: skip
    return {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": found}


def batch(status: str, **detail: Any) -> dict[str, Any]:
    # https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html
    found = {"jobName": "nightly", "jobId": "4c7599ae", "jobQueue": arn("batch", "job-queue/default"), "status": status, "attempts": [], "createdAt": 1641944200058, "jobDefinition": arn("batch", "job-definition/nightly:3"), **detail}  # fmt: skip
    return {"source": "aws.batch", "detail-type": "Batch Job State Change", "detail": found}


def glue(status: str, **detail: Any) -> dict[str, Any]:
    # https://docs.aws.amazon.com/glue/latest/dg/automating-awsglue-with-cloudwatch-events.html
    found = {"jobName": "nightly", "severity": "INFO", "state": status, "jobRunId": "jr_abc", "message": "Job run succeeded", **detail}  # fmt: skip
    return {"source": "aws.glue", "detail-type": "Glue Job State Change", "resources": [], "detail": found}


def build(status: str, **detail: Any) -> dict[str, Any]:
    # https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html
    found = {"build-status": status, "project-name": "nightly", "build-id": arn("codebuild", "build/nightly:ed6aa685"), "current-phase": "COMPLETED", "current-phase-context": "[]", "version": "1", **detail}  # fmt: skip
    return {"source": "aws.codebuild", "detail-type": "CodeBuild Build State Change", "detail": found}


def pipeline(status: str, **detail: Any) -> dict[str, Any]:
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    found = {"pipeline": "release", "version": 1, "state": status, "execution-id": "c776b515", **detail}
    return {
        "source": "aws.codepipeline",
        "detail-type": "CodePipeline Pipeline Execution State Change",
        "detail": found,
    }


CASES: list[tuple[str, dict[str, Any], str]] = [
    *[("states", states(status), FAILED) for status in ("FAILED", "TIMED_OUT", "ABORTED")],
    ("states", states("SUCCEEDED"), SUCCEEDED),
    ("alias", states("SUCCEEDED", stateMachineAliasArn=f"{MACHINE}:PROD"), SUCCEEDED),
    ("states", states("RUNNING"), ""),
    ("states", states("FAILED", stateMachineArn=f"{MACHINE}2"), ""),
    ("batch", batch("FAILED", statusReason="Essential container in task exited"), FAILED),
    ("batch", batch("SUCCEEDED"), SUCCEEDED),
    *[("batch", batch(status), "") for status in ("RUNNABLE", "STARTING", "RUNNING")],
    ("batch", batch("FAILED", jobName="weekly"), ""),
    ("batch", batch("FAILED", jobQueue=arn("batch", "job-queue/other")), ""),
    *[("glue", glue(status), FAILED) for status in ("FAILED", "TIMEOUT", "STOPPED")],
    ("glue", glue("SUCCEEDED"), SUCCEEDED),
    ("glue", glue("FAILED", jobName="weekly"), ""),
    *[("codebuild", build(status), FAILED) for status in ("FAILED", "FAULT", "STOPPED", "TIMED_OUT")],
    ("codebuild", build("SUCCEEDED"), SUCCEEDED),
    ("codebuild", build("IN_PROGRESS"), ""),
    ("codebuild", build("FAILED", **{"project-name": "weekly"}), ""),
    *[("codepipeline", pipeline(status), FAILED) for status in ("CANCELED", "FAILED", "STOPPED")],
    ("codepipeline", pipeline("SUCCEEDED"), SUCCEEDED),
    *[("codepipeline", pipeline(status), "") for status in ("STARTED", "RESUMED", "SUPERSEDED", "STOPPING")],
    ("codepipeline", pipeline("FAILED", pipeline="other"), ""),
]  # fmt: skip


@pytest.mark.timeout(240)
def test_each_event_matches_the_pattern_of_its_outcome():
    asked = [
        (call_events.pattern(CALLS[name], outcome), event)
        for name, event, _ in CASES
        for outcome in (FAILED, SUCCEEDED)
    ]
    answers = matches(asked)
    pairs = zip(CASES, zip(answers[::2], answers[1::2], strict=True), strict=True)
    expected = {FAILED: (True, False), SUCCEEDED: (False, True), "": (False, False)}
    wrong = [(name, event["detail"], found) for (name, event, outcome), found in pairs if found != expected[outcome]]
    assert wrong == []


@pytest.mark.parametrize("name", CALLS)
def test_messages_name_the_call_the_status_and_the_work(name: str):
    message = call_events.failure_message(
        CALLS[name], task="nightly-job", prefix="shop-dev", schedule_group="shop-dev", region="eu-west-1"
    )
    template = message["input_template"]
    assert all(json.loads(line) for line in template.splitlines())
    assert "nightly-job" in template
    for command in ("history", "run"):
        assert f"scheduled-tasks {command} nightly-job --group shop-dev --region eu-west-1" in template
    used = {part.split(">")[0] for part in template.split("<")[1:]}
    assert used == message["input_paths"].keys()
    # The paths exist in the events.
    event = next(event for kind, event, _ in CASES if kind == name)
    for path in message["input_paths"].values():
        found: Any = event | {"time": "2026-11-27T20:00:00Z"}
        for part in path.removeprefix("$.").split("."):
            assert part in found or part == "statusReason", path
            found = found.get(part)


def test_work_that_is_known_only_at_run_time_is_not_watched():
    given = {"call": "glue:startJobRun", "with_": {"jobName": "load-<aws.scheduler.execution-id>"}, "resources": ["*"], "because": "x"}  # fmt: skip
    assert call_events.watched(call_of(given, ACCOUNT, "u")) is None
    assert call_events.watched(made(EVERY["invoke"])) is None
    direct = {"call": "sfn:startExecution", "with_": {"stateMachineArn": MACHINE}}
    assert call_events.watched(call_of(direct, ACCOUNT, "u")) == {"stateMachineArn": MACHINE}


def test_successes_are_counted_by_the_members_of_the_event():
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    assert call_events.success_filter(CALLS["codebuild"]) == (
        '{ ($.source = "aws.codebuild") && ($.detail.project-name = "nightly") }'
    )
