"""CloudWatch alarms as data: metrics, thresholds, and descriptions that say what to do first.

AWS: EventBridge Scheduler user guide, "Monitoring with CloudWatch"; CloudWatch API reference, PutMetricAlarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from ..aws.names import success_metric_name
from ..json_values import Data
from ..schedules.durations import in_words

MINUTE, HOUR, DAY = 60, 3600, 86400
WITHIN_SECONDS = (MINUTE, 7 * DAY)
"""A period times the number of periods is at most a day, or a week for periods of an hour or more.
AWS: CloudWatch API reference, PutMetricAlarm, EvaluationPeriods."""
METRIC_NAMESPACE = "ScheduledTasks"
_PERIOD = 5 * MINUTE
"""The period of a group's alarms. AWS: CloudWatch API reference, PutMetricAlarm, Period: 10, 20, 30, or a multiple of
60 seconds."""


class Metric(TypedDict):
    """A metric of a metric query."""

    namespace: str
    metric_name: str
    dimensions: Mapping[str, str]
    period: int
    stat: str


class MetricQuery(TypedDict):
    """A metric, or an expression over metrics."""

    id: str
    metric: NotRequired[Metric]
    expression: NotRequired[str]
    label: NotRequired[str]
    return_data: NotRequired[bool]


class Threshold(TypedDict):
    """When an alarm fires."""

    evaluation_periods: int
    datapoints_to_alarm: NotRequired[int]
    threshold: int
    comparison_operator: str
    treat_missing_data: str


class Alarm(Threshold):
    """An alarm, with the keys of `pulumi_aws.cloudwatch.MetricAlarm`."""

    alarm_description: str
    metric_queries: NotRequired[Any]
    """A list of `MetricQuery`, which type checkers do not accept as the provider's own type."""
    namespace: NotRequired[str]
    metric_name: NotRequired[str]
    dimensions: NotRequired[Data | None]
    """A value can be an output."""
    statistic: NotRequired[str]
    period: NotRequired[int]


@dataclass(frozen=True, slots=True)
class SuccessWindow:
    """The evaluation of an alarm that fires if there is no success in a number of periods in a row."""

    period: int
    """Length of a period in seconds."""
    periods: int
    """Number of periods. Together they are as long as the time within which a success is expected."""


def success_window(seconds: int) -> SuccessWindow:
    """The periods of an alarm that expects a success within a number of seconds.

    Together they are exactly that long. A task that succeeds at least that often never has that many empty periods in a
    row, because two successes that far apart have one empty period fewer between them.

    A task that stops succeeding raises the alarm some periods late. CloudWatch retrieves more periods than the alarm
    evaluates. It counts a success in any of them as long as the newer periods have no data. AWS: CloudWatch user
    guide, "Configuring how CloudWatch alarms treat missing data".

    Raises:
        ValueError: CloudWatch does not support the time; the message says what it supports.
    """
    least, most = WITHIN_SECONDS
    if not least <= seconds <= most:
        raise ValueError(
            f'"{in_words(seconds)}" is not allowed. Use 1m to 7d, the range of a CloudWatch alarm. If a task runs less '
            "often than weekly, let it ping a monitor that knows its schedule (notify.heartbeat)."
        )
    period = MINUTE if seconds < HOUR else 5 * MINUTE if seconds <= DAY else HOUR
    if seconds % MINUTE:
        raise ValueError(f'"{in_words(seconds)}" is not a number of whole minutes, which a CloudWatch alarm needs.')
    if seconds > DAY and seconds % HOUR:
        raise ValueError(
            f'"{in_words(seconds)}" is more than a day, for which a CloudWatch alarm needs a number of whole hours.'
        )
    if seconds % period:
        period = MINUTE
    return SuccessWindow(period, seconds // period)


def success_filter(task: str) -> str:
    """The filter pattern that counts the successes of a task in the outcome log of succeeded runs."""
    return f'{{ $.detail.group = "{task}" }}'


SHARED_SUCCESS_FILTER = (
    '{ ($.source = "aws.ecs") && ($.detail.group = "*") && ($.detail.group != "family:*") '
    '&& ($.detail.group != "service:*") }'
)
"""The filter pattern that counts the successes of all tasks that their schedules start directly. ECS names the group of
other runs `family:...` or `service:...`.

AWS: CloudWatch Logs user guide, "Filter pattern syntax for metric filters" and "Publish dimensions with metrics".
"""
TASK_DIMENSION = "Task"
DIMENSIONS_OF_EVENTS = {TASK_DIMENSION: "$.detail.group"}


def success_alarm(*, prefix: str, task: str, seconds: int, metric: "SuccessMetric") -> Alarm:
    """The alarm for a task that has not succeeded for too long."""
    return _success_alarm(
        f"No run of the scheduled task {task} has succeeded for {in_words(seconds)}. First: check whether it ran "
        f"(log group /ecs/{prefix}), whether its schedule is enabled, and whether the dead-letter queue has messages.",
        seconds,
        metric,
    )


def call_alarm(*, task: str, seconds: int, metric: "SuccessMetric") -> Alarm:
    """The alarm for a call whose work has not succeeded for too long."""
    return _success_alarm(
        f"No work that the scheduled call {task} starts has succeeded for {in_words(seconds)}. First: check whether it "
        "failed (scheduled-tasks history), whether its schedule is enabled, and whether the dead-letter queue has "
        "messages.",
        seconds,
        metric,
    )


def _success_alarm(description: str, seconds: int, metric: "SuccessMetric") -> Alarm:
    window = success_window(seconds)
    return {
        "alarm_description": description,
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": metric.dimensions,
        "statistic": "Sum",
        "period": window.period,
        "evaluation_periods": window.periods,
        "datapoints_to_alarm": window.periods,
        "threshold": 1,
        "comparison_operator": "LessThanThreshold",
        # A task that does not run has no data.
        "treat_missing_data": "breaching",
    }


@dataclass(frozen=True, slots=True)
class SuccessMetric:
    """The metric that counts the successes of a task."""

    namespace: str
    name: str
    dimensions: Data | None = None


def success_metric(prefix: str, task: str) -> SuccessMetric:
    """The metric of a task that its schedule starts directly."""
    return SuccessMetric(METRIC_NAMESPACE, success_metric_name(prefix, task))


def shared_success_metric(name: str, task: str) -> SuccessMetric:
    """The successes of one task in the metric of all tasks."""
    return SuccessMetric(METRIC_NAMESPACE, name, {TASK_DIMENSION: task})


def execution_metric(state_machine_arn: Any) -> SuccessMetric:
    """Step Functions' own metric for a supervised task, which does not count skipped executions. The ARN can be an
    output. AWS: Step Functions developer guide, "Monitoring Step Functions metrics"."""
    return SuccessMetric("AWS/States", "ExecutionsSucceeded", {"StateMachineArn": state_machine_arn})


def duration_alarm(*, task: str, seconds: int, state_machine_arn: Any) -> Alarm:
    """The alarm for a supervised run that takes too long. The ARN can be an output.

    Step Functions reports the duration of an execution when it ends, in milliseconds. AWS: Step Functions developer
    guide, "Monitoring Step Functions metrics", ExecutionTime.
    """
    return {
        "alarm_description": (
            f"A run of the scheduled task {task} took longer than {in_words(seconds)}. First: compare its duration "
            f"with earlier runs (scheduled-tasks history {task}), and read its log."
        ),
        "namespace": "AWS/States",
        "metric_name": "ExecutionTime",
        "dimensions": {"StateMachineArn": state_machine_arn},
        "statistic": "Maximum",
        "period": _PERIOD,
        **_ABOVE_ZERO,
        "threshold": seconds * 1000,
    }


def group_alarms(*, schedule_group: str, queues: dict[str, str]) -> dict[str, Alarm]:
    """The alarms of a group, by name.

    Args:
        schedule_group: Name of the schedule group.
        queues: Names of the dead-letter queues, by what they hold; the first holds failed launches.
    """
    launches = next(iter(queues.values()))
    return {
        "dead-letters": {
            "alarm_description": (
                "A dead-letter queue has messages: failed launches, or events that could not be delivered. First: read "
                f"the messages in {' and '.join(queues.values())}; ERROR_CODE and ERROR_MESSAGE contain the cause. If "
                "a missed run matters, run the task manually. Then delete the message."
            ),
            "metric_queries": _sum(
                [("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": name}) for name in queues.values()],
                statistic="Maximum",
            ),
            **_SUM_ABOVE_ZERO,
        },
        "dropped": _scheduler(
            "InvocationDroppedCount",
            f"A launch failed and no run was started. First: read the messages in {launches}, which contain the cause.",
            schedule_group,
        ),
        "target-errors": _scheduler(
            "TargetErrorCount",
            "AWS refused to start a run; EventBridge Scheduler might retry. First: check the scheduler role's "
            "permissions, the cluster, and whether the task definition revision is active.",
            schedule_group,
        ),
        "lost-dead-letters": _scheduler(
            "InvocationsFailedToBeSentToDeadLetterCount",
            "A launch failed, and its message could not be sent to the dead-letter queue. First: check that the queue "
            "exists, and that the scheduler role can send messages to it and use its KMS key.",
            schedule_group,
        ),
        "throttled": {
            "alarm_description": (
                "Launches are throttled, by a quota of EventBridge Scheduler or of RunTask. First: find the tasks that "
                "start in the same minute, and give them a flexible time window."
            ),
            "metric_queries": _sum(
                [
                    ("AWS/Scheduler", metric, {"ScheduleGroup": schedule_group})
                    for metric in ("InvocationThrottleCount", "TargetErrorThrottledCount")
                ],
                statistic="Sum",
            ),
            **_SUM_ABOVE_ZERO,
        },
    }


def metrics_of(alarm: Alarm) -> int:
    """The number of metrics that an alarm evaluates, which CloudWatch charges for."""
    queries = alarm.get("metric_queries")
    return sum("metric" in query for query in queries) if queries else 1


_ABOVE_ZERO: Threshold = {
    "evaluation_periods": 1,
    "threshold": 0,
    "comparison_operator": "GreaterThanThreshold",
    "treat_missing_data": "notBreaching",
}
"""One occurrence fires the alarm. Scheduler and SQS report no data if nothing happens."""
_SUM_ABOVE_ZERO: Threshold = {**_ABOVE_ZERO, "evaluation_periods": 3, "datapoints_to_alarm": 1}
"""The same for an expression with FILL, which turns a period whose data is late into 0. Such an alarm must look at
several periods, or it never sees late data. AWS: CloudWatch user guide, "Using metric math", FILL, recommends an
M out of N alarm."""


def _scheduler(metric: str, description: str, schedule_group: str) -> Alarm:
    return {
        "alarm_description": description,
        "namespace": "AWS/Scheduler",
        "metric_name": metric,
        "dimensions": {"ScheduleGroup": schedule_group},
        "statistic": "Sum",
        "period": _PERIOD,
        **_ABOVE_ZERO,
    }


def _sum(metrics: list[tuple[str, str, dict[str, str]]], *, statistic: str) -> list[MetricQuery]:
    """A time series that is the sum of several metrics; missing data counts as 0."""
    queries: list[MetricQuery] = [
        {
            "id": f"m{number}",
            "metric": {
                "namespace": namespace,
                "metric_name": name,
                "dimensions": dimensions,
                "period": _PERIOD,
                "stat": statistic,
            },
        }
        for number, (namespace, name, dimensions) in enumerate(metrics, 1)
    ]
    expression = " + ".join(f"FILL(m{number}, 0)" for number in range(1, len(metrics) + 1))
    return [{"id": "all", "expression": expression, "label": "all", "return_data": True}, *queries]
