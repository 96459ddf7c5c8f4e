"""`scheduled-tasks backfill`."""

import json
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer

from ops.commands import backfill, confirming
from ops.runs import following
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import supervise

ETL = timedelta(hours=6)
"""The interval of the task `etl`, counted from 2026-11-01T00:00:00Z."""


@pytest.fixture(autouse=True)
def _one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    share_session(monkeypatch)


def times(count: int) -> list[datetime]:
    """The last scheduled times of `etl` whose launch is no longer retried, oldest first."""
    start = datetime(2026, 11, 1, tzinfo=UTC)
    last = start + ETL * ((datetime.now(UTC) - timedelta(hours=2) - start) // ETL)
    return [last - ETL * number for number in reversed(range(count))]


def text(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def fill(ops: Ops, wanted: list[datetime], *more: str) -> Any:
    return ops("backfill", "etl", "--from", text(wanted[0]), "--to", text(wanted[-1]), *more)


def scheduled_time(request: dict[str, Any]) -> str:
    [container] = request["overrides"]["containerOverrides"]
    return {pair["name"]: pair["value"] for pair in container["environment"]}["SCHEDULED_TIME"]


def succeeded(deployed: Deployed, time: datetime) -> None:
    arn = f"arn:aws:ecs:eu-west-1:123456789012:task/x/{time:%d%H}"
    deployed.outcome(
        "succeeded", time + timedelta(minutes=3), taskArn=arn, group="etl", startedBy="chronos-schedule/etl"
    )


def exit_with(deployed: Deployed, *codes: int) -> None:
    """Let runs end with these codes, in the order of their starts."""

    def end(_: Any) -> None:
        for task, code in zip(deployed.cloud.tasks(), codes, strict=False):
            task.containers[0].exitCode = code

    deployed.cloud.rules.append(("ecs.DescribeTasks", end))


def test_the_variable_of_normal_runs_has_the_time_that_was_missed(deployed: Deployed, ops: Ops):
    """docs/schedules.md says how normal runs get the variable."""
    scheduler, group = deployed.cloud.client("scheduler"), deployed.names.schedule_group
    schedule = scheduler.get_schedule(GroupName=group, Name="etl")
    own = [{"name": "SCHEDULED_TIME", "value": "<aws.scheduler.scheduled-time>"}]
    target = {
        **schedule["Target"],
        "Input": json.dumps({"containerOverrides": [{"name": "main", "environment": own}]}),
    }
    kept = {key: schedule[key] for key in ("ScheduleExpression", "FlexibleTimeWindow", "StartDate") if key in schedule}
    scheduler.update_schedule(GroupName=group, Name="etl", State="ENABLED", **kept, Target=target)
    wanted = times(2)
    assert fill(ops, wanted, "--yes").exit_code == 0
    requests = deployed.cloud.requests
    variables = [request["overrides"]["containerOverrides"][0]["environment"] for request in requests]
    assert variables == [[{"name": "SCHEDULED_TIME", "value": text(time)}] for time in wanted]


def test_it_runs_the_times_without_a_success_oldest_first(deployed: Deployed, ops: Ops):
    wanted = times(4)
    succeeded(deployed, wanted[1])
    result = fill(ops, wanted, "--yes", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [each["outcome"] for each in found["times"]] == ["missed", "succeeded", "missed", "missed"]
    open_times = [text(wanted[0]), text(wanted[2]), text(wanted[3])]
    assert [scheduled_time(request) for request in deployed.cloud.requests] == open_times
    assert [each["run"]["outcome"] for each in found["runs"]] == ["succeeded"] * 3


def test_a_second_backfill_finds_nothing_to_run(deployed: Deployed, ops: Ops):
    assert fill(ops, times(3), "--yes").exit_code == 0
    again = fill(ops, times(3), "--yes")
    assert (again.exit_code, len(deployed.cloud.requests)) == (0, 3)
    assert "etl has nothing to run from" in again.stderr


def test_history_tells_the_time_of_each_run(deployed: Deployed, ops: Ops):
    wanted = times(2)
    fill(ops, wanted, "--yes")
    found = json.loads(ops("history", "etl", "--json").stdout)
    assert sorted(run["forTime"] for run in found) == [text(each) for each in wanted]


def test_a_dry_run_shows_the_times_and_starts_nothing(deployed: Deployed, ops: Ops):
    result = fill(ops, times(2), "--dry-run")
    assert (result.exit_code, deployed.cloud.requests) == (0, [])
    assert [line.split()[-1] for line in result.stdout.splitlines()[1:]] == ["missed", "missed"]


def test_it_asks_before_it_starts_anything(deployed: Deployed, ops: Ops):
    result = fill(ops, times(2))
    assert (result.exit_code, deployed.cloud.requests) == (1, [])
    assert "Pass --yes" in result.stderr


@pytest.mark.parametrize(("error", "exit_code"), [(KeyboardInterrupt, 130), (EOFError, 1)])
def test_an_interrupted_question_starts_nothing(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], exit_code: int
):
    def ask(_: str) -> bool:
        try:
            raise error
        except BaseException:
            raise typer.Abort from None

    monkeypatch.setattr(confirming, "_is_terminal", lambda: True)
    monkeypatch.setattr(confirming, "confirm", ask)
    result = fill(ops, times(2))
    assert (result.exit_code, deployed.cloud.requests) == (exit_code, [])
    assert "Nothing was started." in result.stderr


def test_it_ends_after_a_run_that_failed(deployed: Deployed, ops: Ops):
    exit_with(deployed, 0, 1)
    result = fill(ops, times(4), "--yes")
    assert (result.exit_code, len(deployed.cloud.requests)) == (1, 2)
    assert "1 run succeeded, 1 failed." in result.stderr
    assert "2 times left, because a run failed. To continue, run the same command again." in result.stderr


def test_it_continues_if_asked_to(deployed: Deployed, ops: Ops):
    exit_with(deployed, 1)
    result = fill(ops, times(3), "--yes", "--keep-going")
    assert (result.exit_code, len(deployed.cloud.requests)) == (1, 3)


def test_a_failed_run_is_run_again(deployed: Deployed, ops: Ops):
    exit_with(deployed, 1)
    fill(ops, times(1), "--yes")
    deployed.cloud.rules.clear()
    assert fill(ops, times(1), "--yes").exit_code == 0
    assert len(deployed.cloud.requests) == 2


def test_runs_start_side_by_side(deployed: Deployed, ops: Ops):
    running: list[int] = []
    deployed.cloud.rules.append(("ecs.DescribeTasks", lambda _: running.append(len(deployed.cloud.requests))))
    assert fill(ops, times(5), "--yes", "--parallel", "3").exit_code == 0
    assert (running[0], len(deployed.cloud.requests)) == (3, 5)


@pytest.mark.parametrize("overlap", ["forbid", "queue", "replace"])
def test_runs_of_a_task_that_allows_one_do_not_start_side_by_side(deployed: Deployed, ops: Ops, overlap: str):
    """They would skip each other, and each would stop the one before with `replace`."""
    supervise(deployed, "etl", overlap=overlap, timeout="1h")
    result = fill(ops, times(3), "--yes", "--parallel", "2")
    assert result.exit_code == 1
    assert (
        f"etl allows one run at a time (overlap: {overlap}), so --parallel 2 would skip or stop runs." in result.stderr
    )
    assert "stepfunctions.StartExecution" not in deployed.cloud.calls


def test_runs_of_a_supervised_task_that_may_overlap_start_side_by_side(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl", timeout="1h")
    assert fill(ops, times(2), "--dry-run", "--parallel", "2").exit_code == 0


def test_a_refused_launch_ends_it_after_the_others(deployed: Deployed, ops: Ops):
    def refuse(_: Any) -> None:
        if len(deployed.cloud.requests) > 1:
            deployed.cloud.refuse("ecs.RunTask", "ClientException", "TaskDefinition is inactive")

    deployed.cloud.rules.append(("ecs.DescribeTasks", refuse))
    result = fill(ops, times(4), "--yes", "--parallel", "2", "--json")
    assert (result.exit_code, "TaskDefinition is inactive" in result.stderr) == (1, True)
    assert len(json.loads(result.stdout)["runs"]) == 2


def test_an_interrupted_backfill_is_continued(deployed: Deployed, ops: Ops):
    def interrupt(_: Any) -> None:
        if len(deployed.cloud.requests) == 2:
            deployed.cloud.rules.clear()
            signal.raise_signal(signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        deployed.cloud.rules.append(("ecs.DescribeTasks", interrupt))
        result = fill(ops, times(4), "--yes")
        assert result.exit_code == 130
        assert "Interrupted. The current runs continue: " in result.stderr
        assert fill(ops, times(4), "--yes").exit_code == 0
    finally:
        signal.signal(signal.SIGTERM, before)
    assert sorted(map(scheduled_time, deployed.cloud.requests)) == [text(time) for time in times(4)]


def test_runs_continue_if_they_can_no_longer_be_followed(deployed: Deployed, ops: Ops):
    deployed.cloud.refuse("ecs.DescribeTasks", "AccessDeniedException")
    result = fill(ops, times(2), "--yes")
    assert (result.exit_code, len(deployed.cloud.requests)) == (1, 1)
    assert "The current runs continue: " in result.stderr


def test_a_run_without_any_change_is_not_followed_forever(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(following, "IDLE_SECONDS", -1)
    monkeypatch.setattr(following, "PENDING_SECONDS", -1)
    result = fill(ops, times(2), "--yes")
    assert (result.exit_code, len(deployed.cloud.requests)) == (1, 1)
    assert "It is not known how it ends." in result.stderr


def test_a_supervised_task_runs_in_its_state_machine(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    fill(ops, times(1), "--yes", "--dry-run")
    [wanted] = times(1)
    deployed.cloud.answer(
        "sfn.DescribeExecution",
        *[{"executionArn": "x", "stateMachineArn": "y", "status": "SUCCEEDED", "startDate": 1.0, "stopDate": 2.0}] * 2,
    )
    assert fill(ops, [wanted], "--yes").exit_code == 0
    [request] = deployed.cloud.requests
    assert request["name"].endswith(f"-for-{wanted:%Y%m%dT%H%M%SZ}")
    assert text(wanted) in request["input"]


def test_unknown_outcomes_are_refused(deployed: Deployed, ops: Ops):
    deployed.cloud.client("logs").delete_log_group(logGroupName=deployed.names.outcome_log_group("succeeded"))
    result = fill(ops, times(2), "--yes")
    assert (result.exit_code, deployed.cloud.requests) == (1, [])
    assert "So it is not known which times have succeeded." in result.stderr


def test_a_wrong_time_is_a_usage_error(deployed: Deployed, ops: Ops):
    for wrong in (("--from", "yesterday"), ("--from", "2026-11-20T00:00:00Z", "--to", "2026-11-19T00:00:00Z")):
        assert ops("backfill", "etl", *wrong).exit_code == 2
    assert ops("backfill", "etl").exit_code == 2


def test_no_run_of_another_schedule_counts(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backfill, "schedules_of", lambda *_: [1, 2])
    [wanted] = times(1)
    arn = "arn:aws:ecs:eu-west-1:123456789012:task/x/1"
    deployed.outcome("succeeded", wanted, taskArn=arn, group="etl")
    result = fill(ops, [wanted], "--yes")
    assert (result.exit_code, deployed.cloud.requests) == (1, [])
    assert "has several schedules, and its runs don't tell theirs" in result.stderr
