"""Alarms of the live sandbox: their states, and what they send."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from components.monitoring.alarms import success_alarm, success_metric
from sandbox.live.alarms import evaluate, message
from sandbox.live.metric_filters import Counted, counted, matches

from .world import ACCOUNT, REGION, TOPIC, World, client

NOW = 1_795_800_000.0
SIMPLE: dict[str, Any] = {
    "AlarmName": "shop-dev/dropped",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-dev/dropped",
    "Namespace": "AWS/Scheduler",
    "MetricName": "InvocationDroppedCount",
    "Dimensions": [{"Name": "ScheduleGroup", "Value": "shop-dev"}],
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
    "StateValue": "OK",
}


class Data:
    """Values by their time."""

    def __init__(self, **of_metrics: list[tuple[float, float]]):
        self.of_metrics = of_metrics

    def __call__(
        self, namespace: str, name: str, dimensions: Mapping[str, str], begin: float, end: float
    ) -> Sequence[float]:
        return [value for time, value in self.of_metrics.get(name, []) if begin <= time < end]


def test_an_alarm_without_data_is_as_its_settings_say():
    assert evaluate(SIMPLE, Data(), NOW).state == "OK"
    found = evaluate({**SIMPLE, "TreatMissingData": "breaching"}, Data(), NOW)
    assert (found.state, found.reason) == (
        "ALARM",
        "Threshold Crossed: no datapoints were received for 1 periods.",
    )


def test_the_window_slides():
    """AWS: CloudWatch user guide, "Alarm evaluation windows": the default is a sliding window."""
    data = Data(InvocationDroppedCount=[(NOW - 1, 1.0)])
    found = evaluate(SIMPLE, data, NOW)
    assert found.state == "ALARM"
    assert found.reason.startswith("Threshold Crossed: 1 datapoint [1.0 (")
    assert found.reason.endswith(")] was greater than the threshold (0).")
    assert evaluate(SIMPLE, data, NOW + 299).state == "ALARM"
    # CloudWatch reads two more periods, and counts a real datapoint in them as long as newer data is missing.
    assert evaluate(SIMPLE, data, NOW + 899).state == "ALARM"
    assert evaluate(SIMPLE, data, NOW + 901).state == "OK"


def test_the_sum_of_two_metrics():
    def stat(number: int, name: str) -> dict[str, Any]:
        metric = {"Namespace": "AWS/SQS", "MetricName": name, "Dimensions": []}
        return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Maximum"}}

    alarm: dict[str, Any] = {
        **{name: value for name, value in SIMPLE.items() if name not in ("Period", "MetricName", "Statistic")},
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 1,
        "Metrics": [{"Id": "all", "Expression": "FILL(m1, 0) + FILL(m2, 0)"}, stat(1, "a"), stat(2, "b")],
    }
    assert evaluate(alarm, Data(), NOW).state == "OK"
    assert evaluate(alarm, Data(b=[(NOW - 600, 2.0)]), NOW).state == "ALARM"
    assert evaluate(alarm, Data(b=[(NOW - 901, 2.0)]), NOW).state == "OK"
    alarm["Metrics"][0]["Expression"] = "m1 / m2"
    with pytest.raises(NotImplementedError, match="doesn't evaluate the expression m1 / m2"):
        evaluate(alarm, Data(), NOW)


def test_what_is_not_evaluated_is_an_error():
    with pytest.raises(NotImplementedError, match="TreatMissingData ignore"):
        evaluate({**SIMPLE, "TreatMissingData": "ignore"}, Data(), NOW)


def test_the_message_has_the_members_of_real_ones():
    """The members are those of github.com/aws/aws-lambda-go, events/testdata, cloudwatch-alarm-sns-payload."""
    found = evaluate(SIMPLE, Data(InvocationDroppedCount=[(NOW - 1, 1.0)]), NOW)
    subject, text = message(SIMPLE, found, REGION, NOW)
    assert subject == 'ALARM: "shop-dev/dropped" in eu-west-1'
    assert {name: value for name, value in json.loads(text).items() if name != "NewStateReason"} == {
        "AlarmName": "shop-dev/dropped",
        "AlarmDescription": None,
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2026-11-27T17:20:00.000+0000",
        "Region": "eu-west-1",
        "AlarmArn": SIMPLE["AlarmArn"],
        "OldStateValue": "OK",
    }


def test_an_alarm_sends_a_mail_when_it_fires_and_is_ok_again(unscheduled: World):
    unscheduled.live.metrics.put("AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": "shop-dev"}, 1)
    unscheduled.run(61)
    assert [subject for subject in unscheduled.subjects() if "dropped" in subject] == [
        'ALARM: "shop-dev/dropped" in eu-west-1'
    ]
    [alarm] = client("cloudwatch").describe_alarms(AlarmNames=["shop-dev/dropped"])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    unscheduled.run(960)
    [alarm] = client("cloudwatch").describe_alarms(AlarmNames=["shop-dev/dropped"])["MetricAlarms"]
    assert alarm["StateValue"] == "OK"


def test_a_new_alarm_has_no_data_until_it_is_evaluated(unscheduled: World):
    """AWS: AWS CloudFormation template reference, AWS::CloudWatch::Alarm: "When this operation creates an alarm, the
    alarm state is immediately set to INSUFFICIENT_DATA. The alarm is then evaluated and its state is set appropriately.
    Any actions associated with the new state are then executed. When you update an existing alarm, its state is left
    unchanged"."""
    cloudwatch = client("cloudwatch")
    settings = {name: value for name, value in SIMPLE.items() if name not in ("AlarmArn", "StateValue")}
    settings |= {"AlarmName": "shop-dev/new", "OKActions": [TOPIC]}

    def state() -> str:
        return cloudwatch.describe_alarms(AlarmNames=["shop-dev/new"])["MetricAlarms"][0]["StateValue"]

    cloudwatch.put_metric_alarm(**settings)
    assert state() == "INSUFFICIENT_DATA"
    unscheduled.run(61)
    assert state() == "OK"
    assert unscheduled.subjects() == ['OK: "shop-dev/new" in eu-west-1']
    assert [line for line in unscheduled.lines if "Alarm" in line] == []
    cloudwatch.put_metric_alarm(**{**settings, "AlarmActions": [TOPIC]})
    assert state() == "OK"
    unscheduled.live.metrics.put("AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": "shop-dev"}, 1)
    unscheduled.run(61)
    cloudwatch.put_metric_alarm(**settings)
    assert state() == "ALARM"


ANYONE = {"AWS": "*"}
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
OWN_ACCOUNT = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}


@pytest.mark.parametrize(
    ("principal", "condition", "arrives"),
    [
        (ANYONE, OWN_ACCOUNT, True),
        (CLOUDWATCH, {}, True),
        (CLOUDWATCH, {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:shop-dev/*"}}, True),
        (CLOUDWATCH, {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:other/*"}}, False),
        ({"Service": "events.amazonaws.com"}, {}, False),
        (ANYONE, {"StringEquals": {"AWS:SourceOwner": "999999999999"}}, False),
    ],
)
def test_an_alarm_needs_the_policy_of_its_topic(
    unscheduled: World, principal: dict[str, str], condition: dict[str, Any], arrives: bool
):
    """AWS: re:Post knowledge center, "Why didn't I receive an SNS notification for my CloudWatch alarm trigger?": the
    text of the alarm's history."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "SNS:Publish", "Resource": TOPIC}
    policy = json.dumps({"Statement": [{**statement, "Condition": condition}]})
    client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy)
    unscheduled.live.metrics.put("AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": "shop-dev"}, 1)
    unscheduled.run(61)
    assert ('ALARM: "shop-dev/dropped" in eu-west-1' in unscheduled.subjects()) == arrives
    arn = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:shop-dev/dropped"
    failed = (
        f": Alarm shop-dev/dropped: Failed to execute action {TOPIC}. Received error: "
        f'"Resource: {arn} is not authorized to perform: SNS:Publish on resource: {TOPIC}".'
    )
    assert (failed in unscheduled.lines) != arrives


def test_a_missing_topic_does_not_stop_other_alarms(unscheduled: World):
    missing = f"{TOPIC}-missing"
    settings = {name: value for name, value in SIMPLE.items() if name not in ("AlarmArn", "StateValue")}
    client("cloudwatch").put_metric_alarm(**{**settings, "AlarmName": "shop-dev/a-first", "AlarmActions": [missing]})
    unscheduled.live.metrics.put("AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": "shop-dev"}, 1)
    unscheduled.run(61)
    assert 'ALARM: "shop-dev/dropped" in eu-west-1' in unscheduled.subjects()
    [line] = [line for line in unscheduled.lines if "a-first: Failed" in line]
    assert line.startswith(f": Alarm shop-dev/a-first: Failed to execute action {missing}. Received error: ")


def test_an_alarm_without_actions_sends_nothing(unscheduled: World):
    client("cloudwatch").disable_alarm_actions(AlarmNames=["shop-dev/dropped"])
    unscheduled.live.metrics.put("AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": "shop-dev"}, 1)
    unscheduled.run(61)
    assert unscheduled.subjects() == []


def test_a_success_ends_the_alarm_of_a_task(unscheduled: World):
    metric = success_metric("shop-dev", "job")
    transformation = {"metricName": metric.name, "metricNamespace": metric.namespace, "metricValue": "1"}
    log_group = "/aws/events/shop-dev/succeeded"
    client("logs").put_metric_filter(
        logGroupName=log_group,
        filterName="job",
        filterPattern='{ $.detail.group = "job" }',
        metricTransformations=[transformation],
    )
    alarm = success_alarm(prefix="shop-dev", task="job", seconds=600, metric=metric)
    client("cloudwatch").put_metric_alarm(
        AlarmName="shop-dev/job/no-success",
        Namespace=metric.namespace,
        MetricName=metric.name,
        Statistic="Sum",
        Period=alarm.get("period"),
        EvaluationPeriods=alarm["evaluation_periods"],
        DatapointsToAlarm=alarm.get("datapoints_to_alarm"),
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        AlarmActions=[TOPIC],
    )
    unscheduled.run(61)
    assert unscheduled.subjects() == ['ALARM: "shop-dev/job/no-success" in eu-west-1'], (
        "as in AWS, until the first success"
    )
    unscheduled.run_task()
    unscheduled.run(120)
    [found] = client("cloudwatch").describe_alarms(AlarmNames=["shop-dev/job/no-success"])["MetricAlarms"]
    assert found["StateValue"] == "OK"
    unscheduled.run(900)
    assert len(unscheduled.subjects()) == 2, "there was no other success"


EVENT = {"source": "aws.ecs", "detail": {"group": "job"}}


def test_metric_filters_count_events():
    transformation = {
        "metricName": "Successes",
        "metricNamespace": "ScheduledTasks",
        "metricValue": "1",
        "dimensions": {"Task": "$.detail.group"},
    }
    one = {"filterPattern": '{ $.detail.group = "job" }', "metricTransformations": [transformation]}
    assert list(counted([one], json.dumps(EVENT))) == [Counted("ScheduledTasks", "Successes", {"Task": "job"}, 1.0)]
    assert list(counted([one], json.dumps({"detail": {"group": "other"}}))) == []
    assert list(counted([one], "no JSON")) == []
    without = {**one, "filterPattern": '{ $.source = "aws.ecs" }'}
    assert list(counted([without], json.dumps({"source": "aws.ecs"}))) == [], "the dimension is missing"


@pytest.mark.parametrize(
    ("group", "expected"), [("job", True), ("family:job", False), ("service:job", False), (None, False)]
)
def test_the_shared_filter_counts_the_runs_of_tasks(group: str | None, expected: bool):
    from components.monitoring.alarms import SHARED_SUCCESS_FILTER

    event = {"source": "aws.ecs", "detail": {"group": group} if group else {}}
    assert matches(SHARED_SUCCESS_FILTER, event) is expected


def test_an_unknown_pattern_is_an_error():
    for pattern in ("ERROR", "{ $.a > 1 }", '{ $.a = "b" || $.c = "d" }'):
        with pytest.raises(NotImplementedError, match="doesn't know the filter pattern"):
            matches(pattern, {})
