"""The scheduled times of the past, and their runs."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.schedules import ON_DEMAND
from ops.aws.schedules import Schedule
from ops.backfill.times import MOST, latest_start, scheduled_times, with_outcomes
from ops.errors import OpsError
from ops.runs.marks import mark_of, marked_time
from ops.runs.records import HAND, SCHEDULE, Run
from ops.runs.request import started_by

DAY = datetime(2026, 11, 24, 3, tzinfo=UTC)
TIMES = [DAY + timedelta(days=number) for number in range(3)]
LATER = DAY + timedelta(days=9)


def schedule(expression: str = "cron(0 3 * * ? *)", **changes: Any) -> Schedule:
    target = {"Arn": "arn:aws:ecs:eu-west-1:1:cluster/main", "RetryPolicy": {"MaximumEventAgeInSeconds": 3600}}
    given: dict[str, Any] = {
        "name": "etl",
        "arn": "arn",
        "timezone": "UTC",
        "enabled": True,
        "target": target,
        **changes,
    }
    return Schedule(expression=expression, **given)


def run(outcome: str = "succeeded", started: datetime = DAY, **changes: Any) -> Run:
    given: dict[str, Any] = {"id": "a", "task": "etl", "outcome": outcome, "started": started, "by": SCHEDULE}
    return Run(**{**given, **changes})


def outcomes(*runs: Run, **changes: Any) -> list[str]:
    return [found.outcome for found in with_outcomes(TIMES, runs, schedule(**changes), LATER)]


@pytest.mark.parametrize(
    ("runs", "first"),
    [
        ([], "missed"),
        ([run()], "succeeded"),
        ([run("failed")], "failed"),
        ([run("skipped")], "skipped"),
        ([run("running")], "running"),
        ([run("failed", DAY + timedelta(minutes=9)), run()], "succeeded"),
        ([run(started=DAY + timedelta(minutes=74))], "succeeded"),
        ([run(started=DAY + timedelta(minutes=76))], "missed"),
        ([run(started=DAY - timedelta(seconds=1))], "missed"),
        ([run(schedule="etl")], "succeeded"),
        ([run(schedule="etl__weekly")], "missed"),
        ([run(by=HAND)], "missed"),
        ([run(by="ada")], "missed"),
        ([run(started=LATER, by="ada", for_time=DAY)], "succeeded"),
        ([run("failed", LATER, by=HAND, for_time=DAY)], "failed"),
    ],
    ids=str,
)
def test_a_time_has_the_run_that_started_for_it(runs: list[Run], first: str):
    """An hour of launch retries, and 15 minutes until the container starts."""
    assert outcomes(*runs) == [first, "missed", "missed"]


def test_a_time_whose_launch_is_still_retried_is_pending():
    late = latest_start(schedule())
    assert late == timedelta(hours=1, minutes=15)
    for enabled, now, outcome in (
        (True, DAY + late - timedelta(seconds=1), "pending"),
        (True, DAY + late, "missed"),
        (False, DAY, "missed"),
    ):
        [found] = with_outcomes([DAY], [], schedule(enabled=enabled), now)
        assert (found.outcome, found.is_open) == (outcome, outcome == "missed")


def test_a_flexible_window_and_the_retries_of_aws_make_it_later():
    """AWS: EventBridge Scheduler API reference, RetryPolicy: the default of MaximumEventAgeInSeconds is 86400."""
    assert latest_start(schedule(window_minutes=30, target={"Arn": "x"})) == timedelta(days=1, minutes=45)


@given(st.lists(st.tuples(st.sampled_from(["succeeded", "failed", "running"]), st.integers(-100, 5000)), max_size=9))
def test_a_time_is_never_run_again_after_a_success(made: list[tuple[str, int]]):
    runs = [run(outcome, DAY + timedelta(minutes=minutes)) for outcome, minutes in made]
    found = with_outcomes(TIMES, runs, schedule(), LATER)
    assert [each.time for each in found] == TIMES
    for each in found:
        own = [it.outcome for it in runs if it.started and each.time <= it.started < each.time + timedelta(minutes=75)]
        assert each.is_open == (not {"succeeded", "running"} & set(own))


def test_the_times_of_a_pause_count():
    assert scheduled_times(schedule(enabled=False), DAY, DAY + timedelta(days=2)) == TIMES


@pytest.mark.parametrize(
    ("expression", "told"),
    [(ON_DEMAND, "no scheduled times"), ("rate(6 hours)", "from its deployment"), ("cron(* * * * ? *)", str(MOST))],
)
def test_times_that_are_not_known_are_refused(expression: str, told: str):
    with pytest.raises(OpsError, match=told):
        scheduled_times(schedule(expression), DAY, LATER)


def test_a_mark_fits_what_aws_accepts():
    """AWS: botocore ecs, RunTaskRequest.startedBy: up to 128 letters, numbers, `-`, `/` and `_`; Step Functions API
    reference, StartExecution, name: 1 to 80 characters, and letters, numbers, `-` and `_` for CloudWatch Logs."""
    assert re.fullmatch(r"[A-Za-z0-9/_-]{1,128}", started_by("ä" * 200, mark_of(DAY)))
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", f"manual-{'0' * 8}-{mark_of(DAY)}")


def test_a_mark_is_read_back():
    assert marked_time(f"ops/ada/{mark_of(DAY)}") == marked_time(f"manual-0f0f0f0f-{mark_of(DAY)}") == DAY
    for other in ("ops/ada", "ops/ada/4f6c", "chronos-schedule/for-backup", "manual-for-20261399T000000Z", ""):
        assert marked_time(other) is None
