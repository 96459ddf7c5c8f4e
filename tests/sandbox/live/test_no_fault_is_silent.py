"""Each fault is reported: by a mail, in the dead-letter queue, or as a run of the history."""

from collections.abc import Callable

import pytest

from components.monitoring.alarms import success_alarm, success_metric
from sandbox.live.commands import KINDS
from sandbox.live.faults import NextFault

from .world import NAMES, TOPIC, World, client

EXPECTED_WITHIN = 600
"""Seconds within which the task's alarm expects a success."""


def expect_successes() -> None:
    """Deploy the alarm of `expectSuccessWithin`."""
    metric = success_metric("shop-dev", "job")
    client("logs").put_metric_filter(
        logGroupName=NAMES.outcome_log_group("succeeded"),
        filterName="job",
        filterPattern='{ $.detail.group = "job" }',
        metricTransformations=[
            {"metricName": metric.name, "metricNamespace": metric.namespace, "metricValue": "1"},
        ],
    )
    alarm = success_alarm(prefix="shop-dev", task="job", seconds=EXPECTED_WITHIN, metric=metric)
    client("cloudwatch").put_metric_alarm(
        AlarmName="shop-dev/job/no-success",
        Namespace=metric.namespace,
        MetricName=metric.name,
        Statistic="Sum",
        Period=alarm.get("period"),
        EvaluationPeriods=alarm["evaluation_periods"],
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        AlarmActions=[TOPIC],
    )


def has_mail(text: str) -> Callable[[World], bool]:
    return lambda stack: any(text in f"{mail.subject} {mail.text}" for mail in stack.live.mailbox.read())


def has_letter(code: str) -> Callable[[World], bool]:
    return lambda stack: code in [letter["attributes"]["ERROR_CODE"] for letter in stack.dead_letters()]


REPORTED: dict[str, Callable[[World], bool]] = {
    "no-capacity": has_mail('ALARM: "shop-dev/job/no-success"'),
    "throttled": has_letter("ThrottlingException"),
    "access-denied": has_letter("AccessDeniedException"),
    "exit-1": has_mail("exitCode:1"),
    "out-of-memory": has_mail("OutOfMemoryError: Container killed due to memory usage"),
    "image-not-found": has_mail("CannotPullContainerError: failed to resolve ref job:1"),
    "spot-interruption": has_mail("Your Spot Task was interrupted."),
    # The run that was due, and the one before the fault
    "double-delivery": lambda stack: len(stack.outcomes("succeeded")) == 3,
    "events-throttled": lambda stack: (
        len(stack.outcomes("succeeded")) == 2 and any("THROTTLING: Rate exceeded" in line for line in stack.lines)
    ),
}


def test_each_fault_has_an_expectation():
    assert REPORTED.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_no_fault_is_silent(unscheduled: World, kind: str):
    expect_successes()
    unscheduled.schedule("cron(0 3 1 1 ? *)")
    unscheduled.run_task()
    unscheduled.run(121)
    before = len(unscheduled.live.mailbox.read())
    assert not has_mail("no-success")(unscheduled), "the first run has succeeded"

    # As many as the retries of the schedule, and the first attempt
    unscheduled.live.faults.add(NextFault("job", KINDS[kind], 3 if kind == "throttled" else 1))
    unscheduled.live.scheduler.fire(NAMES.schedule_group, "job")
    unscheduled.run(EXPECTED_WITHIN + 300)
    assert REPORTED[kind](unscheduled)
    assert unscheduled.live.faults.all == []
    assert len(unscheduled.live.mailbox.read()) > before, "at least the alarm, as no other run succeeded"
