"""The marks of scheduled times without a run."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from components.monitoring.events import FAILED, SUCCEEDED
from ops.aws.schedules import Schedule
from ops.board.data import board_data
from ops.board.json_output import json_data
from ops.board.missed import missed_times
from ops.runs.records import HAND, REPLACED, SCHEDULE, SKIPPED, Run
from ops.state.rows import Row, Source
from tests.ops.board.example import NOW, PERIOD, Example, plan

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:scheduled-tasks-prod__a"
DAILY = Schedule(
    "a", "arn:aws:scheduler:eu-west-1:123456789012:schedule/scheduled-tasks-prod/a", "cron(0 6 * * ? *)", "UTC", True,
    {"Arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main", "RetryPolicy": {"MaximumEventAgeInSeconds": 3600}},
    modified=NOW - timedelta(days=60),
)  # fmt: skip
TIMES = [NOW.replace(hour=6, minute=0) - timedelta(days=days) for days in range(6, -1, -1)]
"""The times of the last seven days, at 06:00. It is 08:12 now."""


def run(time: datetime, outcome: str = SUCCEEDED, by: str = SCHEDULE, **given: Any) -> Run:
    started = time + timedelta(seconds=40)
    return Run(f"{time:%d}", "a", outcome, started, started + timedelta(minutes=5), by=by, **given)


def missed(schedule: Schedule, runs: list[Run]) -> list[datetime]:
    found = missed_times(Source("a", schedule.enabled, schedule), runs, PERIOD)
    return [
        datetime.fromtimestamp(first + step * position, NOW.tzinfo)
        for first, step, count in found
        for position in range(count)
    ]


def test_a_time_without_a_run_is_missed():
    runs = [run(time) for time in TIMES if time not in (TIMES[1], TIMES[2], TIMES[5])]
    assert missed(DAILY, runs) == [TIMES[1], TIMES[2], TIMES[5]]


@pytest.mark.parametrize("outcome", [FAILED, SKIPPED, REPLACED])
def test_a_run_that_did_not_succeed_is_no_missed_run(outcome: str):
    assert missed(DAILY, [run(time, outcome) for time in TIMES]) == []


def test_a_run_by_hand_counts_only_for_the_time_that_a_backfill_ran():
    others = [run(time) for time in TIMES[1:]]
    assert missed(DAILY, [*others, run(TIMES[0], by=HAND)]) == [TIMES[0]]
    assert missed(DAILY, [*others, run(NOW, by=HAND, for_time=TIMES[0])]) == []


def test_a_run_that_can_still_start_is_not_missed():
    late = replace(DAILY, target={**DAILY.target, "RetryPolicy": {"MaximumEventAgeInSeconds": 4 * 3600}})
    assert missed(late, [run(time) for time in TIMES[:-1]]) == []
    assert missed(DAILY, [run(time) for time in TIMES[:-1]]) == [TIMES[-1]]


@pytest.mark.parametrize(
    "other",
    [
        replace(DAILY, modified=None),
        replace(DAILY, modified=NOW - timedelta(hours=1)),
        replace(DAILY, enabled=False),
        replace(DAILY, expression="rate(6 hours)"),
        replace(DAILY, expression="cron(* * * * ? *)"),
        replace(DAILY, start=NOW),
    ],
)
def test_times_that_are_not_known_are_not_missed(other: Schedule):
    """Before its last change, a schedule can have had other times. The times of a rate without a start are estimates."""
    assert missed(other, []) == []


def test_a_schedule_of_the_configuration_has_no_missed_times():
    source = Source("a", True, plan("a", "cron(0 6 * * ? *)"))
    assert missed_times(source, [], PERIOD) == []


def stack(schedule: Schedule) -> Example:
    found = Example()
    found.rows = [Row("a", "enabled", sources=[Source("a", True, schedule)])]
    found.runs = [run(time) for time in TIMES[:-1]]
    return found


@pytest.mark.parametrize(("arn", "supervised"), [(DAILY.target_arn, 0), (MACHINE, 1)])
def test_the_page_has_the_missed_times(arn: str, supervised: int):
    """The outcome logs don't contain skipped and replaced runs."""
    schedule = replace(DAILY, target={**DAILY.target, "Arn": arn})
    data: Any = board_data([stack(schedule).reading()], PERIOD)
    assert data["stacks"][0]["tasks"][0]["missed"] == [[round(TIMES[-1].timestamp()), 0, 1, supervised]]
    shown: Any = json_data([stack(schedule).reading()], PERIOD)
    assert shown["stacks"][0]["tasks"][0]["missedRuns"] == [{"first": TIMES[-1], "everySeconds": 0, "count": 1}]


def test_no_time_is_missed_if_the_runs_are_not_known():
    found = stack(DAILY)
    found.lost = ["The runs of the last 7 days can't be read."]
    data: Any = board_data([found.reading()], PERIOD)
    assert data["stacks"][0]["tasks"][0]["missed"] == []
    shown: Any = json_data([found.reading()], PERIOD)
    assert shown["stacks"][0]["tasks"][0]["missedRuns"] is None


def test_the_times_of_calls_are_not_known():
    """An event about work doesn't name the schedule, and the call itself leaves no run."""
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "Input": "{}"}
    assert missed(replace(DAILY, target=target), []) == []
