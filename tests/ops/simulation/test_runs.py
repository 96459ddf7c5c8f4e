"""The ends of runs that EventBridge Scheduler starts directly, and of calls."""

from datetime import timedelta
from typing import Any

import pytest

from components.resolver import resolve_call
from config import StackConfig
from ops.simulation.durations import Durations
from ops.simulation.engine import Simulation
from ops.simulation.tasks import channels_of, simulated_tasks
from tests.ops.simulation.scene import BEGIN, DAY, HOUR, after, events, fault, group, simulated

DAILY = {"schedule": "cron(0 3 * * ? *)"}


@pytest.mark.parametrize(
    ("kind", "settings", "exit_code", "reason", "seconds"),
    [
        ("exitCode", {"exit_code": 3}, 3, "Exit code 3", 600),
        ("exitCode", {"exit_code": 3, "after": 20}, 3, "Exit code 3", 20),
        (
            "outOfMemory",
            {},
            137,
            "Exit code 137: OutOfMemoryError: Container killed due to memory usage",
            600,
        ),
        ("imageNotFound", {}, None, "CannotPullContainerError: failed to resolve ref: not found", 60),
        ("imageNotFound", {"after": 5}, None, "CannotPullContainerError: failed to resolve ref: not found", 5),
        ("spotInterruption", {"after": 50}, 137, "Exit code 137: Your Spot Task was interrupted.", 80),
    ],
)
def test_a_message_reports_a_run_that_fails(kind: Any, settings: Any, exit_code: Any, reason: str, seconds: int):
    record = simulated({"a": DAILY}, fault(kind, **settings))
    [run] = record.runs
    assert (run.outcome, run.exit_code, run.reason) == ("failed", exit_code, reason)
    assert after(run.stopped) - after(run.started) == seconds
    assert (run.told, run.told_at) == ("message", run.stopped)
    assert [(event.what, event.text) for event in record.events] == [("message", reason)]


def test_the_event_of_a_run_waits_for_the_end_of_an_outage():
    [run] = simulated({"a": DAILY}, fault("exitCode"), fault("outage", 0, 12 * HOUR, service="events")).runs
    assert (run.told, after(run.told_at)) == ("message", 12 * HOUR)


@pytest.mark.parametrize("settings", [{"notify": None}, {"monitoring": {"outcomes": False}}])
def test_nothing_tells_without_recipients_or_rules(settings: Any):
    record = simulated({"a": DAILY}, fault("exitCode"), of=group(**settings))
    assert record.runs[0].is_silent
    assert record.events == []


def test_each_ecs_task_of_a_launch_counts():
    record = simulated({"a": {**DAILY, "count": 3}}, fault("exitCode", times=2))
    [run] = record.runs
    assert (run.outcome, run.runs, run.open) == ("failed", 3, 0)
    assert len(events(record, "message")) == 2
    assert events(record, "overlap") == []


def test_a_run_that_takes_longer_than_its_interval_overlaps():
    record = simulated({"a": {"schedule": "rate(1 hour)"}}, minutes=90)
    assert [event.text for event in events(record, "overlap")][:1] == ["Starts while 1 other run has not ended."]
    assert len(events(record, "overlap")) == len(record.runs) - 1


def test_runs_take_one_of_their_known_durations():
    found = simulated({"a": {"schedule": "rate(1 hour)"}}, days=5, durations={"a": [60, 120]}).runs
    taken = {round(after(run.stopped) - after(run.started)) for run in found}
    assert taken == {60, 120}


def test_a_call_succeeds_when_aws_accepts_it():
    call = resolve_call("c", {"call": "ecs:ListClusters", "because": "x", **DAILY})
    config = StackConfig(group(), {}, {"c": call})

    def outcome(*faults: Any) -> tuple[str, str]:
        simulation = Simulation(
            tasks=simulated_tasks("test", config),
            channels=channels_of(config.group),
            begin=BEGIN,
            end=BEGIN + timedelta(days=1),
            durations=Durations(600),
            faults=faults,
        )
        [run] = simulation.run().runs
        return run.outcome, run.told

    assert outcome() == ("succeeded", "")
    assert outcome(fault("exitCode"), fault("noCapacity"), fault("outage", service="ecs")) == ("succeeded", "")
    assert outcome(fault("throttled", 0, DAY)) == ("failed", "alarm dropped")
