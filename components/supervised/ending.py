"""The end of an execution: reporting the outcome, and ending with it."""

from collections.abc import Mapping

from .counting import counted, detail_type
from .language import (
    INPUT,
    RETRY,
    SINCE,
    SUCCEEDED,
    UNREPORTED,
    States,
    Supervised,
    expression,
    has_text,
    literal,
    or_empty,
    task,
)

OUTCOME_SOURCE, OUTCOME_DETAIL_TYPE = "scheduled-tasks", "Scheduled Task Outcome"


def ending(of: Supervised) -> States:
    """The states that report the outcome of a run and end the execution with it."""
    return reported(_detail(of), detail_type(of, OUTCOME_DETAIL_TYPE))


def reported(detail: str, detail_type: str = OUTCOME_DETAIL_TYPE) -> States:
    """The states that report an outcome and end the execution with it: `Report`, and those after it.

    Args:
        detail: The detail of the event, as an expression.
        detail_type: Its detail type.
    """
    # An EventBridge rule watches Step Functions' own event for this error, so an unreported failure is noticed.
    unreported = f"$outcome = '{SUCCEEDED}' ? $outcome : '{UNREPORTED}'"
    return {
        "Report": task(
            "events:putEvents",
            {
                "Entries": [
                    {
                        "Source": OUTCOME_SOURCE,
                        "DetailType": detail_type,
                        "Detail": expression(detail),
                    }
                ]
            },
            Retry=RETRY,
            Catch=[{"ErrorEquals": ["States.ALL"], "Assign": {"outcome": expression(unreported)}, "Next": "Ended"}],
            Next="Ended",
        ),
        "Ended": {
            "Type": "Choice",
            "Choices": [{"Condition": expression(f"$outcome = '{SUCCEEDED}'"), "Next": "Succeeded"}],
            "Default": "Failed",
        },
        "Succeeded": {"Type": "Succeed", "Output": {"outcome": SUCCEEDED, "reason": expression("$reason")}},
        "Failed": {"Type": "Fail", "Error": expression("$outcome"), "Cause": expression("$reason")},
    }


def _detail(of: Supervised) -> str:
    """The outcome as an expression, with the fields of ECS's own task state change event."""
    container = "{'name': Name, 'exitCode': ExitCode, 'reason': Reason}"
    members = {
        "prefix": literal(of.prefix),
        "group": literal(of.task),
        "outcome": "$outcome",
        "schedule": f"{INPUT}.schedule",
        "scheduledTime": f"{INPUT}.time",
        "attempts": "$attempt",
        "executionArn": "$states.context.Execution.Id",
        "clusterArn": literal(of.run["Cluster"]),
        "taskDefinitionArn": literal(of.run["TaskDefinition"]),
        "taskArn": "$run.TaskArn",
        "lastStatus": "'STOPPED'",
        "startedAt": "$states.context.Execution.StartTime",
        "stoppedAt": "$now()",
        "stopCode": f"{has_text('$run.StopCode')} ? $run.StopCode : $outcome",
        "stoppedReason": "$reason",
        "containers": f"[$run.Containers.{container}]",
        **counted(of, "$reason"),
    }
    return _object(members)


def without_run(prefix: str, name: str) -> str:
    """The outcome of an execution that runs no ECS task, as an expression with the fields of supervised runs.

    Args:
        prefix: The prefix of the group's names.
        name: The name of the task.
    """
    members = {
        "prefix": literal(prefix),
        "group": literal(name),
        "outcome": "$outcome",
        "schedule": or_empty(f"{INPUT}.schedule"),
        "scheduledTime": or_empty(f"{INPUT}.time"),
        "attempts": "1",
        "executionArn": "$states.context.Execution.Id",
        "clusterArn": "''",
        "taskDefinitionArn": "''",
        "taskArn": "''",
        "lastStatus": "'STOPPED'",
        "startedAt": SINCE,
        "stoppedAt": "$now()",
        "stopCode": "$outcome",
        "stoppedReason": "$reason",
        "containers": "[]",
    }
    return _object(members)


def _object(members: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': {value}" for name, value in members.items()) + "}"
