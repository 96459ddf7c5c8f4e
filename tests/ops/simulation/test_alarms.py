"""The alarm of `expectSuccessWithin`: no false alarm, and no missed alarm within the documented time."""

from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.monitoring.alarms import success_window
from ops.simulation.alarms import success_alarm
from ops.simulation.clock import VirtualClock
from ops.simulation.cloudwatch import MORE_PERIODS
from ops.simulation.record import Record
from tests.ops.simulation.scene import BEGIN, DAY, HOUR, after, events, fault, simulated
from tests.referees import examples

BEGUN = int(BEGIN.timestamp())
LENGTHS = (60, 600, 3540, HOUR, 2 * HOUR, 25 * HOUR, DAY, 7 * DAY)
successes = st.lists(st.integers(0, 3 * DAY) | st.integers(0, 4 * HOUR), max_size=30)


def fired(times: list[int], seconds: int, more: int, until: int) -> list[float]:
    clock, record = VirtualClock(BEGUN), Record()
    alarm = success_alarm(clock, record, "a", seconds, recipients=True, until=BEGUN + until, more=more)
    for time in times:
        clock.at(BEGUN + time, alarm.put)
    clock.run()
    return [event.time - BEGUN for event in record.events if event.what == "alarm"]


@settings(max_examples=examples(400))
@given(times=successes, seconds=st.sampled_from(LENGTHS), more=st.integers(0, 5))
def test_there_is_no_false_alarm_and_no_missed_alarm(times: list[int], seconds: int, more: int):
    """Whatever number of periods CloudWatch reads besides those that it evaluates, which AWS doesn't publish."""
    end = 20 * DAY
    found = fired(times, seconds, more, end)
    period = success_window(seconds).period
    every = sorted({0, *times})
    for time in found:
        last = every[bisect_left(every, time) - 1]
        assert time - last >= seconds
    for earlier, later in pairwise([*every, end]):
        latest = earlier + seconds + (more + 1) * period
        if later > latest:
            assert any(earlier < time <= latest for time in found)


@pytest.mark.parametrize("seconds", LENGTHS)
def test_the_alarm_fires_two_or_three_periods_late(seconds: int):
    """As docs/monitoring.md says."""
    period = success_window(seconds).period
    for second in (0, 1, period // 2, period - 1):
        [time] = fired([DAY + second], seconds, MORE_PERIODS, 30 * DAY)[-1:]
        assert 2 * period <= time - (DAY + second) - seconds <= 3 * period


def test_a_task_that_succeeds_raises_no_alarm():
    args = {"schedule": "cron(30 2 * * ? *)", "expect_success_within": "25h", "flexible_window": "30m"}
    assert simulated({"a": args}, days=60).events == []


def test_the_alarm_reports_a_lost_run():
    args = {"schedule": "cron(30 2 * * ? *)", "expect_success_within": "25h"}
    record = simulated({"a": args}, fault("noCapacity", DAY, 2 * DAY), days=4)
    [lost] = [run for run in record.runs if run.outcome == "failed"]
    assert lost.told == "alarm no-success"
    # The last success was at 02:40 of the day before. The periods have an hour.
    assert after(lost.told_at) == 2.5 * HOUR + 27.5 * HOUR
    assert [event.what for event in record.events] == ["alarm", "ok"]


def test_a_success_hides_an_earlier_lost_run():
    args = {"schedule": "rate(1 hour)", "expect_success_within": "5h"}
    record = simulated({"a": args}, fault("noCapacity", times=1))
    assert [run.is_silent for run in record.runs] == [True] + [False] * (len(record.runs) - 1)


def test_the_successes_of_supervised_runs_count():
    args = {"schedule": "rate(1 hour)", "expect_success_within": "2h", "timeout": "1h"}
    assert simulated({"a": args}).events == []
    record = simulated({"a": args}, fault("exitCode", 6 * HOUR, 12 * HOUR))
    assert [event.what for event in events(record, "alarm", "ok")] == ["alarm", "ok"]


def test_an_outage_of_eventbridge_delays_successes():
    args = {"schedule": "rate(1 hour)", "expect_success_within": "2h"}
    record = simulated({"a": args}, fault("outage", 6 * HOUR, 12 * HOUR, service="events"))
    assert [event.what for event in events(record, "alarm", "ok")] == ["alarm", "ok"]


def test_a_paused_task_has_no_alarm():
    args = {"schedule": "rate(1 hour)", "expect_success_within": "2h", "enabled": False}
    assert simulated({"a": args}, days=3).events == []
