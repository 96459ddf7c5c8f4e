"""Starts of a task after the successes of another one: the event pattern, and the input of its executions. Pure.

The rule of the task matches the event about the end of each run of the other task that succeeded, and starts an
execution of the task's state machine. AWS: Amazon EventBridge user guide, "Event patterns" and "Input transformation".
"""

import re
from collections.abc import Mapping

from ..args import UpstreamReference
from ..aws.account import Account
from ..aws.names import GroupNames, family_of
from ..json_values import Data
from ..monitoring.events import SUCCEEDED, InputTransformer, pattern, supervised_pattern
from ..resolved import MAIN_CONTAINER, Task
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
    if upstream["supervised"]:
        return supervised_pattern(SUCCEEDED, names.prefix, [name])
    definition = upstream["task_definition"]
    family = family_of(definition) if definition else names.family(name)
    container = upstream["container"] or containers.get(definition, MAIN_CONTAINER)
    prefix = account.arn("ecs", f"task-definition/{family}:")
    return pattern(SUCCEEDED, cluster_arn, container, [prefix], tasks=[name])


def start_message(execution_input: Data, *, supervised: bool, schedule_arn: str) -> InputTransformer:
    """The input of an execution, from the event that starts it.

    The scheduled time of the run is the time of the event. The claim of the run is for the run that succeeded, because
    EventBridge can deliver an event twice, and two runs can succeed within a second.

    Args:
        execution_input: The input of the schedule, by which people start runs.
        supervised: Whether the state machine of the other task reports its runs.
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
            _RUN: "$.detail.executionArn" if supervised else "$.detail.taskArn",
        },
        "input_template": f'{template.removesuffix("}")},"{UPSTREAM}":"<{_RUN}>"}}',
    }
