"""Supervised runs: overlap, timeouts, retries of runs and launches, and one run per scheduled time."""

from typing import Any

import pytest

from ops.simulation.record import Record
from tests.ops.simulation.scene import HOUR, after, events, fault, group, simulated

HOURLY = {"schedule": "rate(1 hour)", "start": "2026-12-01T00:00:00Z"}


def outcomes(record: Record) -> list[str]:
    return [run.outcome for run in record.runs]


def test_forbid_skips_a_run_while_another_has_not_ended():
    record = simulated({"a": {**HOURLY, "overlap": "forbid"}}, minutes=90, days=0.25)
    assert outcomes(record) == ["succeeded", "skipped"] * 3
    skipped = record.runs[1]
    assert skipped.reason == "An earlier run has not ended, or its lease has not expired yet (overlap: forbid)."
    assert (skipped.told, skipped.runs) == ("history", 0)
    assert record.events == []


def test_replace_stops_the_earlier_run():
    record = simulated({"a": {**HOURLY, "overlap": "replace"}}, minutes=90, days=0.125)
    assert outcomes(record) == ["replaced", "replaced", "succeeded"]
    assert record.runs[0].told == "history"
    assert record.runs[0].reason.startswith("Replaced by ")
    # The lease is free after the stop, at most 30 s, and one or two polls of 10 s.
    assert after(record.runs[1].started) - HOUR < 60 + 30 + 20
    assert events(record, "overlap") == []


def test_queue_lets_one_run_wait():
    args = {"schedule": "rate(20 minutes)", "start": "2026-12-01T00:00:00Z", "overlap": "queue"}
    record = simulated({"a": args}, minutes=90, days=0.125)
    assert outcomes(record) == ["succeeded", "succeeded", *["skipped"] * 3, "succeeded", *["skipped"] * 3]
    assert record.runs[2].reason == "Another run is waiting for the current run to end (overlap: queue)."
    waited = after(record.runs[1].started) - after(record.runs[0].stopped)
    # A pause is one fiftieth of the time that the run has waited.
    assert 0 <= waited <= 90 * 60 / 50
    assert events(record, "overlap") == []


def test_allow_lets_runs_overlap():
    record = simulated({"a": {**HOURLY, "overlap": "allow"}}, minutes=90, days=0.125)
    assert outcomes(record) == ["succeeded"] * 3
    assert len(events(record, "overlap")) == 2


def test_a_run_of_several_tasks_ends_with_the_last():
    record = simulated({"a": {**HOURLY, "parallel": {"tasks": 5, "at_once": 2}}}, minutes=10, days=1 / 24)
    [run] = record.runs
    assert (run.outcome, run.runs) == ("succeeded", 5)
    assert after(run.stopped) - after(run.started) == pytest.approx(3 * 600, abs=120)
    assert events(record, "overlap") == []


def test_a_failed_task_of_a_run_is_retried_alone_and_does_not_stop_the_others():
    args = {**HOURLY, "parallel": {"tasks": 3, "at_once": 1}, "retry_run": {"attempts": 1}}
    record = simulated({"a": args}, fault("exitCode", exit_code=3, times=2), days=1 / 24)
    [run] = record.runs
    assert (run.outcome, run.runs, run.told) == ("failed", 4, "message")
    assert run.reason == "1 of 3 tasks failed. Task 0: Exit code 3 (attempt 2)."


def test_a_run_is_stopped_at_its_timeout():
    [run] = simulated({"a": {**HOURLY, "timeout": "5m"}}, days=1 / 24).runs
    assert (run.outcome, run.told) == ("failed", "message")
    assert run.reason == "Timed out: still running after 5m."
    assert 300 < after(run.stopped) - after(run.started) <= 300 + 30 + 10


def test_a_run_that_cannot_be_stopped_is_reported_with_a_warning():
    [run] = simulated({"a": {**HOURLY, "timeout": "5m"}}, fault("outage", 200, HOUR, service="ecs"), days=1 / 24).runs
    assert run.reason.endswith("It could not be stopped and might still be running.")


@pytest.mark.parametrize(
    ("retry", "codes", "outcome", "runs", "reason"),
    [
        ({"attempts": 2, "delay": "30s"}, [3, 3], "succeeded", 3, ""),
        ({"attempts": 2, "delay": "30s"}, [3, 3, 3], "failed", 3, "Exit code 3 (attempt 3)"),
        ({"attempts": 2, "exit_codes": [75]}, [3], "failed", 1, "Exit code 3"),
        ({"attempts": 2, "exit_codes": [75]}, [75], "succeeded", 2, ""),
    ],
)
@pytest.mark.parametrize("overlap", ["allow", "forbid", "queue", "replace"])
def test_retries_of_a_run(retry: Any, codes: list[int], outcome: str, runs: int, reason: str, overlap: str):
    faults = [fault("exitCode", exit_code=code, times=1) for code in codes]
    record = simulated({"a": {**HOURLY, "overlap": overlap, "retry_run": retry}}, *faults, days=1 / 24)
    [run] = record.runs
    assert (run.outcome, run.runs, run.reason) == (outcome, runs, reason)
    assert len(events(record, "run retry")) == runs - 1
    assert len(events(record, "message")) == (outcome == "failed")


def test_a_run_without_an_exit_code_is_retried_whatever_the_exit_codes():
    args = {**HOURLY, "retry_run": {"attempts": 1, "exit_codes": [75]}}
    [run] = simulated({"a": args}, fault("imageNotFound", times=1), days=1 / 24).runs
    assert (run.outcome, run.runs) == ("succeeded", 2)


@pytest.mark.parametrize("kind", ["noCapacity", "throttled"])
def test_launches_are_retried_after_pauses_that_double(kind: Any):
    args = {**HOURLY, "overlap": "forbid", "retry": {"attempts": 3, "max_age": "1h"}}
    record = simulated({"a": args}, fault(kind, times=3), days=1 / 24)
    assert (record.runs[0].outcome, record.runs[0].launch_retries) == ("succeeded", 3)
    assert [event.text.split("; ")[1] for event in events(record, "launch retry")] == [
        "retry 1 in 10 s.",
        "retry 2 in 20 s.",
        "retry 3 in 40 s.",
    ]


@pytest.mark.parametrize(("kind", "seconds"), [("noCapacity", 10), ("throttled", 80), ("accessDenied", 70)])
def test_a_message_about_a_failed_launch_follows_a_search_for_a_run_in_doubt(kind: Any, seconds: int):
    """`failures[]` shows that nothing has started; any other error does not."""
    args = {**HOURLY, "overlap": "forbid", "retry": {"attempts": 1, "max_age": "1h"}}
    record = simulated({"a": args}, fault(kind), days=1 / 24)
    [run] = record.runs
    assert (run.outcome, run.told, run.runs) == ("failed", "message", 0)
    assert run.reason.startswith("Not started: ")
    first = events(record, "launch retry")
    begun = first[0].time if first else None
    assert begun is None or after(run.told_at) - after(begun) == seconds
    assert events(record, "dead letter") == []


def test_a_time_that_is_delivered_twice_runs_once():
    record = simulated({"a": {**HOURLY, "overlap": "allow"}}, fault("doubleDelivery"), days=1 / 24)
    assert (record.runs[0].outcome, record.runs[0].runs) == ("succeeded", 1)
    assert [event.text for event in events(record, "duplicate")] == [
        "EventBridge Scheduler delivers the time twice.",
        "The second execution ends as Skipped.",
    ]


def test_an_outage_of_dynamodb_fails_runs_and_tells():
    [run] = simulated({"a": {**HOURLY, "overlap": "forbid"}}, fault("outage", service="dynamodb"), days=1 / 24).runs
    assert run.reason == "Not started, because the scheduled time could not be recorded."
    assert run.told == "message"


def test_an_outage_between_two_attempts_fails_a_run_and_tells():
    args = {**HOURLY, "overlap": "forbid", "retry_run": {"attempts": 1, "delay": "10m"}}
    faults = fault("exitCode", times=1), fault("outage", 900, 2 * HOUR, service="dynamodb")
    [run] = simulated({"a": args}, *faults, days=1 / 24).runs
    assert (run.reason, run.told) == ("Not started, because the lease could not be acquired", "message")


def test_an_outage_of_eventbridge_delays_the_message():
    [run] = simulated(
        {"a": {**HOURLY, "timeout": "1m"}}, fault("outage", 0, 3 * HOUR, service="events"), days=1 / 24
    ).runs
    assert (run.told, after(run.told_at)) == ("message", 3 * HOUR)


def test_an_outage_of_step_functions_is_retried_by_scheduler():
    record = simulated({"a": {**HOURLY, "timeout": "1h"}}, fault("outage", 0, 70, service="states"), days=1 / 24)
    assert record.runs[0].outcome == "succeeded"
    assert "Step Functions doesn't answer." in events(record, "launch retry")[0].text


def test_replace_fails_if_the_earlier_run_cannot_be_stopped():
    outage = fault("outage", HOUR, 2 * HOUR, service="ecs")
    record = simulated({"a": {**HOURLY, "overlap": "replace"}}, outage, minutes=100, days=2 / 24)
    assert [run.reason for run in record.runs][1] == "Not started: an earlier run could not be stopped."
    assert record.runs[1].told == "message"


def test_a_time_that_is_left_out_is_skipped():
    """2026-12-05 is a Saturday."""
    record = simulated({"a": {"schedule": "cron(0 3 * * ? *)", "only": "workdays"}}, days=7)
    assert outcomes(record) == ["succeeded"] * 4 + ["skipped"] * 2 + ["succeeded"]
    assert (record.runs[4].reason, record.runs[4].told) == ("Left out: Weekend", "history")


@pytest.mark.parametrize(("task", "notify"), [({"notify_after": 3}, {}), ({"timeout": "2h"}, {"after": 3})])
def test_messages_start_after_several_failures_in_a_row(task: dict[str, Any], notify: dict[str, Any]):
    failing = fault("exitCode", 0, 3.5 * HOUR, exit_code=1), fault("exitCode", 4.5 * HOUR, 5.5 * HOUR, exit_code=1)
    of = group(notify={"emails": ["ops@example.com"], **notify})
    record = simulated({"a": {**HOURLY, **task}}, *failing, days=0.25, of=of)
    assert [(run.outcome, run.told) for run in record.runs[:6]] == [
        *[("failed", "history")] * 2,
        *[("failed", "message")] * 2,
        ("succeeded", ""),
        ("failed", "history"),
    ]
