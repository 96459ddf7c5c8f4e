"""Notices to recipients: the events that each recipient hears of, and the facts in each message.

AWS: Amazon ECS developer guide, "Amazon ECS task state change events"; CloudWatch user guide, "Alarm events and
EventBridge"; Step Functions developer guide, "EventBridge events for Step Functions execution status changes".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..aws.account import Account
from ..aws.console import host
from ..aws.names import GroupNames
from ..json_values import Json
from ..resolved import Heartbeat, Recipient, Slack, Teams
from . import events
from .templates import Body, Variable

Status: TypeAlias = Literal["started", "failed", "succeeded", "alarm", "recovered"]
WARNING_ALARMS = ("target-errors", "throttled")
"""Alarms of the group on launches that AWS might still retry."""
CRITICAL_ALARMS = ("dead-letters", "dropped", "lost-dead-letters")
_END_OF_TASK_ALARM = "/no-success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A kind of message. Strings can contain variables, as `<name>`."""

    pattern: str
    """The pattern of the events that it is about."""
    status: Status
    severity: Literal["critical", "warning"]
    key: str
    """The subject of the message: the same in a failure and its recovery, and different for each task and alarm."""
    summary: str
    console: str
    reason: Body
    """Free text, which is a variable of its own."""
    kind: str = ""
    """The kind of failure; empty if there is only one."""
    task: str = ""
    """The name of the task; empty if the event doesn't contain it."""
    details: Sequence[str] = ()
    """Further lines of messages in chats, which can't show the facts."""
    facts: Mapping[str, Body] = field(default_factory=dict[str, Body])
    paths: Mapping[str, str]
    """The JSON path of each variable."""

    @property
    def is_recovery(self) -> bool:
        """Whether a failure or an alarm is over."""
        return self.status in ("succeeded", "recovered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The group whose events the notices are about."""

    names: GroupNames
    account: Account
    cluster_arn: str
    definitions: Mapping[str, Sequence[str]]
    """Prefixes of task definition ARNs, by the container whose exit code decides the outcome."""
    more_clusters: Sequence[str] = ()
    may_supervise: bool = False
    counts_failures: bool = False
    """Whether failures of supervised runs can send no messages yet."""
    parallel: bool = False


def direct_notices(of: Origin, recipient: Recipient) -> dict[str, Notice]:
    """Notices about runs that EventBridge Scheduler starts directly, and about alarms, by the ends of their names."""
    runs = dict(_direct_runs(of, recipient))
    if isinstance(recipient, Heartbeat):
        # A monitor has its own URL for the start of a run, and knows no alarms.
        return {**runs, **(dict(_starts(of, recipient.tasks[0])) if recipient.start else {})}
    return {**runs, **dict(_alarms(of, recipient))}


def supervised_notices(of: Origin, recipient: Recipient) -> dict[str, Notice]:
    """Notices about supervised runs, by the ends of their names."""
    if "critical" not in recipient.severities:
        return {}
    found = {
        f"{outcome}-supervised": _run(
            of,
            outcome,
            events.supervised_pattern(
                outcome, of.names.prefix, _tasks(recipient), below=_is_below(of, recipient, outcome)
            ),
            {"scheduledTime": "<scheduledTime>", "attempts": Variable("attempts")},
            ("Scheduled for: <scheduledTime>. Attempts: <attempts>.",),
        )
        for outcome in (events.FAILED, events.SUCCEEDED)
    }
    if of.counts_failures and isinstance(recipient, Slack | Teams):
        found[f"{events.RECOVERED}-supervised"] = _recovered(of, recipient)
    return {**found, f"{events.BROKEN}-supervised": _broken(of, recipient)}


def _is_below(of: Origin, recipient: Recipient, outcome: str) -> bool:
    """Whether a notice includes failures that send no messages yet. A monitor decides itself how many it tolerates, and
    expects the end of each run that started."""
    return of.counts_failures and isinstance(recipient, Heartbeat) and outcome == events.FAILED


def _recovered(of: Origin, recipient: Recipient) -> Notice:
    """A notice about the first success after failures, for channels, which get none about other successes."""
    return Notice(
        pattern=events.recovered_pattern(of.names.prefix, _tasks(recipient)),
        status="recovered",
        severity="critical",
        key=f"{events.literal(of.names.prefix)}#<task>",
        summary=f"The scheduled task <task> in {events.literal(of.names.prefix)} succeeded at <stoppedAt>.",
        console=_console(of),
        reason=events.FAILED_BEFORE,
        task="<task>",
        facts={"commands": events.commands(of.names.schedule_group, of.account.region, ("history",))},
        paths={**_RUN_PATHS, **events.FAILURES},
    )


def _tasks(recipient: Recipient) -> list[Json]:
    """The tasks of a recipient as values of a pattern. None for all tasks."""
    return _matching(recipient, "", "")


def _matching(recipient: Recipient, before: str, after: str) -> list[Json]:
    return [
        {"prefix": before + name.removesuffix("*")} if name.endswith("*") else f"{before}{name}{after}"
        for name in recipient.tasks
    ]


def _direct_runs(of: Origin, recipient: Recipient) -> Iterator[tuple[str, Notice]]:
    if "critical" not in recipient.severities:
        return
    tasks = _tasks(recipient)
    rules = events.rules(of.definitions, of.more_clusters, len(json.dumps(tasks)))
    for outcome in (events.FAILED, events.SUCCEEDED):
        for position, (container, prefixes) in enumerate(rules):
            pattern = events.pattern(
                outcome,
                of.cluster_arn,
                container,
                prefixes,
                supervised=of.may_supervise,
                more_clusters=of.more_clusters,
                tasks=tasks,
            )
            yield outcome + (f"-{position + 1}" if position else ""), _run(of, outcome, pattern, {})


def _starts(of: Origin, task: str) -> Iterator[tuple[str, Notice]]:
    """Notices about runs of a task that start. Containers decide nothing yet, so one rule fits each set of prefixes."""
    for position, (_, prefixes) in enumerate(events.rules(of.definitions, of.more_clusters, len(task))):
        pattern = events.started_pattern([of.cluster_arn, *of.more_clusters], prefixes, task)
        yield "started" + (f"-{position + 1}" if position else ""), _start(of, pattern)


def _start(of: Origin, pattern: str) -> Notice:
    """A notice about a run that starts. Its event has no reason and no exit codes."""
    group = events.literal(of.names.prefix)
    return Notice(
        pattern=pattern,
        status="started",
        severity="critical",
        key=f"{group}#<task>",
        summary=f"The scheduled task <task> in {group} started.",
        console=_console(of),
        reason="",
        task="<task>",
        facts={"startedAt": "<startedAt>", "run": "<run>"},
        paths={"task": "$.detail.group", "startedAt": "$.detail.startedAt", "run": "$.detail.taskArn"},
    )


_RUN_PATHS = {
    "task": "$.detail.group",
    "stoppedAt": "$.detail.stoppedAt",
    "reason": "$.detail.stoppedReason",
    "stopCode": "$.detail.stopCode",
    "run": "$.detail.taskArn",
    "containers": "$.detail.containers",
    "exitCode": "$.detail.containers[0].exitCode",
    "scheduledTime": "$.detail.scheduledTime",
    "attempts": "$.detail.attempts",
}


def _run(of: Origin, outcome: str, pattern: str, facts: Mapping[str, Body], details: Sequence[str] = ()) -> Notice:
    """A notice about a run. ECS and our state machines name the members of their events alike."""
    region = of.account.region
    commands = events.commands(of.names.schedule_group, region, ("logs", "history", "run"))
    failed = outcome == events.FAILED
    return Notice(
        pattern=pattern,
        status="failed" if failed else "succeeded",
        severity="critical",
        key=f"{events.literal(of.names.prefix)}#<task>",
        summary=f"The scheduled task <task> in {events.literal(of.names.prefix)} {outcome} at <stoppedAt>.",
        console=_console(of),
        reason=Variable("reason"),
        kind="<stopCode>",
        task="<task>",
        # All containers would be JSON, which a string can't contain. AWS: Amazon EventBridge user guide, "Input
        # transformation", JSON paths with array indices.
        details=("Stop code: <stopCode>. Exit code of the first container: <exitCode>.", *details),
        facts={
            "stoppedAt": "<stoppedAt>",
            **facts,
            "stopCode": "<stopCode>",
            "containers": Variable("containers"),
            "run": "<run>",
            "commands": commands,
        },
        paths=_RUN_PATHS,
    )


def _console(of: Origin) -> str:
    """The link to the tasks of the cluster in the console. Runs on several clusters have none in common."""
    region = of.account.region
    tasks = "" if of.more_clusters else f"/{of.cluster_arn.rpartition('/')[2]}/tasks"
    return f"https://{host(of.account.partition, region)}/ecs/v2/clusters{tasks}?region={region}"


def _broken(of: Origin, recipient: Recipient) -> Notice:
    """A notice about a supervised run that ended without reporting an outcome. Its event does not contain the task."""
    region = of.account.region
    start = of.account.arn("states", f"stateMachine:{of.names.state_machine_prefix}")
    machines: list[Json] = [_state_machines(of, name) for name in recipient.tasks]
    return Notice(
        pattern=events.broken_pattern(machines or [{"prefix": start}], parallel=of.parallel),
        status="failed",
        severity="critical",
        key="<machine>",
        summary=f"A supervised run in {events.literal(of.names.prefix)} ended without reporting an outcome.",
        console=f"https://{host(of.account.partition, region)}/states/home?region={region}"
        "#/v2/executions/details/<execution>",
        reason=Variable("status"),
        kind="<status>",
        facts={
            "execution": "<execution>",
            "commands": {
                "details": f"aws stepfunctions describe-execution --execution-arn <execution> --region {region}"
            },
        },
        paths={
            "machine": "$.detail.stateMachineArn",
            "execution": "$.detail.executionArn",
            "status": "$.detail.status",
        },
    )


_SAME_IN_NAMES = 29
"""Characters of a task's name that the name of its state machine always starts with."""


def _state_machines(of: Origin, name: str) -> Json:
    if not name.endswith("*"):
        return of.account.arn("states", f"stateMachine:{of.names.state_machine(name)}")
    start = name.removesuffix("*")[:_SAME_IN_NAMES]
    return {"prefix": of.account.arn("states", f"stateMachine:{of.names.state_machine_prefix}{start}")}


def _alarms(of: Origin, recipient: Recipient) -> Iterator[tuple[str, Notice]]:
    names: dict[Literal["critical", "warning"], list[Json]] = {"critical": [], "warning": []}
    if recipient.tasks:
        names["critical"] = _matching(recipient, of.names.alarm_prefix, _END_OF_TASK_ALARM)
    else:
        names["critical"] = [*map(of.names.alarm, CRITICAL_ALARMS), {"suffix": _END_OF_TASK_ALARM}]
        names["warning"] = [*map(of.names.alarm, WARNING_ALARMS)]
    wanted = {severity: found for severity, found in names.items() if found and severity in recipient.severities}
    for severity in names:
        if severity in wanted:
            yield f"{severity}-alarm", _alarm(of, "alarm", severity, wanted[severity])
    if every := [name for found in wanted.values() for name in found]:
        yield "recovered-alarm", _alarm(of, "recovered", "critical", every)


def _alarm(
    of: Origin, status: Literal["alarm", "recovered"], severity: Literal["critical", "warning"], names: Sequence[Json]
) -> Notice:
    region = of.account.region
    state = "ALARM" if status == "alarm" else "OK"
    prefix_arn = of.account.arn("cloudwatch", f"alarm:{of.names.alarm_prefix}")
    return Notice(
        pattern=events.alarm_pattern(state, prefix_arn, names),
        status=status,
        severity=severity,
        key="<alarm>",
        summary=f"The alarm <alarm> changed to {state} at <time>.",
        console=f"https://{host(of.account.partition, region)}/cloudwatch/home?region={region}#alarmsV2:",
        reason=Variable("reason"),
        kind="alarm",
        facts={"alarm": "<alarm>", "description": Variable("description"), "changedAt": "<time>"},
        paths={
            "alarm": "$.detail.alarmName",
            "time": "$.time",
            "reason": "$.detail.state.reason",
            "description": "$.detail.configuration.description",
        },
    )
