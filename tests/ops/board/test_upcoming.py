"""Next runs as short sequences, and clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.board.period import Period
from ops.board.upcoming import MOST, changes, is_estimate, next_runs, sequences
from ops.state.rows import Source
from tests.ops.board.example import NOW, PERIOD, plan


def expanded(found: list[tuple[int, int, int]]) -> list[int]:
    return [first + step * position for first, step, count in found for position in range(count)]


def source(expression: str, timezone: str = "UTC", start: datetime | None = NOW, *, enabled: bool = True) -> Source:
    return Source("a", enabled, plan("a", expression, timezone, start=start))


@given(st.lists(st.integers(0, 10_000), unique=True).map(sorted))
def test_sequences_have_the_same_times(times: list[int]):
    assert expanded(sequences(times)) == times


def test_equal_distances_are_one_sequence():
    assert sequences(range(60, 6060, 60)) == [(60, 60, 100)]


@pytest.mark.parametrize(
    "expression", ["cron(0 3 * * ? *)", "cron(0/20 8-9 ? * MON-FRI *)", "rate(6 hours)", "at(2026-10-24T01:00:00)"]
)
def test_next_runs_are_those_of_the_schedule(expression: str):
    given = source(expression, "Europe/Berlin")
    assert given.times is not None
    expected = [run.timestamp() for run in given.times.runs(NOW) if run <= PERIOD.end] if "at(" in expression else []
    if not expected:
        for run in given.times.runs(NOW):
            if run > PERIOD.end:
                break
            expected.append(run.timestamp())
    found, complete = next_runs(given, PERIOD)
    assert (expanded(found), complete) == (expected, True)


def test_a_rate_is_one_sequence_however_many_runs_it_has():
    assert next_runs(source("rate(1 minute)"), PERIOD) == ([(round(NOW.timestamp()) + 60, 60, 7 * 24 * 60)], True)


def test_a_rate_stops_at_its_end():
    given = plan("a", "rate(1 hour)")
    ending = type(given)(given.stack, "a", given.expression, "UTC", True, NOW, NOW + timedelta(hours=3), None)
    [(_, _, count)], _ = next_runs(Source("a", True, ending), PERIOD)
    assert count == 3


def test_a_dense_cron_expression_is_cut():
    found, complete = next_runs(source("cron(* * * * ? *)"), PERIOD)
    assert (sum(count for *_, count in found), complete) == (MOST, False)


def test_disabled_and_unknown_schedules_have_no_next_runs():
    assert next_runs(source("rate(1 hour)", enabled=False), PERIOD) == ([], True)
    assert next_runs(Source("a", True, None), PERIOD) == ([], True)


def test_only_a_rate_without_a_start_is_an_estimate():
    assert is_estimate(source("rate(1 hour)", start=None))
    assert not is_estimate(source("rate(1 hour)"))
    assert not is_estimate(source("cron(0 3 * * ? *)", start=None))


@pytest.mark.parametrize(
    ("now", "zone", "sentence"),
    [
        (NOW, "Europe/Berlin", "Clocks in Europe/Berlin go back 1 h: the local times 02:00 to 03:00 occur twice."),
        (datetime(2026, 3, 25, tzinfo=UTC), "Europe/Berlin", "Clocks in Europe/Berlin go forward 1 h: the local times 02:00 to 03:00 are skipped."),
        (datetime(2026, 10, 1, tzinfo=UTC), "Australia/Lord_Howe", "Clocks in Australia/Lord_Howe go forward 30 min: the local times 02:00 to 02:30 are skipped."),
    ],
)  # fmt: skip
def test_clock_changes(now: datetime, zone: str, sentence: str):
    assert [text for _, text in changes([source("cron(0 3 * * ? *)", zone)], Period(now))] == [sentence]


def test_a_clock_change_does_not_affect_rates_and_times_outside_the_period():
    assert changes([source("rate(1 hour)", "Europe/Berlin")], PERIOD) == []
    assert changes([source("cron(0 3 * * ? *)", "Europe/Berlin")], Period(datetime(2026, 7, 1, tzinfo=UTC))) == []
