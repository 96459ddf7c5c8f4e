"""`history` of a call shows the ends of the work that it starts, from the outcome logs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ops.aws.schedules import Schedule
from ops.output import short_time
from ops.runs.call_runs import Work, run_of, runs_of_work, work_of
from ops.runs.outcome_logs import EndOfWork
from sandbox.moto_insights import discovered_fields
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
def test_the_work_of_a_deployed_call_is_known(name: str, work: tuple[str, dict[str, str]] | None):
    assert work_of(schedule(EVERY[name])) == (Work(*work) if work else None)


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


def test_calls_that_start_the_same_work_share_its_ends():
    ends = [EndOfWork(event, outcome) for _, event, outcome in CASES if outcome]
    glue = Work("aws.glue", {"jobName": "nightly"})
    work = {
        "a": glue,
        "b": glue,
        "c": Work("aws.batch", {"jobName": "nightly"}),
        "d": Work("aws.glue", {"jobName": "x"}),
    }
    found = list(runs_of_work([*ends, *ends], work))
    assert {task: [run.id for run in found if run.task == task] for task in work} == {
        "a": ["jr_abc"], "b": ["jr_abc"], "c": ["4c7599ae"], "d": [],
    }  # fmt: skip


def last_runs(rows: list[dict[str, Any]]) -> dict[str, tuple[str, str] | None]:
    return {row["task"]: (row["lastRun"]["id"], row["lastRun"]["outcome"]) if row["lastRun"] else None for row in rows}


def test_status_shows_the_last_work_of_a_call(deployed: Deployed, ops: Ops):
    """A state machine is known from the list of schedules, so that no schedule is read for it."""
    deploy(deployed, "execute")
    event = next(event for kind, event, outcome in CASES if (kind, outcome) == ("states", "failed"))
    answer = {"status": "Complete", "results": [row({**event, "time": "2026-11-27T20:05:00Z"}, "failed")]}
    deployed.cloud.answer("cloudwatch-logs.StartQuery", *[{"queryId": "a"}] * 2)
    deployed.cloud.answer("cloudwatch-logs.GetQueryResults", *[answer] * 2)
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    assert last_runs(found["tasks"])["job"] == ("a", "failed")
    assert not any("work" in sentence for sentence in found["unknown"])
    lines = ops("status", "--stack", "test").stdout.splitlines()
    time = short_time(datetime(2026, 11, 27, 20, 5, tzinfo=UTC))
    assert any(line.startswith("job ") and time in line and "failed: FAILED" in line for line in lines), lines


def test_status_says_which_work_it_does_not_know(deployed: Deployed, ops: Ops):
    deploy(deployed, "run a Glue job")
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    assert "The last work of 1 call was not read. The configuration doesn't have them." in found["unknown"]


def test_status_tells_calls_without_reports_from_calls_that_did_not_run(deployed: Deployed, ops: Ops):
    deploy(deployed, "stop a database")
    [line] = [line for line in ops("status", "--stack", "test").stdout.splitlines() if line.startswith("job ")]
    assert "not reported" in line


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder without a project."""
    return tmp_path_factory.mktemp("elsewhere")


WORKS = {"states": "execute", "batch": "submit a job", "glue": "run a Glue job", "codebuild": "build", "codepipeline": "start a pipeline"}  # fmt: skip


@pytest.mark.parametrize("name", WORKS)
def test_the_board_reads_the_same_work_as_history(
    deployed: Deployed, ops: Ops, name: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
):
    """The board reads only some fields of successes, which CloudWatch Logs returns by name."""
    monkeypatch.chdir(elsewhere)
    deploy(deployed, WORKS[name])
    event = next(event for kind, event, outcome in CASES if (kind, outcome) == (name, "succeeded"))
    event = {**event, "time": "2026-11-27T20:05:00Z"}
    discovered = discovered_fields(json.dumps(event))
    fields: list[str] = []

    def start(request: dict[str, Any]) -> dict[str, str]:
        query = request["queryString"]
        if "jobRunId" in query:
            fields[:] = [field.strip("`") for field in query.removeprefix("fields ").split(" | ")[0].split(", ")]
        return {"queryId": "succeeded" if "jobRunId" in query else "other"}

    def results(request: dict[str, Any]) -> dict[str, Any]:
        found = [{"field": field, "value": discovered[field]} for field in fields if field in discovered]
        return {"status": "Complete", "results": [found] if request["queryId"] == "succeeded" else []}

    deployed.cloud.answer_each("cloudwatch-logs.StartQuery", start)
    deployed.cloud.answer_each("cloudwatch-logs.GetQueryResults", results)
    board = json.loads(ops("board", "--group", deployed.names.schedule_group, "--region", REGION, "--json").stdout)
    [task] = [task for task in board["stacks"][0]["tasks"] if task["task"] == "job"]
    expected = run_of(event, "job", "succeeded")
    assert [(run["id"], run["outcome"], run["stopped"]) for run in task["runs"]] == [
        (expected.id, "succeeded", "2026-11-27T20:05:00Z")
    ]
    assert task["missedRuns"] == []
