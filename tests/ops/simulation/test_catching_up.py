"""`catchUp` in a simulation: what a pause skips runs at its end, or is shown as paused."""

from typing import Any

import pytest

from ops.simulation.record import SKIPPED, STATUS, SUCCEEDED
from ops.simulation.scheduler import end_of_pause
from tests.ops.simulation.scene import HOUR, MINUTE, after, fault, simulated

HOURLY = {"schedule": "cron(0 * * * ? *)"}


@pytest.mark.parametrize(
    ("catch_up", "caught_up"),
    [
        (None, []),
        ({"runs": "none"}, []),
        ({"runs": "last"}, [5]),
        ({"runs": "all"}, [2, 3, 4, 5]),
        ({"runs": "all", "max_age": "2h"}, [4, 5]),
        ({"runs": "last", "max_age": "10m"}, []),
    ],
)
def test_times_of_a_pause_run_at_its_end(catch_up: dict[str, Any] | None, caught_up: list[int]):
    args = {**HOURLY, **({"catch_up": catch_up} if catch_up else {})}
    end = 5.5 * HOUR
    record = simulated({"a": args}, fault("paused", 1.5 * HOUR, end), days=0.5, minutes=1)
    of = {int(after(run.time) // HOUR): run for run in record.runs}
    skipped = {hour for hour in (2, 3, 4, 5) if hour not in caught_up}
    assert {hour for hour, run in of.items() if run.outcome == SUCCEEDED} == {*range(12)} - skipped
    assert {(of[hour].outcome, of[hour].told) for hour in skipped} <= {(SKIPPED, STATUS)}
    starts = [after(of[hour].started) for hour in caught_up]
    assert starts == sorted(starts), "the oldest starts first"
    for number, start in enumerate(starts):
        assert end + number * MINUTE <= start < end + (number + 1) * MINUTE


def test_times_that_are_left_out_are_not_caught_up():
    args = {**HOURLY, "except_": {"dates": ["2026-12-01"]}, "catch_up": {"runs": "all"}}
    record = simulated({"a": args}, fault("paused", HOUR, 5 * HOUR), days=0.25)
    assert {run.outcome for run in record.runs} == {SKIPPED}


def test_pauses_that_follow_each_other_are_one():
    faults = [
        fault("paused", 3, 5),
        fault("paused", 0, 3),
        fault("paused", 4, 9),
        fault("outage", 0, 20),
        fault("paused", 11, 12),
    ]
    assert after(end_of_pause(faults, faults[1].begin)) == 9
