"""EventBridge rules for the ends of runs: event patterns, failure messages, and resource policies.

Data in, data out.

AWS: Amazon ECS developer guide, "Amazon ECS task state change events"; Amazon EventBridge user guide, "Event patterns"
and "Input transformation".
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from ..aws.console import host
from ..aws.limits import EVENT_PATTERN_LENGTH
from ..aws.names import INDEX_END, LONGEST_CLUSTER
from ..aws.policies import Statement, document
from ..json_values import Json
from ..problems import abbreviated
from ..resolved import Task
from ..supervised import language
from ..supervised.counting import BELOW as BELOW_DETAIL_TYPE
from ..supervised.ending import OUTCOME_DETAIL_TYPE, OUTCOME_SOURCE
from ..supervised.settings import SUPERVISED_GROUP

FAILED, SUCCEEDED = "failed", "succeeded"
BROKEN = "broken"
"""The outcome of executions that end without reporting one."""
BELOW, RECOVERED = "below", "recovered"
"""The failures of a task that send no messages yet, and its first success after failures that sent some."""


_END_OF_LINK = " "
"""Keeps the quote at the end of a line out of the link before it."""


class InputTransformer(TypedDict):
    """How a rule's target turns an event into a message, with the keys of `pulumi_aws.cloudwatch.EventTarget`."""

    input_paths: dict[str, str]
    input_template: str


def rules(
    definitions: Mapping[str, Sequence[str]], more_clusters: Sequence[str] = (), room: int = 0
) -> list[tuple[str, tuple[str, ...]]]:
    """The rules per outcome: for each, the container whose exit code decides, and as many prefixes of task definition
    ARNs as fit into an event pattern.

    A stack's own task definitions need one rule per outcome, because they all have the same prefix and container name.

    Args:
        definitions: Prefixes of task definition ARNs, by container.
        more_clusters: ARNs of clusters besides the group's.
        room: Characters of a pattern to leave for further conditions.
    """
    return [
        rule
        for container, prefixes in sorted(definitions.items())
        for rule in _split(container, tuple(sorted(set(prefixes))), more_clusters, room)
    ]


def longest_pattern(container: str, prefixes: Sequence[str], more_clusters: Sequence[str]) -> int:
    """Characters of the longest event pattern for runs of these task definitions."""
    return max(
        len(pattern(outcome, LONGEST_CLUSTER, container, prefixes, supervised=True, more_clusters=more_clusters))
        for outcome in _OUTCOMES
    )


def _split(
    container: str, prefixes: tuple[str, ...], more_clusters: Sequence[str], room: int
) -> list[tuple[str, tuple[str, ...]]]:
    longest = longest_pattern(container, prefixes, more_clusters)
    if longest + room <= EVENT_PATTERN_LENGTH or len(prefixes) == 1:
        return [(container, prefixes)]
    half = len(prefixes) // 2
    return [
        *_split(container, prefixes[:half], more_clusters, room),
        *_split(container, prefixes[half:], more_clusters, room),
    ]


def pattern(
    outcome: str,
    cluster_arn: str,
    container: str,
    prefixes: Sequence[str],
    *,
    supervised: bool = False,
    more_clusters: Sequence[str] = (),
    tasks: Sequence[Json] = (),
) -> str:
    """The event pattern for runs that end with an outcome.

    With `supervised`, the pattern excludes supervised runs: their state machines report them, because only these know
    whether there is another attempt. `tasks` limits it to some tasks, as values of a pattern.
    """
    detail: dict[str, Json] = {
        "clusterArn": [cluster_arn, *more_clusters],
        # ECS also sends an event when Spot announces an interruption, while the task still runs.
        "lastStatus": ["STOPPED"],
        "taskDefinitionArn": [{"prefix": prefix} for prefix in prefixes],
        **_OUTCOMES[outcome](container),
    }
    if supervised:
        detail["group"] = [{"anything-but": {"prefix": SUPERVISED_GROUP}}]
    if tasks:
        detail["group"] = list(tasks)
    return _pattern("aws.ecs", ["ECS Task State Change"], detail)


def started_pattern(cluster_arns: Sequence[str], prefixes: Sequence[str], task: str) -> str:
    """The event pattern for runs of a task that start, also of each attempt of supervised runs."""
    detail: dict[str, Json] = {
        "clusterArn": list(cluster_arns),
        "lastStatus": ["RUNNING"],
        "desiredStatus": ["RUNNING"],
        "taskDefinitionArn": [{"prefix": prefix} for prefix in prefixes],
        "group": [task, f"{SUPERVISED_GROUP}{task}"],
    }
    return _pattern("aws.ecs", ["ECS Task State Change"], detail)


def supervised_pattern(outcome: str, prefix: str, tasks: Sequence[Json] = (), *, below: bool = False) -> str:
    """The event pattern for outcomes that the group's state machines report. A replaced run has neither outcome.

    With `below`, it includes failures that send no messages yet.
    """
    outcomes = {FAILED: [language.FAILED, language.TIMED_OUT], SUCCEEDED: [language.SUCCEEDED]}
    detail: dict[str, Json] = {"prefix": [prefix], "outcome": [*outcomes[outcome]]}
    if tasks:
        detail["group"] = list(tasks)
    return _pattern(OUTCOME_SOURCE, [OUTCOME_DETAIL_TYPE, *([BELOW_DETAIL_TYPE] if below else [])], detail)


def below_pattern(prefix: str) -> str:
    """The event pattern for failures that send no messages yet."""
    return _pattern(OUTCOME_SOURCE, [BELOW_DETAIL_TYPE], {"prefix": [prefix]})


def recovered_pattern(prefix: str, tasks: Sequence[Json] = ()) -> str:
    """The event pattern for the first success of a task after failures that sent messages."""
    detail: dict[str, Json] = {"prefix": [prefix], "outcome": [language.SUCCEEDED], "recovered": [True]}
    if tasks:
        detail["group"] = list(tasks)
    return _pattern(OUTCOME_SOURCE, [OUTCOME_DETAIL_TYPE], detail)


def alarm_pattern(state: str, alarms_arn: str, names: Sequence[Json]) -> str:
    """The event pattern for alarms that change to a state. An alarm that had no data before is not a recovery.

    AWS: CloudWatch user guide, "Alarm events and EventBridge".

    Args:
        state: `ALARM` or `OK`.
        alarms_arn: Start of the ARNs of the group's alarms.
        names: Names of alarms, as values of a pattern.
    """
    detail: dict[str, Json] = {"state": {"value": [state]}, "alarmName": list(names)}
    if state == "OK":
        detail["previousState"] = {"value": ["ALARM"]}
    whole: Mapping[str, Json] = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "resources": [{"prefix": alarms_arn}],
        "detail": detail,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def broken_pattern(state_machine_arns: Sequence[Json], *, parallel: bool = False) -> str:
    """The event pattern for executions that ended without reporting an outcome: a user stopped them, Step Functions
    stopped them after their maximum duration, or the state machine itself failed.

    AWS: Step Functions developer guide, "EventBridge events for Step Functions execution status changes"; AWS delivers
    them on a best effort basis. The guide doesn't list `error` and `cause`. Observed events have both, as a string or
    null (NASA Cumulus: "Cumulus Dead Letter Queue Archive", Step Function Execution Status Change).

    Args:
        state_machine_arns: ARNs of the group's state machines, as values of a pattern.
        parallel: Whether some of them run one task of a run. The execution that starts them reports such a task.
    """
    reported = [language.FAILED, language.TIMED_OUT, language.REPLACED, language.SKIPPED]
    detail: dict[str, Json] = {
        **(_without_tasks_of_runs(state_machine_arns) if parallel else {"stateMachineArn": list(state_machine_arns)}),
        "$or": [
            {"status": ["ABORTED", "TIMED_OUT"]},
            {"status": ["FAILED"], "error": [{"anything-but": reported}]},
            {"status": ["FAILED"], "error": [{"exists": False}]},
        ],
    }
    return _pattern("aws.states", ["Step Functions Execution Status Change"], detail)


def _without_tasks_of_runs(state_machine_arns: Sequence[Json]) -> dict[str, Json]:
    """The executions of some state machines. Two conditions can't be about the same member."""

    def executions(value: Json) -> Json:
        start = value["prefix"] if isinstance(value, Mapping) else f"{value}:"
        return {"prefix": str(start).replace(":stateMachine:", ":execution:", 1)}

    return {
        "executionArn": [executions(value) for value in state_machine_arns],
        "stateMachineArn": [{"anything-but": {"suffix": INDEX_END}}],
    }


def _pattern(source: str, detail_types: Sequence[str], detail: Mapping[str, Json]) -> str:
    whole = {"source": [source], "detail-type": list(detail_types), "detail": detail}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def _failed(container: str) -> dict[str, Json]:
    """Everything but a success of the container. How other containers end does not matter."""
    return {
        "$or": [
            {"stopCode": [{"anything-but": ["EssentialContainerExited"]}]},
            {"stopCode": [{"exists": False}]},
            {"containers": {"name": [container], "exitCode": [{"anything-but": [0]}]}},
            {"containers": {"exitCode": [{"exists": False}]}},
            # Any string. Some events have a reason that is null, for which "exists" is true.
            {"containers": {"name": [container], "reason": [{"prefix": ""}]}},
        ]
    }


def _succeeded(container: str) -> dict[str, Json]:
    return {"stopCode": ["EssentialContainerExited"], "containers": {"name": [container], "exitCode": [0]}}


_OUTCOMES = {FAILED: _failed, SUCCEEDED: _succeeded}


def commands(schedule_group: str, region: str, names: Sequence[str], task: str = "<task>") -> dict[str, str]:
    """The commands about a task to copy from a message, by name."""
    return {name: f"scheduled-tasks {name} {task} --group {schedule_group} --region {region}" for name in names}


def command_lines(schedule_group: str, region: str, names: Sequence[str], task: str = "<task>") -> list[str]:
    """Lines with these commands."""
    return [f"{_TITLES[name]}: {it}" for name, it in commands(schedule_group, region, names, task).items()]


_TITLES = {"logs": "Logs", "history": "History", "run": "Run again"}
_OF_SUPERVISED = {"scheduledTime": "$.detail.scheduledTime", "attempts": "$.detail.attempts"}
_SCHEDULED = "Scheduled for: <scheduledTime>. Attempts: <attempts>."


def failure_message(
    *,
    prefix: str,
    schedule_group: str,
    partition: str,
    region: str,
    cluster_name: str | None,
    log_group: str,
    other_logs: Sequence[str] = (),
    supervised: bool = False,
) -> InputTransformer:
    """The message about a failed run. The `group` of a run is the name of its task, which its schedule sets. Only the
    events of supervised runs have the scheduled time.

    `cluster_name` is None for runs on several clusters. `other_logs` are lines about tasks whose logs are not in the
    group's log groups: see `other_logs`.
    """
    paths = {
        "task": "$.detail.group",
        "stopCode": "$.detail.stopCode",
        "reason": "$.detail.stoppedReason",
        "stoppedAt": "$.detail.stoppedAt",
        "run": "$.detail.taskArn",
        "containers": "$.detail.containers",
        **(_OF_SUPERVISED if supervised else {}),
    }
    console = f"https://{host(partition, region)}/ecs/v2/clusters/{cluster_name}/tasks?region={region}"
    if cluster_name is None:
        paths["cluster"] = "$.detail.clusterArn"
        console = f"https://{host(partition, region)}/ecs/v2/clusters?region={region}"
    lines = [
        f"The scheduled task <task> in {literal(prefix)} failed at <stoppedAt>. Reason: <reason> (<stopCode>)",
        *([_SCHEDULED] if supervised else []),
        "Container exit codes: <containers>",
        *command_lines(schedule_group, region, ("logs", "history", "run")),
        f"Logs in CloudWatch: aws logs tail {log_group} --log-stream-name-prefix <task>/ --since 1d --region {region}",
        f"If the task has its own log group: aws logs tail {log_group}/<task> --since 1d --region {region}",
        *map(literal, other_logs),
        f"Details: aws ecs describe-tasks --cluster {cluster_name or '<cluster>'} --tasks <run> --region {region}",
        f"Console: {console}{_END_OF_LINK}",
    ]
    return message(paths, lines)


def other_logs(tasks: Mapping[str, Task], region: str) -> list[str]:
    """Lines about tasks whose own container does not write to the group's log groups: one per destination."""
    elsewhere: dict[str, list[str]] = {}
    for name, task in sorted(tasks.items()):
        if task.task_definition is not None:
            continue
        if not task.logs.in_cloudwatch:
            elsewhere.setdefault(f"are not in CloudWatch Logs. Log driver: {task.logs.driver}.", []).append(name)
        elif isinstance(task.logs.group, str):
            command = f"aws logs tail {task.logs.group} --since 1d --region {region}"
            elsewhere.setdefault(f"are in another log group: {command}", []).append(name)
    # EventBridge accepts 8,192 characters. AWS: botocore events, TransformerInput.
    return [f"Logs of {abbreviated(names)} {where}" for where, names in list(elsewhere.items())[:_MOST_LINES]]


_MOST_LINES = 5


def machine_message(*, prefix: str, schedule_group: str, partition: str, region: str) -> InputTransformer:
    """The message about a failed state machine of a stack that runs no containers."""
    paths = {
        "task": "$.detail.group",
        "reason": "$.detail.stoppedReason",
        "stoppedAt": "$.detail.stoppedAt",
        "execution": "$.detail.executionArn",
        **_OF_SUPERVISED,
    }
    lines = [
        f"The scheduled task <task> in {literal(prefix)} failed at <stoppedAt>. Reason: <reason>",
        _SCHEDULED,
        *command_lines(schedule_group, region, ("history", "run")),
        *_of_execution(partition, region),
    ]
    return message(paths, lines)


def _of_execution(partition: str, region: str) -> list[str]:
    return [
        f"Details: aws stepfunctions describe-execution --execution-arn <execution> --region {region}",
        f"Console: https://{host(partition, region)}/states/home?region={region}#/v2/executions/details/<execution>"
        + _END_OF_LINK,
    ]


FAILURES = {"failures": "$.detail.failures", "failingSince": "$.detail.failingSince"}
"""The failures before a success, by the names in messages."""
FAILED_BEFORE = "Failed runs in a row before: <failures>, since <failingSince>."


def recovered_message(*, prefix: str, schedule_group: str, partition: str, region: str) -> InputTransformer:
    """The message about the first success of a task after failures that sent messages."""
    paths = {
        "task": "$.detail.group",
        "stoppedAt": "$.detail.stoppedAt",
        "execution": "$.detail.executionArn",
        **FAILURES,
    }
    lines = [
        f"The scheduled task <task> in {literal(prefix)} succeeded at <stoppedAt>.",
        FAILED_BEFORE,
        *command_lines(schedule_group, region, ("history",)),
        *_of_execution(partition, region),
    ]
    return message(paths, lines)


def broken_message(*, prefix: str, partition: str, region: str) -> InputTransformer:
    """The message about an execution that ended without reporting an outcome."""
    paths = {
        "execution": "$.detail.executionArn",
        "status": "$.detail.status",
        "error": "$.detail.error",
        "cause": "$.detail.cause",
    }
    lines = [
        f"A supervised run in {literal(prefix)} ended without reporting an outcome. Status: <status>",
        "Error: <error>. Cause: <cause>. (null: Step Functions gives none.)",
        "Its ECS task might still be running. If runs must not overlap, no other run starts until its lease expires.",
        *_of_execution(partition, region),
    ]
    return message(paths, lines)


def message(paths: Mapping[str, str], lines: Iterable[str]) -> InputTransformer:
    """A message of several lines.

    EventBridge requires quotes around text and sends them on: it does not decode the template. A line break inside a
    string would arrive as the characters `\\n`, so each line is a string. AWS: Amazon EventBridge user guide,
    "Tutorial: Use input transformers to transform events", whose message has quotes; Amazon GuardDuty user guide,
    "Creating an EventBridge rule", whose template for an email has one string per line.
    """
    return {
        "input_paths": dict(paths),
        "input_template": "\n".join(json.dumps(line, ensure_ascii=False) for line in lines),
    }


def literal(text: str) -> str:
    """Text that is no variable. EventBridge has no way to escape angle brackets.

    AWS: Amazon EventBridge user guide, "Tutorial: Use input transformers to transform events".
    """
    return text.replace("<", "(").replace(">", ")")


def log_policy(*, log_group_arn: str, rule_arns: Iterable[str]) -> str:
    """The policy of a log group that allows EventBridge to write the events of these rules.

    It belongs to the log group, because an account can have only ten policies per Region (AWS: CloudWatch Logs API
    reference, PutResourcePolicy). AWS: Amazon EventBridge user guide, "CloudWatch Logs permissions".
    """
    principal = {"Service": ["delivery.logs.amazonaws.com", "events.amazonaws.com"]}
    create: Statement = {
        "Sid": "CreateStreams",
        "Effect": "Allow",
        "Principal": principal,
        "Resource": f"{log_group_arn}:*",
        "Action": "logs:CreateLogStream",
    }
    write: Statement = {
        **create,
        "Sid": "PutOutcomes",
        "Action": "logs:PutLogEvents",
        "Condition": {"ArnEquals": {"aws:SourceArn": sorted(rule_arns)}},
    }
    return document([create, write])


def queue_policy(*, queue_arn: str, rule_arns: Iterable[str]) -> str:
    """The policy of a queue that allows EventBridge to send events of these rules that it could not deliver.

    AWS: Amazon EventBridge user guide, "Using dead-letter queues".
    """
    send: Statement = {
        "Sid": "KeepUndelivered",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": sorted(rule_arns)}},
    }
    return document([send])


def topic_policy(*, topic_arn: str, account_id: str, alarm_prefix_arn: str) -> str:
    """The policy of a topic that allows EventBridge and this group's alarms to publish.

    The statement for EventBridge has no condition. AWS does not document whether EventBridge passes the rule's ARN to
    SNS, and older pages deny it. The topic's recipients would miss a refused message. AWS: Amazon EventBridge user
    guide, "Amazon SNS permissions"; Amazon SNS developer guide, "Example cases for Amazon SNS access control".
    """
    failures: Statement = {
        "Sid": "Failures",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }
    alarms: Statement = {
        "Sid": "Alarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"{alarm_prefix_arn}*"},
            "StringEquals": {"aws:SourceAccount": account_id},
        },
    }
    return document([failures, alarms])
