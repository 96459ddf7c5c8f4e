"""Starts of a task after the successes of another one: the event pattern, and the input of its executions. Pure.

The rule of the task matches the event about the end of each run of the other task that succeeded, and starts an
execution of the task's state machine. AWS: Amazon EventBridge user guide, "Event patterns" and "Input transformation".
"""

import re
from collections.abc import Mapping
from typing import cast

from ..args import UpstreamReference
from ..aws.account import Account
from ..aws.names import GroupNames, family_of
from ..calls.kinds import call_of
from ..json_values import Data
from ..monitoring import call_events
from ..monitoring.events import SUCCEEDED, InputTransformer, pattern, supervised_pattern
from ..resolved import MAIN_CONTAINER, CallTask, Task
from ..supervised.settings import UPSTREAM
from . import overrides

_TIME, _RUN, _EVENT = "time", "run", "event"
"""Variables of the input template: the time of the event, the run that succeeded, and the ID of the event."""
_ANGLE_BRACKETS = {"<": "\\u003c", ">": "\\u003e"}
"""EventBridge can't escape them, but JSON can. Each is inside a string, so the value stays the same."""
_REPLACED = re.compile(r"<aws\.scheduler\.(?P<keyword>scheduled-time|execution-id|attempt-number|schedule-arn)>|[<>]")


def upstream_reference(task: Task) -> UpstreamReference:
    """The facts about a task that tasks after it need."""
    return {
        "supervised": task.is_supervised,
        "task_definition": task.task_definition or "",
        "container": task.container or "",
        "cluster": task.cluster or "",
    }


def upstream_call(task: CallTask, names: GroupNames, account: Account) -> UpstreamReference | None:
    """The facts about a call that tasks after it need. None if nothing reports the end of its work.

    Args:
        task: The call. Its arguments must be known.
        names: The group's names.
        account: Its account.
    """
    found: UpstreamReference = {"supervised": False, "task_definition": "", "container": "", "cluster": ""}
    if task.machine is not None:
        # Its state machine reports its outcome, like those of supervised tasks.
        return {**found, "supervised": True}
    call = call_of(cast("Data", task.args), account, names.family(task.name))
    if call_events.watched(call) is None:
        return None
    work = call_events.WORK[call.outcome].work
    return {**found, "event_pattern": call_events.pattern(call, SUCCEEDED), "work": work}


def upstream_references(
    tasks: Mapping[str, Task], calls: Mapping[str, CallTask], names: GroupNames, account: Account
) -> dict[str, UpstreamReference]:
    """The facts about all tasks and calls that other tasks can start after, by name."""
    of_calls = {name: upstream_call(call, names, account) for name, call in calls.items()}
    return {
        **{name: upstream_reference(task) for name, task in tasks.items()},
        **{name: found for name, found in of_calls.items() if found is not None},
    }


def run_path(upstream: UpstreamReference) -> str:
    """The JSON path of the run or the work that succeeded, in the events of a task or a call."""
    return upstream.get("work") or ("$.detail.executionArn" if upstream["supervised"] else "$.detail.taskArn")


def upstream_pattern(
    names: GroupNames,
    account: Account,
    name: str,
    upstream: UpstreamReference,
    *,
    cluster_arn: str,
    containers: Mapping[str, str],
) -> str:
    """The event pattern for successes of a task.

    ECS reports the end of a run, or the state machine of a supervised task does. A run by hand counts too.

    Args:
        names: The group's names.
        account: Its account.
        name: The task.
        upstream: The facts about it.
        cluster_arn: The cluster of its runs.
        containers: The container whose exit code decides, by existing task definition.
    """
    if of_work := upstream.get("event_pattern"):
        return of_work
    if upstream["supervised"]:
        return supervised_pattern(SUCCEEDED, names.prefix, [name])
    definition = upstream["task_definition"]
    family = family_of(definition) if definition else names.family(name)
    container = upstream["container"] or containers.get(definition, MAIN_CONTAINER)
    prefix = account.arn("ecs", f"task-definition/{family}:")
    return pattern(SUCCEEDED, cluster_arn, container, [prefix], tasks=[name])


def start_message(execution_input: Data, *, run: str, schedule_arn: str) -> InputTransformer:
    """The input of an execution, from the event that starts it.

    The scheduled time of the run is the time of the event. The claim of the run is for the run that succeeded, because
    EventBridge can deliver an event twice, and two runs can succeed within a second.

    Args:
        execution_input: The input of the schedule, by which people start runs.
        run: The JSON path of the run that succeeded.
        schedule_arn: ARN of that schedule, for its keyword.
    """
    values = {
        "scheduled-time": f"<{_TIME}>",
        "execution-id": f"<{_EVENT}>",
        "attempt-number": "1",
        "schedule-arn": schedule_arn,
    }

    def replaced(found: re.Match[str]) -> str:
        return _ANGLE_BRACKETS.get(found[0]) or values[found["keyword"]]

    template = _REPLACED.sub(replaced, overrides.canonical(execution_input))
    # The variable is added last, so that no value of the task can contain it.
    return {
        "input_paths": {
            _TIME: "$.time",
            _EVENT: "$.id",
            _RUN: run,
        },
        "input_template": f'{template.removesuffix("}")},"{UPSTREAM}":"<{_RUN}>"}}',
    }
