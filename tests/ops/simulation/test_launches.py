"""Launches by EventBridge Scheduler: retries, the dead-letter queue, double deliveries, outages and pauses."""

from itertools import pairwise

import pytest

from ops.simulation.scheduler import backoff
from tests.ops.simulation.scene import DAY, HOUR, after, events, fault, group, simulated

DAILY = {"schedule": "cron(0 3 * * ? *)"}
AT = 3 * HOUR


def test_a_launch_succeeds_after_retries():
    record = simulated({"a": DAILY}, fault("throttled", times=3))
    [run] = record.runs
    assert (run.outcome, run.launch_retries, run.told) == ("succeeded", 3, "")
    retries = events(record, "launch retry")
    assert [later.time - earlier.time for earlier, later in pairwise(retries)] == [1, 2]
    assert retries[0].text == "ThrottlingException: Rate exceeded; retry 1 in 1 s."
    assert [event.text for event in events(record, "alarm")] == ["Alarm target-errors fires.", "Alarm throttled fires."]


def test_the_pauses_double_up_to_a_limit_and_fit_into_the_defaults_of_aws():
    """AWS's defaults are 185 retries in 24 hours."""
    pauses = [backoff(retry) for retry in range(1, 186)]
    assert pauses[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512]
    assert 0.9 < sum(pauses) / DAY < 1.1


@pytest.mark.parametrize(
    ("retry", "retries", "reason"),
    [
        ({"attempts": 2, "max_age": "1h"}, 2, "ThrottlingException: Rate exceeded (MaximumRetryAttempts)"),
        ({"attempts": 0, "max_age": "1h"}, 0, "ThrottlingException: Rate exceeded (MaximumRetryAttempts)"),
        ({"attempts": 185, "max_age": "1m"}, 5, "ThrottlingException: Rate exceeded (MaximumEventAgeInSeconds)"),
    ],
)
def test_a_launch_that_exhausts_its_retries_is_a_dead_letter(retry: dict[str, object], retries: int, reason: str):
    """The conditions are the values of EXHAUSTED_RETRY_CONDITION. AWS: EventBridge Scheduler user guide, "Configuring
    a dead-letter queue"."""
    record = simulated({"a": {**DAILY, "retry": retry}}, fault("throttled"))
    [run] = record.runs
    assert (run.outcome, run.launch_retries, run.reason) == ("failed", retries, reason)
    assert [event.text for event in events(record, "dead letter")] == [reason]
    assert run.told == "alarm dropped"
    assert after(run.told_at) == AT + 300
    assert [event.text for event in events(record, "alarm")] == [
        "Alarm target-errors fires.",
        "Alarm throttled fires.",
        "Alarm dead-letters fires.",
        "Alarm dropped fires.",
    ]


def test_a_missing_permission_is_not_retried():
    [run] = simulated({"a": DAILY}, fault("accessDenied")).runs
    assert (run.launch_retries, run.told) == (0, "alarm dropped")
    assert run.reason == "AccessDeniedException: User is not authorized to perform: ecs:RunTask"


def test_an_alarm_that_is_on_reports_a_second_dead_letter():
    record = simulated(
        {"a": {"schedule": "rate(5 minutes)", "start": "2026-12-01T00:00:00Z"}}, fault("accessDenied", 0, 700)
    )
    failed = [run for run in record.runs if run.outcome == "failed"]
    assert len(failed) == 3
    assert [run.told for run in failed] == ["alarm dropped"] * 3
    assert len([event for event in events(record, "alarm") if "dropped" in event.text]) == 1
    assert after(failed[1].told_at) < after(failed[1].time) + 60


def test_the_alarm_about_dead_letters_stays_on_until_the_messages_expire():
    record = simulated({"a": DAILY}, fault("accessDenied", 0, DAY), days=20)
    changes = [(event.what, after(event.time)) for event in record.events if "dead-letters" in event.text]
    assert [what for what, _ in changes] == ["alarm", "ok"]
    assert changes[1][1] - changes[0][1] == pytest.approx(14 * DAY, abs=1000)


def test_a_launch_that_cannot_reach_the_dead_letter_queue_has_its_own_alarm():
    record = simulated({"a": DAILY}, fault("accessDenied"), fault("outage", service="sqs"))
    assert [event.text for event in events(record, "alarm")] == [
        "Alarm target-errors fires.",
        "Alarm lost-dead-letters fires.",
        "Alarm dropped fires.",
    ]


def test_nothing_tells_about_dead_letters_without_alarms_or_recipients():
    for of in (group(monitoring={"alarms": False}), group(notify=None)):
        record = simulated({"a": DAILY}, fault("accessDenied"), of=of)
        assert record.runs[0].is_silent
        assert events(record, "dead letter")


def test_no_capacity_is_a_success_for_scheduler_and_nothing_tells():
    """RunTask answers with `failures[]` and no error. docs/decisions.md."""
    record = simulated({"a": DAILY}, fault("noCapacity"))
    [run] = record.runs
    assert (run.outcome, run.told, run.is_silent) == ("failed", "", True)
    assert run.reason == "RunTask started nothing: RESOURCE:CPU: Capacity is unavailable at this time."
    assert record.events == []


def test_a_time_that_is_delivered_twice_runs_twice():
    record = simulated({"a": DAILY}, fault("doubleDelivery"))
    [run] = record.runs
    assert (run.outcome, run.runs) == ("succeeded", 2)
    assert [event.what for event in record.events] == ["duplicate", "overlap"]


def test_one_of_two_deliveries_that_fails_decides_only_if_it_ran():
    args = {"a": DAILY}
    assert simulated(args, fault("doubleDelivery"), fault("noCapacity", times=1)).runs[0].outcome == "succeeded"
    assert simulated(args, fault("doubleDelivery"), fault("exitCode", times=1)).runs[0].outcome == "failed"


def test_what_is_due_in_an_outage_of_scheduler_is_delivered_afterward():
    [run] = simulated({"a": DAILY}, fault("outage", AT - 60, AT + 1800, service="scheduler")).runs
    assert (run.outcome, after(run.started)) == ("succeeded", AT + 1800)


def test_what_is_too_old_after_an_outage_is_a_dead_letter():
    [run] = simulated({"a": DAILY}, fault("outage", AT - 60, AT + 2 * HOUR, service="scheduler")).runs
    assert run.reason == "AWS.Scheduler.InternalServerError (MaximumEventAgeInSeconds)"
    assert run.told == "alarm dropped"


def test_outages_that_follow_each_other_are_one():
    outages = [
        fault("outage", AT - 60 + 600 * number, AT + 600 * (number + 1), service="scheduler") for number in range(3)
    ]
    [run] = simulated({"a": DAILY}, *outages).runs
    assert after(run.started) == AT + 1800


def test_an_outage_of_ecs_is_retried():
    record = simulated({"a": DAILY}, fault("outage", AT, AT + 65, service="ecs"))
    assert record.runs[0].outcome == "succeeded"
    assert "ServerException: Service unavailable; retry 1 in 1 s." in [event.text for event in record.events]


def test_a_pause_skips_times_and_status_shows_them():
    found = simulated({"a": DAILY, "b": DAILY}, fault("paused", DAY, 3 * DAY, tasks=frozenset({"a"})), days=4).runs
    assert [run.outcome for run in found if run.task == "a"] == ["succeeded", "skipped", "skipped", "succeeded"]
    assert {run.told for run in found if run.outcome == "skipped"} == {"status"}
    assert {run.outcome for run in found if run.task == "b"} == {"succeeded"}


def test_a_fault_affects_a_part_of_the_launches_and_a_number_of_them():
    args = {"a": {"schedule": "rate(10 minutes)"}}
    half = simulated(args, fault("noCapacity", percent=50), days=10).runs
    assert 0.4 < sum(run.outcome == "failed" for run in half) / len(half) < 0.6
    seven = simulated(args, fault("noCapacity", times=7), days=10).runs
    assert [run.outcome for run in seven[:9]] == ["failed"] * 7 + ["succeeded"] * 2
