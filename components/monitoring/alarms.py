"""Alarms, as data: what is watched, when it is too much, and what to do first.

AWS: EventBridge Scheduler user guide, "Monitoring with CloudWatch"; CloudWatch API reference, PutMetricAlarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..schedules.durations import in_words

MINUTE, HOUR, DAY = 60, 3600, 86400
WITHIN_SECONDS = (MINUTE, 7 * DAY)
"""A period times the number of periods is at most a day, or a week for periods of an hour or more.
AWS: CloudWatch API reference, PutMetricAlarm, EvaluationPeriods."""
METRIC_NAMESPACE = "ScheduledTasks"


@dataclass(frozen=True, slots=True)
class SuccessWindow:
    """How an alarm watches that something succeeds often enough: in so many periods in a row, nothing did."""

    period: int
    """Seconds of one period."""
    periods: int
    """Periods in a row, whose length together is the time within which a success is expected."""


def success_window(seconds: int) -> SuccessWindow:
    """The periods for a time within which a success is expected. Raises ValueError, with what is allowed.

    Their length together is exactly that time. So a task that succeeds at least so often never has that many empty
    periods in a row (two successes at the ends of the time leave one period less between them), and one that stops is
    noticed no later than one period after the time.
    """
    least, most = WITHIN_SECONDS
    if not least <= seconds <= most:
        raise ValueError(
            f'"{in_words(seconds)}" is not allowed. Use 1m to 7d: CloudWatch looks back no further. For a task that '
            "runs less often than weekly, let it report to a monitor outside, or look at its outcome by hand."
        )
    period = MINUTE if seconds < HOUR else 5 * MINUTE if seconds <= DAY else HOUR
    if seconds % MINUTE:
        raise ValueError(f'"{in_words(seconds)}" is not in whole minutes, which is all that CloudWatch counts.')
    if seconds > DAY and seconds % HOUR:
        raise ValueError(
            f'"{in_words(seconds)}" is over a day and not in whole hours, which is what CloudWatch counts then.'
        )
    if seconds % period:
        period = MINUTE
    return SuccessWindow(period, seconds // period)


def success_filter(task: str) -> str:
    """The filter of a metric for the successes of one task, in the log of succeeded runs."""
    return f'{{ $.detail.group = "{task}" }}'


def success_alarm(*, prefix: str, task: str, seconds: int, metric: "SuccessMetric") -> dict[str, Any]:
    """The alarm for a task that has not succeeded for too long. Keys are those of
    `pulumi_aws.cloudwatch.MetricAlarm`."""
    window = success_window(seconds)
    return {
        "alarm_description": (
            f"No run of the scheduled task {task} has succeeded for {in_words(seconds)}. First: see whether it ran "
            f"(its log, /ecs/{prefix}), whether its schedule is enabled, and what the dead-letter queue holds."
        ),
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": metric.dimensions,
        "statistic": "Sum",
        "period": window.period,
        "evaluation_periods": window.periods,
        "datapoints_to_alarm": window.periods,
        "threshold": 1,
        "comparison_operator": "LessThanThreshold",
        # Nothing is what a task that does not run says.
        "treat_missing_data": "breaching",
    }


@dataclass(frozen=True, slots=True)
class SuccessMetric:
    """What counts the successes of a task."""

    namespace: str
    name: str
    dimensions: Mapping[str, Any] | None = None


def success_metric(prefix: str, task: str) -> SuccessMetric:
    """The metric of a task's successes: a name of at most 255 characters (AWS: botocore cloudwatch, MetricName)."""
    return SuccessMetric(METRIC_NAMESPACE, f"{prefix}/{task}/succeeded"[:255])


def execution_metric(state_machine_arn: Any) -> SuccessMetric:
    """Step Functions' own metric of the successes of a supervised task, whose ARN may be an output. Executions that
    were skipped are none. AWS: Step Functions developer guide, "Monitoring Step Functions metrics"."""
    return SuccessMetric("AWS/States", "ExecutionsSucceeded", {"StateMachineArn": state_machine_arn})


def group_alarms(*, schedule_group: str, queues: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The alarms of a group by name. `queues` are names of dead-letter queues by what waits in them."""
    launches = "A launch was given up: no run was started. First: read the queue"
    return {
        "dead-letters": {
            "alarm_description": (
                "Dead letters wait: launches that were given up, or events that could not be delivered. First: read "
                f"the messages in {' and '.join(queues.values())}; ERROR_CODE and ERROR_MESSAGE say why. Run the task "
                "again by hand where it matters, then delete the message."
            ),
            "metric_queries": _sum(
                [("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": name}) for name in queues.values()],
                statistic="Maximum",
            ),
            **_ANY,
        },
        "dropped": _scheduler(
            "InvocationDroppedCount", f"{launches} {next(iter(queues.values()))}; its messages say why.", schedule_group
        ),
        "target-errors": _scheduler(
            "TargetErrorCount",
            "RunTask was refused; Scheduler may try again. First: see the scheduler role's permissions, the cluster, "
            "and whether the pinned task definition is active.",
            schedule_group,
        ),
        "lost-dead-letters": _scheduler(
            "InvocationsFailedToBeSentToDeadLetterCount",
            "A launch was given up, and could not even be kept in the dead-letter queue. First: see that the queue "
            "is there, and that the scheduler role may send to it and use its key.",
            schedule_group,
        ),
        "throttled": {
            "alarm_description": (
                "Launches are throttled, by Scheduler's own quota or by RunTask's. First: see which tasks start in "
                "the same minute (python -m ops load) and give them a flexibleWindow."
            ),
            "metric_queries": _sum(
                [
                    ("AWS/Scheduler", metric, {"ScheduleGroup": schedule_group})
                    for metric in ("InvocationThrottleCount", "TargetErrorThrottledCount")
                ],
                statistic="Sum",
            ),
            **_ANY,
        },
    }


_ANY: dict[str, Any] = {
    "evaluation_periods": 1,
    "threshold": 0,
    "comparison_operator": "GreaterThanThreshold",
    "treat_missing_data": "notBreaching",
}
"""One is enough, and silence is good."""


def _scheduler(metric: str, description: str, schedule_group: str) -> dict[str, Any]:
    return {
        "alarm_description": description,
        "namespace": "AWS/Scheduler",
        "metric_name": metric,
        "dimensions": {"ScheduleGroup": schedule_group},
        "statistic": "Sum",
        "period": 5 * MINUTE,
        **_ANY,
    }


def _sum(metrics: list[tuple[str, str, dict[str, str]]], *, statistic: str) -> list[dict[str, Any]]:
    """One time series of several metrics; a metric that says nothing counts as 0."""
    queries: list[dict[str, Any]] = [
        {
            "id": f"m{number}",
            "metric": {
                "namespace": namespace,
                "metric_name": name,
                "dimensions": dimensions,
                "period": 5 * MINUTE,
                "stat": statistic,
            },
        }
        for number, (namespace, name, dimensions) in enumerate(metrics, 1)
    ]
    expression = " + ".join(f"FILL(m{number}, 0)" for number in range(1, len(metrics) + 1))
    return [{"id": "all", "expression": expression, "label": "all", "return_data": True}, *queries]
