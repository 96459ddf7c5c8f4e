"""Stopping runs, and making sure that they are."""

import json
from collections.abc import Mapping
from typing import Any

from ..aws.names import family_of
from .language import PATIENT, POLL_SECONDS, POLLS, States, Supervised, expression, or_empty, task

LOOKING = {"desired": "RUNNING", "token": ""}
"""The variables that a search begins with: what is listed first, and from which page on."""
_PAGE = 20
"""Tasks that are described at once: an answer has at most 256 KiB (AWS: Step Functions quotas), and the overrides alone
of one task 8."""


def stop(
    who: str,
    of: Supervised,
    *,
    which: str,
    why: str,
    gone: str,
    stuck: Mapping[str, Any],
    then: str,
    learnt: Mapping[str, Any] | None = None,
) -> States:
    """Find the tasks that an expression picks and that have not ended, and stop one after the other until none is left.

    `who` names the states, `which` picks among ECS's descriptions of tasks, `why` is the reason they are stopped for;
    `gone` is the state that follows, and `then` the one where it cannot be done, with the variables `stuck`; `learnt`
    are set from `$stopping`, a task that was stopped. Whoever goes to `Find ...` sets the variables `LOOKING`.
    """
    cluster, family = of.run["Cluster"], family_of(of.run["TaskDefinition"])
    fixed = json.dumps({"Cluster": cluster, "Family": family, "MaxResults": _PAGE})
    page = f"$merge([{fixed}, {{'DesiredStatus': $desired}}, $token = '' ? {{}} : {{'NextToken': $token}}])"
    cannot = {"ErrorEquals": ["States.ALL"], "Assign": dict(stuck), "Next": then}
    patience = {"Retry": PATIENT, "Catch": [cannot]}
    looked_for = f"$states.result.Tasks[({which}) and LastStatus != 'STOPPED']"
    await_it = {"Assign": {"looks": 0}, "Next": f"Await {who}"}
    onward = [
        {"Condition": expression("$token != ''"), "Next": f"Find {who}"},
        # Those that somebody has told to stop go on for a while.
        {
            "Condition": expression("$desired = 'RUNNING'"),
            "Assign": {"desired": "STOPPED", "token": ""},
            "Next": f"Find {who}",
        },
    ]
    return {
        f"Find {who}": task(
            "aws-sdk:ecs:listTasks",
            expression(page),
            **patience,
            Assign={
                "found": expression("$states.result.TaskArns"),
                "token": expression(or_empty("$states.result.NextToken")),
            },
            Next=f"Any {who}",
        ),
        f"Any {who}": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$count($found) > 0"), "Next": f"Look at {who}"}, *onward],
            "Default": gone,
        },
        f"Look at {who}": task(
            "aws-sdk:ecs:describeTasks",
            {"Cluster": cluster, "Tasks": expression("$found")},
            **patience,
            Assign={
                "found": expression(f"[{looked_for}.{{'TaskArn': TaskArn, 'DesiredStatus': DesiredStatus}}]"),
            },
            Next=f"Choose {who}",
        ),
        f"Choose {who}": {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression("$count($found) > 0 and $found[0].DesiredStatus = 'STOPPED'"), **await_it},
                {"Condition": expression("$count($found) > 0"), "Next": f"Stop {who}"},
                *onward,
            ],
            "Default": gone,
        },
        f"Stop {who}": task(
            "aws-sdk:ecs:stopTask",
            {"Cluster": cluster, "Task": expression("$found[0].TaskArn"), "Reason": expression(why)},
            **patience,
            **await_it,
        ),
        f"Await {who}": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": f"Look again at {who}"},
        f"Look again at {who}": task(
            "aws-sdk:ecs:describeTasks",
            {"Cluster": cluster, "Tasks": [expression("$found[0].TaskArn")]},
            **patience,
            Assign={"stopping": expression("$states.result.Tasks[0]"), "looks": expression("$looks + 1")},
            Next=f"Stopped {who}",
        ),
        f"Stopped {who}": {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression("$stopping.LastStatus = 'STOPPED'"),
                    "Assign": {**LOOKING, **(learnt or {})},
                    "Next": f"Find {who}",
                },
                {"Condition": expression(f"$looks >= {POLLS}"), "Assign": dict(stuck), "Next": then},
            ],
            "Default": f"Await {who}",
        },
    }
