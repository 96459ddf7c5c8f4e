"""The state machine of a supervised task, in Amazon States Language. Data in, data out.

docs/supervised.md lists the states in which an execution waits. A successful run passes through these states:

    Exception?    Ends an execution whose scheduled time is left out, if the task has exceptions.
    Claim         Allows one run per scheduled time, even if Scheduler delivers that time twice.
    Acquire       Takes the lease before each attempt, if runs must not overlap.
    Run           Calls RunTask and waits until the run ends.
    Check result  Decides by the container's exit code: succeeded, failed, or another attempt after a pause.
    Release       Releases the lease, if this execution still holds it.
    Count         Counts failed runs in a row, if the task sends no message about the first ones.
    Report        Puts the outcome on the event bus.
"""

import json
from dataclasses import replace

from ..aws.arn import Arn
from .contract import comment
from .counting import count
from .ending import ending
from .exceptions import CHECK_EXCEPTIONS, left_out
from .exclusion import claim, lease, release
from .language import CLAIM, State, Supervised
from .locking import lock
from .result import check_result
from .running import launch_failed, run, stop_own_run


def definition(of: Supervised) -> str:
    """The definition of a task's state machine, as canonical JSON."""
    parts = (left_out, claim, lease, lock, run, check_result, launch_failed, stop_own_run, release, count, ending)
    partition = Arn.parse(of.run["Cluster"]).partition
    machine = {
        "Comment": comment(of),
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": of.settings.longest,
        "StartAt": CHECK_EXCEPTIONS if of.settings.exceptions else CLAIM,
        "States": {name: in_partition(partition, state) for part in parts for name, state in part(of).items()},
    }
    return json.dumps(machine, sort_keys=True, separators=(",", ":"))


def in_partition(partition: str, state: State) -> State:
    """The same state with a resource of a partition, such as `arn:aws-cn:states:::ecs:runTask.sync`."""
    if state["Type"] != "Task":
        return state
    return {**state, "Resource": str(replace(Arn.parse(state["Resource"]), partition=partition))}
