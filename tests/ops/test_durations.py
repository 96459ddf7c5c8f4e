"""The usual duration of runs, and runs that take longer."""

from datetime import UTC, datetime, timedelta

import pytest

from ops.runs.durations import is_slow, usual_duration
from ops.runs.records import Run
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def run(minutes: float | None, outcome: str = "succeeded") -> Run:
    start = NOW - timedelta(hours=9)
    return Run("a", "etl", outcome, start, None if minutes is None else start + timedelta(minutes=minutes))


def test_the_usual_duration_is_the_median_of_the_runs_that_succeeded():
    assert usual_duration([run(1), run(2), run(60), run(500, "failed"), run(None)]) == timedelta(minutes=2)
    assert usual_duration([run(5, "failed")]) is None


@pytest.mark.parametrize(
    ("minutes", "usual", "slow"), [(21, 10, True), (20, 10, False), (6.5, 1, True), (6, 1, False), (3, None, False)]
)
def test_a_slow_run_takes_twice_as_long_and_five_minutes_more(minutes: float, usual: float | None, slow: bool):
    expected = None if usual is None else timedelta(minutes=usual)
    assert is_slow(run(minutes), expected, NOW) == slow
    assert is_slow(run(minutes, "failed"), expected, NOW) == slow


def test_a_run_that_is_still_running_can_be_slow():
    running = run(None, "running")
    assert is_slow(running, timedelta(hours=4), NOW)
    assert not is_slow(running, timedelta(hours=5), NOW)


def test_history_shows_the_usual_duration_and_slow_runs(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    share_session(monkeypatch)
    for number, minutes in enumerate((4, 4, 4, 30)):
        stopped = datetime.now(UTC) - timedelta(hours=number)
        started = (stopped - timedelta(minutes=minutes)).isoformat()
        arn = f"arn:aws:ecs:eu-west-1:123456789012:task/x/{number}"
        deployed.outcome("succeeded", stopped, taskArn=arn, group="etl", startedAt=started)
    result = ops("history", "etl")
    assert "Usual duration: 4 min (median of 4 runs that succeeded)." in result.stderr
    assert [("longer than usual" in line) for line in result.stdout.splitlines()[1:]] == [False, False, False, True]
