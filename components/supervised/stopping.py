"""Stopping runs, and waiting until they have stopped."""

import json

from ..aws.names import family_of
from .language import (
    POLL_SECONDS,
    POLLS,
    RETRY,
    Assign,
    Catcher,
    Choice,
    States,
    Supervised,
    expression,
    or_empty,
    task,
)

SEARCH_START: Assign = {"desiredStatus": "RUNNING", "nextToken": "", "waits": 0}
"""The variables at the start of a search: which tasks ECS lists first, the page, and how often the search has waited
for descriptions."""
_PAGE = 20
"""Tasks per DescribeTasks call. An answer has at most 256 KiB (AWS: Step Functions quotas), and the overrides of one
task alone can have 8 KiB."""


def stop(
    runs: str,
    of: Supervised,
    *,
    selected: str,
    reason: str,
    all_stopped: str,
    not_stopped: str,
    assign_if_not_stopped: Assign,
    assign_if_found: Assign | None = None,
    assign_if_stopped: Assign | None = None,
    where: tuple[str, str] | None = None,
) -> States:
    """States that find the runs that have not ended, and stop them until none is left.

    A state that continues with `Find {runs}` sets the variables `SEARCH_START`.

    Args:
        runs: The noun for the runs in the names of the states.
        of: The task.
        selected: An expression that selects among ECS's descriptions of tasks.
        reason: An expression for the reason that ECS records for the stop.
        all_stopped: The next state, when no run is left.
        not_stopped: The next state, if a run cannot be stopped.
        assign_if_not_stopped: Variables to set in that case.
        assign_if_found: Variables to set for each page, whose descriptions are `$states.result.Tasks`.
        assign_if_stopped: Variables to set for each stopped run, whose description is `$stopped`.
        where: Expressions for the cluster and the family of the runs; those of the task if left out.
    """
    cluster, family = of.run["Cluster"], family_of(of.run["TaskDefinition"])
    fixed = json.dumps({"Cluster": cluster, "Family": family, "MaxResults": _PAGE})
    if where:
        cluster, fixed = expression(where[0]), f"{{'Cluster': {where[0]}, 'Family': {where[1]}, 'MaxResults': {_PAGE}}}"
    status = "{'DesiredStatus': $desiredStatus}"
    page = f"$merge([{fixed}, {status}, $nextToken = '' ? {{}} : {{'NextToken': $nextToken}}])"
    catch: list[Catcher] = [{"ErrorEquals": ["States.ALL"], "Assign": assign_if_not_stopped, "Next": not_stopped}]
    not_ended = f"$states.result.Tasks[({selected}) and LastStatus != 'STOPPED']"
    # DescribeTasks can be behind ListTasks. A task that has stopped long ago is MISSING too, but not listed as running.
    unseen = "$desiredStatus = 'RUNNING' and $count($states.result.Failures) > 0"
    start_checks: Assign = {"checks": 0}
    found = f"[{not_ended}.{{'TaskArn': TaskArn, 'DesiredStatus': DesiredStatus}}]"
    after_stop, next_after_stop = start_checks, f"Wait for {runs}"
    if of.settings.parallel:
        # A run can have many tasks, so they all stop before the first wait.
        found = f"($all := {found}; [$append($all[DesiredStatus != 'STOPPED'], $all[DesiredStatus = 'STOPPED'])])"
        rest_of_page = "[$append($found[[1..$count($found) - 1]], $merge([$found[0], {'DesiredStatus': 'STOPPED'}]))]"
        after_stop, next_after_stop = {"found": expression(rest_of_page)}, f"Select {runs}"
    rest: list[Choice] = [
        {"Condition": expression("$nextToken != ''"), "Next": f"Find {runs}"},
        # Runs that received an earlier stop request continue for a while.
        {
            "Condition": expression("$desiredStatus = 'RUNNING'"),
            "Assign": {"desiredStatus": "STOPPED", "nextToken": ""},
            "Next": f"Find {runs}",
        },
    ]
    return {
        f"Find {runs}": task(
            "aws-sdk:ecs:listTasks",
            expression(page),
            Retry=RETRY,
            Catch=catch,
            Assign={
                "found": expression("$states.result.TaskArns"),
                "nextToken": expression(or_empty("$states.result.NextToken")),
            },
            Next=f"Found {runs}",
        ),
        f"Found {runs}": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$count($found) > 0"), "Next": f"Describe {runs}"}, *rest],
            "Default": all_stopped,
        },
        f"Describe {runs}": task(
            "aws-sdk:ecs:describeTasks",
            {"Cluster": cluster, "Tasks": expression("$found")},
            Retry=RETRY,
            Catch=catch,
            Assign={
                "found": expression(found),
                "unseen": expression(unseen),
                **(assign_if_found or {}),
            },
            Next=f"Select {runs}",
        ),
        f"Select {runs}": {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression("$count($found) > 0 and $found[0].DesiredStatus = 'STOPPED'"),
                    "Assign": start_checks,
                    "Next": f"Wait for {runs}",
                },
                {"Condition": expression("$count($found) > 0"), "Next": f"Stop {runs}"},
                {
                    "Condition": expression(f"$unseen and $waits >= {POLLS}"),
                    "Assign": assign_if_not_stopped,
                    "Next": not_stopped,
                },
                {"Condition": expression("$unseen"), "Next": f"Wait to see {runs}"},
                *rest,
            ],
            "Default": all_stopped,
        },
        f"Wait to see {runs}": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Assign": {**SEARCH_START, "waits": expression("$waits + 1")},
            "Next": f"Find {runs}",
        },
        f"Stop {runs}": task(
            "aws-sdk:ecs:stopTask",
            {"Cluster": cluster, "Task": expression("$found[0].TaskArn"), "Reason": expression(reason)},
            Retry=RETRY,
            Catch=catch,
            Assign=after_stop,
            Next=next_after_stop,
        ),
        f"Wait for {runs}": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": f"Check {runs}"},
        f"Check {runs}": task(
            "aws-sdk:ecs:describeTasks",
            {"Cluster": cluster, "Tasks": [expression("$found[0].TaskArn")]},
            Retry=RETRY,
            Catch=catch,
            Assign={
                "stopped": expression("$count($states.result.Tasks) > 0 ? $states.result.Tasks[0] : {}"),
                "checks": expression("$checks + 1"),
            },
            Next=f"Stopped {runs}",
        ),
        f"Stopped {runs}": {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression("$stopped.LastStatus = 'STOPPED'"),
                    "Assign": {**SEARCH_START, **(assign_if_stopped or {})},
                    "Next": f"Find {runs}",
                },
                {
                    "Condition": expression(f"$checks >= {POLLS}"),
                    "Assign": assign_if_not_stopped,
                    "Next": not_stopped,
                },
            ],
            "Default": f"Wait for {runs}",
        },
    }
