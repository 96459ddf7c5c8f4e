"""Event patterns and messages for the ends of work that calls start: executions, jobs, builds and pipelines. Pure.

The services report them by their own events. AWS: Step Functions developer guide, "Step Functions Execution Status
Change"; AWS Batch user guide, "Job state change events"; AWS Glue developer guide, "Automating AWS Glue with
EventBridge"; AWS CodeBuild user guide, "Build notifications input format reference"; AWS CodePipeline user guide,
"Monitoring CodePipeline events".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..aws.arn import Arn
from ..calls.model import Call, Outcome
from ..json_values import Json, mapping
from . import events


@dataclass(frozen=True, slots=True)
class Work:
    """The events of a service about the ends of its work."""

    source: str
    detail_type: str
    status: str
    """The member of `detail` that has the status."""
    succeeded: Sequence[str]
    failed: Sequence[str]
    work: str
    """The path of the ID or ARN of the work."""
    reason: str = ""
    """The path of the reason of a failure. Empty if the event has none."""
    command: str = ""
    """The command that shows the details. Empty if the event has no ID that it takes."""
    started: str = ""
    """The status of work that runs. Empty if the service sends no event about it."""
    console: str = ""
    """The page of the service in the AWS console, after the host."""


STARTED = "started"
"""Work that runs. It is no outcome."""

WORK: Mapping[Outcome, Work] = {
    "states": Work(
        "aws.states",
        "Step Functions Execution Status Change",
        "status",
        ("SUCCEEDED",),
        ("FAILED", "TIMED_OUT", "ABORTED"),
        "$.detail.executionArn",
        "$.detail.cause",
        "aws stepfunctions describe-execution --execution-arn <work>",
        started="RUNNING",
        console="states/home?region={region}#/v2/executions/details/<work>",
    ),
    "batch": Work(
        "aws.batch",
        "Batch Job State Change",
        "status",
        ("SUCCEEDED",),
        ("FAILED",),
        "$.detail.jobId",
        "$.detail.statusReason",
        "aws batch describe-jobs --jobs <work>",
        started="RUNNING",
        console="batch/home?region={region}",
    ),
    "glue": Work(
        "aws.glue",
        "Glue Job State Change",
        "state",
        ("SUCCEEDED",),
        ("FAILED", "TIMEOUT", "STOPPED"),
        "$.detail.jobRunId",
        "$.detail.message",
        console="glue/home?region={region}",
    ),
    "codebuild": Work(
        "aws.codebuild",
        "CodeBuild Build State Change",
        "build-status",
        ("SUCCEEDED",),
        ("FAILED", "FAULT", "STOPPED", "TIMED_OUT"),
        "$.detail.build-id",
        started="IN_PROGRESS",
        console="codesuite/codebuild/projects?region={region}",
    ),
    "codepipeline": Work(
        "aws.codepipeline",
        "CodePipeline Pipeline Execution State Change",
        "state",
        ("SUCCEEDED",),
        # A newer execution continues the work of one that is SUPERSEDED.
        ("CANCELED", "FAILED", "STOPPED"),
        "$.detail.execution-id",
        started="STARTED",
        console="codesuite/codepipeline/pipelines?region={region}",
    ),
}
"""The events of each service."""


def watched(call: Call) -> dict[str, str] | None:
    """The members of an event's detail that identify the work of a call. None if no event reports its end, or if it is
    known only when the call is made.

    Work that others start on the same resource has the same members, and is reported too.
    """
    found = _members(call)
    if found is None or any("<aws.scheduler." in value for value in found.values()):
        return None
    return found


def _known(call: Call) -> Mapping[str, str]:
    """The same. Raises ValueError instead of watching all work of the service."""
    if (found := watched(call)) is None:
        raise ValueError(
            f"The work of {call.operation} can't be watched, because its name has a keyword of EventBridge Scheduler. "
            "Use a name that doesn't change from run to run."
        )
    return found


def _members(call: Call) -> dict[str, str] | None:
    given: Mapping[str, Json] = mapping(call.input) if not call.templated else dict[str, Json]()
    if call.outcome == "states":
        arn = Arn.parse_if_arn(call.templated or given.get("StateMachineArn"))
        # Events name the state machine without its version or alias.
        return {"stateMachineArn": str(arn.sibling(":".join(arn.resource.split(":")[:2])))} if arn else None
    names: Mapping[Outcome, tuple[str, str]] = {
        "batch": ("jobName", "JobName"),
        "glue": ("jobName", "JobName"),
        "codebuild": ("project-name", "ProjectName"),
        "codepipeline": ("pipeline", "Name"),
    }
    if call.outcome not in names:
        return None
    member, parameter = names[call.outcome]
    value = given.get(parameter)
    if not isinstance(value, str):
        return None
    if call.outcome == "batch":
        # Events have the ARN of the queue. The role's statement has it too.
        queue = next((arn for arn in call.resources if ":job-queue/" in arn), None)
        return {member: value, **({"jobQueue": queue} if queue else {})}
    arn = Arn.parse_if_arn(value)
    return {member: arn.resource_id if arn else value}


def pattern(call: Call, outcome: str) -> str:
    """The event pattern for the work of a call that starts, or that ends with an outcome."""
    kind = WORK[call.outcome]
    statuses = {events.SUCCEEDED: kind.succeeded, events.FAILED: kind.failed, STARTED: (kind.started,)}[outcome]
    detail: dict[str, Json] = {
        **{name: [value] for name, value in _known(call).items()},
        kind.status: list(statuses),
    }
    whole = {"source": [kind.source], "detail-type": [kind.detail_type], "detail": detail}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def success_filter(call: Call) -> str:
    """The filter pattern that counts the successes of a call in the outcome log of succeeded runs.

    AWS: CloudWatch Logs user guide, "Filter pattern syntax for metric filters": selectors can have hyphens.
    """
    members = {"source": WORK[call.outcome].source}
    members |= {f"detail.{name}": value for name, value in _known(call).items()}
    return "{ " + " && ".join(f'($.{name} = "{value}")' for name, value in members.items()) + " }"


def failure_message(call: Call, *, task: str, prefix: str, schedule_group: str, region: str) -> events.InputTransformer:
    """The message about work that failed."""
    kind = WORK[call.outcome]
    paths = {"status": f"$.detail.{kind.status}", "work": kind.work, "time": "$.time"}
    if kind.reason:
        paths["reason"] = kind.reason
    lines = [
        f"The work that the scheduled call {task} in {prefix} starts failed at <time>. Status: <status>",
        *(["Reason: <reason> (null: the event gives none.)"] if kind.reason else []),
        f"Operation: {call.operation}. ID: <work>",
        *events.command_lines(schedule_group, region, ("history", "run"), task),
        *([f"Details: {kind.command} --region {region}"] if kind.command else []),
    ]
    return events.message(paths, lines)
