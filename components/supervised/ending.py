"""The end of an execution: what it tells, and how it ends."""

from .language import INPUT, PATIENT, SUCCEEDED, UNREPORTED, States, Supervised, expression, literal, task

OUTCOME_SOURCE, OUTCOME_DETAIL_TYPE = "scheduled-tasks", "Scheduled Task Outcome"


def ending(of: Supervised) -> States:
    """Telling the outcome, and ending with it."""
    # A failure that could not be told ends with an error that Step Functions' own event is watched for.
    untold = f"$outcome = '{SUCCEEDED}' ? $outcome : '{UNREPORTED}'"
    return {
        "Report": task(
            "events:putEvents",
            {
                "Entries": [
                    {
                        "Source": OUTCOME_SOURCE,
                        "DetailType": OUTCOME_DETAIL_TYPE,
                        "Detail": expression(_detail(of)),
                    }
                ]
            },
            Retry=PATIENT,
            Catch=[{"ErrorEquals": ["States.ALL"], "Assign": {"outcome": expression(untold)}, "Next": "Ended"}],
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
    """The outcome, with the members that ECS's own event of a task's end has."""
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
        "taskArn": "$ended.TaskArn",
        "lastStatus": "'STOPPED'",
        "startedAt": "$states.context.Execution.StartTime",
        "stoppedAt": "$now()",
        "stopCode": "$exists($ended.StopCode) ? $ended.StopCode : $outcome",
        "stoppedReason": "$reason",
        "containers": f"[$ended.Containers.{container}]",
    }
    return "{" + ", ".join(f"'{name}': {value}" for name, value in members.items()) + "}"
