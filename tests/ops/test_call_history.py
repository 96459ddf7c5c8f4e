"""`history` of a call shows the ends of the work that it starts, from the outcome logs."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ops.aws.schedules import Schedule
from ops.runs.call_runs import run_of, work_of
from tests.components.calls.test_kinds import EVERY
from tests.components.monitoring.test_call_events import CASES
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.test_called_resources import call_target

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nightly"


@pytest.fixture(autouse=True)
def _one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    share_session(monkeypatch)


def schedule(given: dict[str, Any]) -> Schedule:
    return Schedule("job", "arn", "rate(1 day)", "UTC", enabled=True, target=call_target(given))


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("execute", ("aws.states", {"stateMachineArn": MACHINE})),
        ("execute an alias", ("aws.states", {"stateMachineArn": MACHINE})),
        ("submit a job", ("aws.batch", {"jobName": "nightly"})),
        ("run a Glue job", ("aws.glue", {"jobName": "nightly"})),
        ("build", ("aws.codebuild", {"project-name": "nightly"})),
        ("start a pipeline", ("aws.codepipeline", {"pipeline": "release"})),
        ("stop a database", None),
        ("invoke", None),
    ],
)
def test_the_work_of_a_deployed_call_is_known(name: str, work: object):
    assert work_of(schedule(EVERY[name])) == work


def test_events_of_each_service_become_runs():
    for _, event, outcome in CASES:
        if outcome:
            run = run_of({**event, "time": "2026-11-27T20:05:00Z"}, "job", outcome)
            assert (run.task, run.outcome, bool(run.id)) == ("job", outcome, True)
            assert run.stopped == datetime(2026, 11, 27, 20, 5, tzinfo=UTC)
            assert bool(run.reason) == (outcome == "failed")


def row(event: dict[str, Any], outcome: str) -> list[dict[str, str]]:
    fields = {"@timestamp": "2026-11-27 20:05:00.000", "@message": json.dumps(event), "@log": f"{ACCOUNT}:/aws/events/x/{outcome}"}  # fmt: skip
    return [{"field": field, "value": value} for field, value in fields.items()]


def deploy(deployed: Deployed, name: str) -> None:
    deployed.cloud.client("scheduler").create_schedule(
        GroupName=deployed.names.schedule_group,
        Name="job",
        ScheduleExpression="cron(0 20 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=call_target(EVERY[name]),
    )


def test_history_shows_the_work_of_a_call(deployed: Deployed, ops: Ops):
    deploy(deployed, "run a Glue job")
    [failed, succeeded] = [next(event for kind, event, outcome in CASES if (kind, outcome) == ("glue", wanted)) for wanted in ("failed", "succeeded")]  # fmt: skip
    results = [row({**failed, "time": "2026-11-27T20:05:00Z"}, "failed"), row(succeeded, "succeeded"), [{"field": "@message", "value": "x"}]]  # fmt: skip
    deployed.cloud.answer("cloudwatch-logs.StartQuery", {"queryId": "a"})
    deployed.cloud.answer("cloudwatch-logs.GetQueryResults", {"status": "Complete", "results": results})
    result = ops("history", "job", "--json")
    assert result.exit_code == 0, result.output
    [run] = json.loads(result.stdout)
    # Both events have the same ID, and the newest counts.
    assert (run["id"], run["outcome"], run["reason"]) == ("jr_abc", "failed", "Job run succeeded")


def test_history_of_a_call_that_ends_at_once_is_refused(deployed: Deployed, ops: Ops):
    deploy(deployed, "stop a database")
    result = ops("history", "job")
    assert (result.exit_code, "makes an API call (rds:stopDBInstance)" in result.stderr) == (1, True)


def test_a_called_state_machine_is_not_a_supervised_run(deployed: Deployed, ops: Ops):
    """Its events have the name of a state machine, which can be that of a task."""
    event = next(event for kind, event, outcome in CASES if (kind, outcome) == ("states", "failed"))
    event = {**event, "detail": {**event["detail"], "stateMachineArn": MACHINE.replace("nightly", "other__etl")}}
    deployed.cloud.answer("cloudwatch-logs.StartQuery", {"queryId": "a"})
    deployed.cloud.answer("cloudwatch-logs.GetQueryResults", {"status": "Complete", "results": [row(event, "failed")]})
    result = ops("history", "etl", "--json")
    assert [run for run in json.loads(result.stdout) if run["outcome"] == "failed"] == []
