"""CloudWatch alarms: their state follows from the metrics, and a change sends messages.

AWS: CloudWatch user guide, "Alarm evaluation", "Alarm evaluation windows" (a sliding window by default, so each minute
has its own), "Configuring how CloudWatch alarms treat missing data", "Using metric math"; CloudWatch API reference,
MetricAlarm.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from ops.simulation.clock import Clock
from ops.simulation.cloudwatch import ALARM, MORE_PERIODS, state

from ..calls import Client
from ..iam_policies import EVERYONE, Document, service_may
from ..timestamps import timestamp
from .events import Event, alarm_state_change
from .metrics import Metrics

EVALUATION_SECONDS = 60
_CLOUDWATCH = "cloudwatch.amazonaws.com"
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}
_WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {"Sum": sum, "Maximum": max, "Minimum": min}
_FILL = re.compile(r"FILL\((\w+), 0\)")
"""The only function of metric math that the alarms of a stack use."""


class Values(Protocol):
    """Reads the values of a metric in a period."""

    def __call__(
        self, namespace: str, name: str, dimensions: Mapping[str, str], begin: float, end: float
    ) -> Sequence[float]:
        """The values. `begin` is inclusive and `end` is exclusive."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """The result of an evaluation."""

    state: str
    reason: str


def evaluate(alarm: Mapping[str, Any], values: Values, now: float) -> Found:
    """The state of an alarm that DescribeAlarms returns.

    Raises:
        NotImplementedError: The alarm has settings that the sandbox doesn't evaluate.
    """
    periods: int = alarm["EvaluationPeriods"]
    seconds = alarm.get("Period") or next(
        query["MetricStat"]["Period"] for query in alarm["Metrics"] if "MetricStat" in query
    )
    ends = [now - age * seconds for age in reversed(range(periods + MORE_PERIODS))]
    points = [_point(alarm, values, end - seconds, end) for end in ends]
    missing = alarm.get("TreatMissingData", "missing")
    if missing not in ("breaching", "notBreaching"):
        raise NotImplementedError(f"the sandbox doesn't evaluate alarms with TreatMissingData {missing}")
    threshold, operator = alarm["Threshold"], alarm["ComparisonOperator"]
    breaches = _COMPARISONS[operator]
    breaching = [None if point is None else breaches(point, threshold) for point in points]
    to_alarm = alarm.get("DatapointsToAlarm") or periods
    found = state(breaching, periods=periods, to_alarm=to_alarm, missing=missing)
    real = [(point, end) for point, end in zip(points, ends, strict=True) if point is not None][-periods:]
    if not real:
        return Found(found, f"Threshold Crossed: no datapoints were received for {periods} periods.")
    shown = ", ".join(f"{point} ({timestamp(end - seconds)})" for point, end in real[-5:])
    verb = "was" if found == ALARM else "was not"
    noun = "datapoint" if len(real) == 1 else "datapoints"
    return Found(
        found, f"Threshold Crossed: {len(real)} {noun} [{shown}] {verb} {_WORDS[operator]} the threshold ({threshold})."
    )


def _point(alarm: Mapping[str, Any], values: Values, begin: float, end: float) -> float | None:
    if not alarm.get("Metrics"):
        return _statistic(alarm, alarm["Statistic"], values, begin, end)
    found: dict[str, float | None] = {}
    for query in alarm["Metrics"]:
        if "MetricStat" in query:
            stat = query["MetricStat"]
            found[query["Id"]] = _statistic(stat["Metric"], stat["Stat"], values, begin, end)
    [expression] = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
    terms = [_FILL.fullmatch(term.strip()) for term in expression.split("+")]
    if not all(terms):
        raise NotImplementedError(f"the sandbox doesn't evaluate the expression {expression}")
    return sum(found[term[1]] or 0 for term in terms if term)


def _statistic(metric: Mapping[str, Any], name: str, values: Values, begin: float, end: float) -> float | None:
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
    found = values(metric["Namespace"], metric["MetricName"], dimensions, begin, end)
    return _STATISTICS[name](found) if found else None


def message(alarm: Mapping[str, Any], found: Found, region: str, now: float) -> tuple[str, str]:
    """The subject and the text of the message to a topic. AWS: CloudWatch user guide, "Notifying users on alarm
    changes"; the members are those of messages in public test data."""
    name, account = alarm["AlarmName"], alarm["AlarmArn"].split(":")[4]
    text = {
        "AlarmName": name,
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": account,
        "NewStateValue": found.state,
        "NewStateReason": found.reason,
        "StateChangeTime": timestamp(now).replace("Z", "+0000"),
        "Region": region,
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": alarm["StateValue"],
    }
    # AWS: SNS API reference, Publish, Subject: at most 100 characters.
    return f'{found.state}: "{name}" in {region}'[:100], json.dumps(text, ensure_ascii=False)


@dataclass(slots=True)
class Alarms:
    """Evaluates all alarms of the emulator, each minute."""

    clock: Clock
    client: Client
    metrics: Metrics
    publish: Callable[[Event], None]
    tell: Callable[[str, str], None]
    is_on: Callable[[], bool] = lambda: True

    def begin(self) -> None:
        """Evaluate from now on."""
        self.clock.at((self.clock.now // EVALUATION_SECONDS + 1) * EVALUATION_SECONDS, self._tick)

    def _tick(self) -> None:
        self.clock.at(self.clock.now + EVALUATION_SECONDS, self._tick)
        if self.is_on():
            self.evaluate_all()

    def evaluate_all(self) -> None:
        """Evaluate all alarms now."""
        self._count_messages()
        for page in self.client("cloudwatch").get_paginator("describe_alarms").paginate():
            for alarm in page["MetricAlarms"]:
                self._evaluate(alarm)

    def _count_messages(self) -> None:
        """Report the messages of each queue. AWS: Amazon SQS developer guide, "Available CloudWatch metrics": SQS
        reports them once a minute for a queue that is in use."""
        sqs, attribute = self.client("sqs"), "ApproximateNumberOfMessages"
        for url in sqs.list_queues().get("QueueUrls", []):
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"]
            if number := int(found[attribute]):
                dimensions = {"QueueName": url.rsplit("/", 1)[-1]}
                self.metrics.put("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions, number)

    def _evaluate(self, alarm: Mapping[str, Any]) -> None:
        now, name = self.clock.now, alarm["AlarmName"]
        try:
            found = evaluate(alarm, self.metrics.values, now)
        except NotImplementedError as error:
            self.tell("", f"Alarm {name}: {error}.")
            return
        if found.state == alarm["StateValue"]:
            return
        self.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=found.state, StateReason=found.reason)
        if found.state == ALARM or alarm["StateValue"] == ALARM:
            # Each new alarm becomes OK. Nobody has to know.
            self.tell("", f"Alarm {name} is {found.state}: {found.reason}")
        region = self.metrics.region
        event = alarm_state_change(
            arn=alarm["AlarmArn"],
            name=name,
            description=alarm.get("AlarmDescription", ""),
            reason=found.reason,
            state=found.state,
            before=alarm["StateValue"],
            now=now,
        )
        self.publish(event)
        if not alarm["ActionsEnabled"]:
            return
        subject, text = message(alarm, found, region, now)
        for action in alarm["AlarmActions" if found.state == ALARM else "OKActions"]:
            if ":sns:" in action:
                self._send(alarm, action, subject, text)

    def _send(self, alarm: Mapping[str, Any], topic: str, subject: str, text: str) -> None:
        """Send a message to a topic. In AWS, only the history of the alarm shows that it failed.

        AWS: re:Post knowledge center, "Why didn't I receive an SNS notification when my CloudWatch alarm triggered?".
        """
        sns, arn = self.client("sns"), alarm["AlarmArn"]
        try:
            policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
            if alarm_may_publish(policy, arn, topic):
                sns.publish(TopicArn=topic, Subject=subject, Message=text)
                return
            why = f"Resource: {arn} is not authorized to perform: SNS:Publish on resource: {topic}"
        except ClientError as error:
            why = error.response["Error"]["Message"]
        failed = f'Failed to execute action {topic}. Received error: "{why}"'
        self.tell("", f"Alarm {alarm['AlarmName']}: {failed}.")


def alarm_may_publish(policy: Document, alarm_arn: str, topic_arn: str) -> bool:
    """Whether the policy of a topic lets an alarm of its account publish.

    The policy of a new topic names everyone in the account, by a condition on `AWS:SourceOwner`.
    """
    account = topic_arn.split(":")[4]
    context = {"aws:SourceArn": alarm_arn, "aws:SourceAccount": account, "aws:SourceOwner": account}
    return service_may([policy], [_CLOUDWATCH, EVERYONE], "sns:Publish", topic_arn, context)
