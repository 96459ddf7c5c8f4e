"""Tasks that start after others, in simulations."""

from typing import Any

from ops.simulation.record import FAILED, SUCCEEDED
from tests.ops.simulation.scene import HOUR, MINUTE, after, events, fault, group, simulated

TASKS: dict[str, Any] = {
    "dump": {"schedule": "cron(0 3 * * ? *)"},
    "load": {"after": "dump"},
    "report": {"after": "load"},
}


def times(record: Any, task: str) -> list[float]:
    return [run.time for run in record.runs if run.task == task]


def test_each_success_starts_the_next_task():
    record = simulated(TASKS)
    [dump], [load], [report] = ([run for run in record.runs if run.task == name] for name in TASKS)
    assert [run.outcome for run in (dump, load, report)] == [SUCCEEDED] * 3
    assert (load.time, report.time) == (dump.stopped, load.stopped)
    assert after(load.time) >= 3 * HOUR + 10 * MINUTE


def test_a_failure_starts_nothing():
    record = simulated(TASKS, fault("exitCode", tasks=frozenset({"dump"}), exit_code=1))
    assert [run.outcome for run in record.runs if run.task == "dump"] == [FAILED]
    assert (times(record, "load"), times(record, "report")) == ([], [])


def test_an_event_that_is_delivered_twice_starts_one_run():
    record = simulated(TASKS, fault("doubleDelivery", tasks=frozenset({"load"})))
    assert len(times(record, "load")) == len(times(record, "report")) == 1
    assert [event.text for event in events(record, "duplicate")] == [
        "EventBridge delivers the success twice.",
        "The second execution ends as Skipped.",
    ]


def test_an_outage_of_eventbridge_delays_the_start():
    record = simulated(TASKS, fault("outage", 3 * HOUR, 5 * HOUR, service="events"))
    [load] = times(record, "load")
    assert after(load) >= 5 * HOUR


def test_a_call_starts_the_next_task():
    call = {"schedule": "cron(0 3 * * ? *)", "execute": {"state_machine": "etl"}}
    record = simulated({"load": {"after": "etl"}}, calls={"etl": call})
    [etl], [load] = ([run for run in record.runs if run.task == name] for name in ("etl", "load"))
    assert (etl.outcome, load.outcome, load.time) == (SUCCEEDED, SUCCEEDED, etl.stopped)


def test_a_paused_task_or_group_starts_nothing():
    assert times(simulated({**TASKS, "load": {"after": "dump", "enabled": False}}), "load") == []
    assert times(simulated(TASKS, of=group(enabled=False)), "load") == []
