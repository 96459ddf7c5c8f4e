"""Random weeks in which no scheduled time ends unnoticed. `make torture PARTS=weeks` simulates 10,000 of them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.simulation import alarms, exclusion, monitor, scheduler
from ops.simulation.record import ScheduledRun
from torture.weeks.judge import problems
from torture.weeks.report import measure
from torture.weeks.world import random_week

FOUND = (159, 214, 420)
"""Seeds of weeks that had problems."""


def wrong(seed: int) -> list[str]:
    week = random_week(seed)
    return list(problems(week, week.simulation.run()))


@pytest.mark.thorough
@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_each_scheduled_time_ends_in_somebodys_knowledge(seed: int):
    assert wrong(seed) == []


@pytest.mark.parametrize("seed", FOUND)
def test_a_week_that_had_a_problem(seed: int):
    assert wrong(seed) == []


def no_effect(*_: Any, **__: Any) -> None:
    """Do nothing."""


def fires_early(monkeypatch: pytest.MonkeyPatch) -> None:
    early = property(lambda alarm: max(1, alarm.settings["evaluation_periods"] - 3))
    monkeypatch.setattr(alarms.Alarm, "_range", early)


def never_fires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "state", lambda *_, **__: "OK")  # pyright: ignore


def patched(target: Any, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: monkeypatch.setattr(target, name, no_effect)


CHANGES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "no message": patched(monitor.Monitor, "_send"),
    "no metrics of the group": patched(monitor.Monitor, "_put"),
    "no history of skipped runs": patched(ScheduledRun, "tell"),
    "an alarm that fires early": fires_early,
    "an alarm that never fires": never_fires,
    "a dropped launch that is forgotten": patched(scheduler.Scheduler, "_drop"),
    "leases that nobody holds": patched(exclusion.Exclusion, "_take"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_for_the_worse_is_found(monkeypatch: pytest.MonkeyPatch, change: str):
    CHANGES[change](monkeypatch)
    assert any(wrong(seed) for seed in range(60))


def test_the_section_counts_weeks(monkeypatch: pytest.MonkeyPatch):
    notes: list[str] = []
    [trial] = measure(5, 1, notes.append).trials
    assert (trial.tried, trial.survived, notes) == (5, 5, [])
    monkeypatch.setattr(monitor.Monitor, "_send", no_effect)
    [trial] = measure(20, 1, notes.append).trials
    assert trial.survived < 20
    assert notes
