"""What EventBridge is told about the ends of runs: patterns, the sentence of a failure, and who may deliver it.

Data in, data out.

AWS: Amazon ECS developer guide, "Amazon ECS task state change events"; Amazon EventBridge user guide, "Event patterns"
and "Input transformation".
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..aws.console import host
from ..aws.policies import document
from ..supervised import language
from ..supervised.ending import OUTCOME_DETAIL_TYPE, OUTCOME_SOURCE
from ..supervised.settings import SUPERVISED_GROUP

PATTERN_LENGTH = 4096
"""AWS: botocore events, EventPattern."""
FAILED, SUCCEEDED = "failed", "succeeded"
BROKEN = "broken"
"""What is said of executions that end without having reported an outcome."""
LONGEST_CLUSTER = f"arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/{'x' * 255}"
"""A cluster's ARN can be an output, and how many rules there are must be known before."""


def rules(definitions: Mapping[str, Sequence[str]]) -> list[tuple[str, tuple[str, ...]]]:
    """The rules that the ends of runs take: the container whose exit code decides, and beginnings of task definition
    ARNs, as many as a pattern has room for.

    `definitions` are such beginnings by container. One rule an outcome is enough for a stack's own task definitions,
    however many there are, as they have one beginning and one name of the container.
    """
    return [
        rule
        for container, prefixes in sorted(definitions.items())
        for rule in _split(container, tuple(sorted(set(prefixes))))
    ]


def _split(container: str, prefixes: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    longest = max(len(pattern(outcome, LONGEST_CLUSTER, container, prefixes, supervised=True)) for outcome in _OUTCOMES)
    if longest <= PATTERN_LENGTH or len(prefixes) == 1:
        return [(container, prefixes)]
    half = len(prefixes) // 2
    return [*_split(container, prefixes[:half]), *_split(container, prefixes[half:])]


def pattern(
    outcome: str, cluster_arn: str, container: str, prefixes: Sequence[str], *, supervised: bool = False
) -> str:
    """The pattern of the ends of runs with an outcome. Where there are supervised runs, theirs are left to their state
    machine, which knows whether they are tried again."""
    detail: dict[str, Any] = {
        "clusterArn": [cluster_arn],
        # Spot warns with an event in which the task still runs: only the end counts.
        "lastStatus": ["STOPPED"],
        "taskDefinitionArn": [{"prefix": prefix} for prefix in prefixes],
        **_OUTCOMES[outcome](container),
    }
    if supervised:
        detail["group"] = [{"anything-but": {"prefix": SUPERVISED_GROUP}}]
    return _pattern("aws.ecs", "ECS Task State Change", detail)


def supervised_pattern(outcome: str, prefix: str) -> str:
    """The pattern of the outcomes that the state machines of a group report. A run that was replaced did what it was
    asked to, so it is none of both."""
    outcomes = {FAILED: [language.FAILED, language.TIMED_OUT], SUCCEEDED: [language.SUCCEEDED]}
    return _pattern(OUTCOME_SOURCE, OUTCOME_DETAIL_TYPE, {"prefix": [prefix], "outcome": outcomes[outcome]})


def broken_pattern(state_machines_arn: str) -> str:
    """The pattern of executions that ended without having reported an outcome: stopped by hand, by Step Functions after
    too long, or by an error of their own. `state_machines_arn` is the beginning of their state machines' ARNs.

    AWS: Step Functions developer guide, "EventBridge events for Step Functions execution status changes", which are
    delivered on a best effort basis.
    """
    told = [language.FAILED, language.TIMED_OUT, language.REPLACED, language.SKIPPED]
    detail = {
        "stateMachineArn": [{"prefix": state_machines_arn}],
        "$or": [
            {"status": ["ABORTED", "TIMED_OUT"]},
            {"status": ["FAILED"], "error": [{"anything-but": told}]},
            {"status": ["FAILED"], "error": [{"exists": False}]},
        ],
    }
    return _pattern("aws.states", "Step Functions Execution Status Change", detail)


def _pattern(source: str, detail_type: str, detail: Mapping[str, Any]) -> str:
    whole = {"source": [source], "detail-type": [detail_type], "detail": detail}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def _failed(container: str) -> dict[str, Any]:
    """All that is no clean end of the named container; other containers may end as they like."""
    return {
        "$or": [
            {"stopCode": [{"anything-but": ["EssentialContainerExited"]}]},
            {"stopCode": [{"exists": False}]},
            {"containers": {"name": [container], "exitCode": [{"anything-but": [0]}]}},
            {"containers": {"exitCode": [{"exists": False}]}},
            {"containers": {"name": [container], "reason": [{"exists": True}]}},
        ]
    }


def _succeeded(container: str) -> dict[str, Any]:
    return {"stopCode": ["EssentialContainerExited"], "containers": {"name": [container], "exitCode": [0]}}


_OUTCOMES = {FAILED: _failed, SUCCEEDED: _succeeded}


def failure_message(*, prefix: str, partition: str, region: str, cluster_name: str, log_group: str) -> dict[str, Any]:
    """The input transformer that makes a sentence of a failure. Keys are those of `pulumi_aws.cloudwatch.EventTarget`.

    A run's `group` is its task's name: the schedules start runs so.
    """
    paths = {
        "task": "$.detail.group",
        "stopCode": "$.detail.stopCode",
        "reason": "$.detail.stoppedReason",
        "stoppedAt": "$.detail.stoppedAt",
        "run": "$.detail.taskArn",
        "containers": "$.detail.containers",
    }
    console = f"https://{host(partition, region)}/ecs/v2/clusters/{cluster_name}/tasks?region={region}"
    lines = [
        f"Scheduled task <task> of {prefix} failed at <stoppedAt>: <reason> (<stopCode>).",
        f"Logs: aws logs tail {log_group} --log-stream-name-prefix <task>/ --since 1d --region {region}",
        f"(of a task with a log group of its own: {log_group}/<task>)",
        f"Run: aws ecs describe-tasks --cluster {cluster_name} --tasks <run> --region {region}",
        f"Console: {console}",
        "Containers, with their exit codes: <containers>",
    ]
    return _message(paths, lines)


def broken_message(*, prefix: str, partition: str, region: str) -> dict[str, Any]:
    """As `failure_message`, for an execution that could not report its outcome."""
    paths = {
        "execution": "$.detail.executionArn",
        "status": "$.detail.status",
        "error": "$.detail.error",
        "cause": "$.detail.cause",
    }
    lines = [
        f"A supervised run of {prefix} ended without an outcome of its own: <status>. <error> <cause>",
        "Its task may still be running, and its lease is held until it expires.",
        f"Execution: aws stepfunctions describe-execution --execution-arn <execution> --region {region}",
        f"Console: https://{host(partition, region)}/states/home?region={region}#/v2/executions/details/<execution>",
    ]
    return _message(paths, lines)


def _message(paths: Mapping[str, str], lines: Iterable[str]) -> dict[str, Any]:
    # One string: EventBridge takes the quotes out of what it puts into it, so that the containers stay readable.
    return {"input_paths": dict(paths), "input_template": json.dumps("\n".join(lines), ensure_ascii=False)}


def log_policy(*, log_group_arn: str, rule_arns: Iterable[str]) -> str:
    """Lets EventBridge write the events of these rules into a log group. It is the log group's own: of those of the
    account there can be ten in a Region (AWS: CloudWatch Logs API reference, PutResourcePolicy).

    AWS: Amazon EventBridge user guide, "CloudWatch Logs permissions".
    """
    common = {
        "Effect": "Allow",
        "Principal": {"Service": ["delivery.logs.amazonaws.com", "events.amazonaws.com"]},
        "Resource": f"{log_group_arn}:*",
    }
    writing = {"Condition": {"ArnEquals": {"aws:SourceArn": sorted(rule_arns)}}}
    return document(
        [
            {"Sid": "CreateStreams", **common, "Action": "logs:CreateLogStream"},
            {"Sid": "PutOutcomes", **common, "Action": "logs:PutLogEvents", **writing},
        ]
    )


def queue_policy(*, queue_arn: str, rule_arns: Iterable[str]) -> str:
    """Lets EventBridge send to the queue what it could not deliver for these rules.

    AWS: Amazon EventBridge user guide, "Using dead-letter queues".
    """
    statement = {
        "Sid": "KeepUndelivered",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": sorted(rule_arns)}},
    }
    return document([statement])


def topic_policy(*, topic_arn: str, account_id: str, alarm_prefix_arn: str) -> str:
    """Lets EventBridge, and the alarms of this group, publish to the topic.

    EventBridge has no condition here: whether it hands over the rule's ARN to SNS is not documented, older pages say
    that it does not, and a refused message would be one that nobody gets. AWS: Amazon EventBridge user guide, "Amazon
    SNS permissions"; Amazon SNS developer guide, "Example cases for Amazon SNS access control".
    """
    statements = [
        {
            "Sid": "Failures",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
        },
        {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {
                "ArnLike": {"aws:SourceArn": f"{alarm_prefix_arn}*"},
                "StringEquals": {"aws:SourceAccount": account_id},
            },
        },
    ]
    return document(statements)
