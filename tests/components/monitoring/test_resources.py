"""Event targets, queues and alarms of a group, with all options on."""

import json
from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs
from sandbox.iam_policies import is_allowed
from tests.mocks import ACCOUNT, REGION, Recorded, run

GROUP: ScheduledTaskGroupArgs = {
    "prefix": "shop-dev",
    "cluster": "main",
    "supervised": True,
    "task_definitions": ["legacy"],
    "containers": {"legacy": "app"},
    "notify": {"emails": ["ops@example.com"]},
}
TASKS: dict[str, dict[str, Any]] = {
    "direct": {"image": "a:1", "schedule": "rate(1 hour)", "expect_success_within": "26h"},
    "supervised": {"image": "a:1", "schedule": "rate(1 hour)", "timeout": "1h", "expect_success_within": "90m"},
    "existing": {"task_definition": "legacy", "container": "app", "schedule": "rate(1 hour)"},
}
CLOUDWATCH_PERIODS = {10, 20, 30}
"""And multiples of 60. AWS: CloudWatch API reference, PutMetricAlarm, Period."""


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return deployed()


def deployed(prefix: str = "shop-dev") -> Recorded:
    """The group and the tasks, with a prefix of their names."""

    def program() -> None:
        group = ScheduledTaskGroup("tasks", {**GROUP, "prefix": prefix})
        for name, args in TASKS.items():
            ScheduledTask(name, cast("ScheduledTaskArgs", {**args, "group": group.reference}))

    found = run(program, preview=False)
    if found.error:
        raise found.error
    return found


def of_type(recorded: Recorded, kind: str) -> dict[str, dict[str, Any]]:
    return {found.name: found.inputs for found in recorded.of_aws if found.type.endswith(f":{kind}")}


def test_every_event_that_cannot_be_delivered_is_kept(recorded: Recorded):
    targets = of_type(recorded, "EventTarget")
    assert len(targets) > 6
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-undelivered-events"
    assert {name: inputs.get("deadLetterConfig") for name, inputs in targets.items()} == {
        key: {"arn": queue} for key in targets
    }
    [kept] = [
        inputs for inputs in of_type(recorded, "Queue").values() if inputs["name"] == "shop-dev-undelivered-events"
    ]
    assert kept["messageRetentionSeconds"] == 14 * 24 * 60 * 60


def test_every_launch_that_cannot_be_started_is_kept(recorded: Recorded):
    schedules = of_type(recorded, "Schedule")
    assert len(schedules) == len(TASKS)
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:shop-dev-dead-letters"
    assert {inputs["target"]["deadLetterConfig"]["arn"] for inputs in schedules.values()} == {queue}
    [kept] = [inputs for inputs in of_type(recorded, "Queue").values() if inputs["name"] == "shop-dev-dead-letters"]
    assert kept["messageRetentionSeconds"] == 14 * 24 * 60 * 60


def test_every_rule_has_a_target_for_its_log_and_failures_one_for_the_topic(recorded: Recorded):
    rules = of_type(recorded, "EventRule")
    targets: dict[str, list[str]] = {}
    for inputs in of_type(recorded, "EventTarget").values():
        targets.setdefault(inputs["rule"], []).append(inputs["arn"].split(":")[2])
    assert sorted(targets) == sorted(inputs["name"] for inputs in rules.values())
    for rule, services in targets.items():
        assert sorted(services) == (["logs"] if "succeeded" in rule else ["logs", "sns"]), rule


def periods(alarm: dict[str, Any]) -> list[int]:
    queries = [query["metric"]["period"] for query in alarm.get("metricQueries", []) if "metric" in query]
    return [alarm["period"]] if "period" in alarm else queries


def test_every_alarm_has_a_period_that_cloudwatch_accepts_and_looks_at_most_a_week_back(recorded: Recorded):
    alarms = of_type(recorded, "MetricAlarm")
    assert len(alarms) == 5 + 2
    for name, alarm in alarms.items():
        assert periods(alarm), name
        for period in periods(alarm):
            assert period > 0, name
            assert period in CLOUDWATCH_PERIODS or period % 60 == 0, name
            most = 7 * 86400 if period >= 3600 else 86400
            assert 1 <= alarm["evaluationPeriods"] <= most / period, name


def test_alarms_of_a_group_look_at_5_minutes_and_those_of_a_task_at_its_time(recorded: Recorded):
    found = {name: periods(alarm) for name, alarm in of_type(recorded, "MetricAlarm").items()}
    assert {period for name, each in found.items() if name.startswith("tasks-") for period in each} == {300}
    assert (found["direct-alarm"], found["supervised-alarm"]) == ([3600], [300])
    counts = of_type(recorded, "MetricAlarm")
    assert (counts["direct-alarm"]["evaluationPeriods"], counts["supervised-alarm"]["evaluationPeriods"]) == (26, 18)


def test_one_failed_launch_is_enough_for_an_alarm_and_silence_is_none(recorded: Recorded):
    for name, alarm in of_type(recorded, "MetricAlarm").items():
        if name.startswith("tasks-"):
            settings = (
                alarm["threshold"],
                alarm["comparisonOperator"],
                alarm.get("datapointsToAlarm", alarm["evaluationPeriods"]),
                alarm["treatMissingData"],
            )
            assert settings == (0, "GreaterThanThreshold", 1, "notBreaching"), name
        else:
            settings = (alarm["threshold"], alarm["comparisonOperator"], alarm["treatMissingData"])
            assert settings == (1, "LessThanThreshold", "breaching"), name


def test_every_alarm_reaches_the_topic(recorded: Recorded):
    topic = topic_of(recorded)
    for name, alarm in of_type(recorded, "MetricAlarm").items():
        assert alarm["alarmActions"] == [topic], name


@pytest.mark.parametrize("prefix", ["shop-dev", "My Shop", "shop:dev", "shop/dev", "x" * 250])
def test_the_topic_lets_every_alarm_of_the_group_publish_and_no_other(prefix: str):
    """AWS: Amazon SNS developer guide, "Example cases for Amazon SNS access control"."""
    found = deployed(prefix)
    [policy] = [json.loads(inputs["policy"]) for inputs in of_type(found, "TopicPolicy").values()]
    [alarms] = [statement for statement in policy["Statement"] if statement["Sid"] == "Alarms"]

    def may_publish(alarm: str) -> bool:
        context = {
            "aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}",
            "aws:SourceAccount": ACCOUNT,
        }
        return is_allowed([{"Statement": [alarms]}], "sns:Publish", alarms["Resource"], context)

    names = {inputs["name"] for inputs in of_type(found, "MetricAlarm").values()}
    assert len(names) == 5 + 2
    assert {name for name in names if not may_publish(name)} == set()
    assert not any(may_publish(f"{prefix}{more}/dropped") for more in ("-eu", "2", "x"))
    assert not may_publish("another/dropped")


def topic_of(recorded: Recorded) -> str:
    [topic] = [found for found in recorded.of_aws if found.type == "aws:sns/topic:Topic"]
    return f"arn:aws:sns:{REGION}:{ACCOUNT}:Topic/{topic.inputs['name']}"


def test_deployments_enable_what_somebody_disabled(recorded: Recorded):
    """The provider leaves the state of a rule as it is, unless it is set. AWS: provider source, aws_cloudwatch_event_rule,
    DiffSuppressFunc of `state`."""
    assert {inputs["state"] for inputs in of_type(recorded, "EventRule").values()} == {"ENABLED"}
    assert {inputs["actionsEnabled"] for inputs in of_type(recorded, "MetricAlarm").values()} == {True}
    assert {inputs["state"] for inputs in of_type(recorded, "Schedule").values()} == {"ENABLED"}


METRICS = {
    ("AWS/Scheduler", "InvocationDroppedCount", ("ScheduleGroup",)),
    ("AWS/Scheduler", "TargetErrorCount", ("ScheduleGroup",)),
    ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount", ("ScheduleGroup",)),
    ("AWS/Scheduler", "InvocationThrottleCount", ("ScheduleGroup",)),
    ("AWS/Scheduler", "TargetErrorThrottledCount", ("ScheduleGroup",)),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName",)),
    ("AWS/States", "ExecutionsSucceeded", ("StateMachineArn",)),
}
"""AWS: EventBridge Scheduler user guide, "Monitoring with CloudWatch"; Amazon SQS developer guide, "Available CloudWatch
metrics"; Step Functions developer guide, "Monitoring Step Functions metrics"."""


def test_alarms_look_at_metrics_that_aws_has_and_at_the_tasks_own(recorded: Recorded):
    alarms = of_type(recorded, "MetricAlarm").values()
    queried = [query["metric"] for alarm in alarms for query in alarm.get("metricQueries", []) if "metric" in query]
    found = {
        (metric["namespace"], metric["metricName"], tuple(metric.get("dimensions") or ()))
        for metric in [*queried, *(alarm for alarm in alarms if "metricName" in alarm)]
    }
    [counted] = [inputs["metricTransformation"] for inputs in of_type(recorded, "LogMetricFilter").values()]
    assert found == {*METRICS, (counted["namespace"], counted["name"], ())}


def test_one_metric_filter_can_count_the_successes_of_all_tasks():
    def program() -> None:
        group = ScheduledTaskGroup("tasks", {**GROUP, "monitoring": {"success_metrics": "shared"}})
        for name, args in TASKS.items():
            ScheduledTask(name, cast("ScheduledTaskArgs", {**args, "group": group.reference}))

    recorded = run(program, preview=False)
    assert recorded.error is None
    [found] = [resource for resource in recorded.of_aws if resource.type.endswith(":LogMetricFilter")]
    assert (found.name, found.inputs["logGroupName"]) == ("tasks-successes", "/aws/events/shop-dev/succeeded")
    assert found.inputs["metricTransformation"] == {
        "namespace": "ScheduledTasks",
        "name": "shop-dev/succeeded",
        "value": "1",
        "dimensions": {"Task": "$.detail.group"},
    }
    direct, supervised = (recorded.named(f"{name}-alarm").inputs for name in ("direct", "supervised"))
    assert (direct["namespace"], direct["metricName"]) == ("ScheduledTasks", "shop-dev/succeeded")
    assert direct["dimensions"] == {"Task": "direct"}
    assert supervised["metricName"] == "ExecutionsSucceeded"


def test_a_group_without_outcomes_counts_no_successes():
    def program() -> None:
        ScheduledTaskGroup("tasks", {**GROUP, "monitoring": {"success_metrics": "shared", "outcomes": False}})

    recorded = run(program, preview=False)
    assert recorded.error is None
    assert not [resource for resource in recorded.of_aws if resource.type.endswith(":LogMetricFilter")]
