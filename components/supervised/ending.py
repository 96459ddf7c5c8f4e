"""The end of an execution: reporting the outcome, and ending with it."""

from .language import INPUT, RETRY, SUCCEEDED, UNREPORTED, States, Supervised, expression, has_text, literal, task

OUTCOME_SOURCE, OUTCOME_DETAIL_TYPE = "scheduled-tasks", "Scheduled Task Outcome"


def ending(of: Supervised) -> States:
    """The states that report the outcome of a run and end the execution with it."""
    return reported(_detail(of))


def reported(detail: str) -> States:
    """The states that report an outcome and end the execution with it: `Report`, and those after it.

    Args:
        detail: The detail of the event, as an expression.
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
                        "DetailType": OUTCOME_DETAIL_TYPE,
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
    }
    return "{" + ", ".join(f"'{name}': {value}" for name, value in members.items()) + "}"
