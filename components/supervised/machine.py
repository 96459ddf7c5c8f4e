"""The state machine of a supervised task, in Amazon States Language. Data in, data out.

ops/runs/waits.py has the reasons of the states in which an execution waits. A successful run passes these states:

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
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import cast

from ..aws.arn import Arn
from .confirming import confirm_before_launch
from .contract import SENTENCE, comment
from .counting import count
from .ending import ending
from .exceptions import CHECK_EXCEPTIONS, left_out
from .exclusion import claim, lease, release
from .language import CLAIM, EndState, State, States, Supervised, TaskState
from .locking import lock
from .parallel import BEGIN, begin_task, end_task, run_tasks
from .result import check_result
from .running import launch_failed, run, stop_own_run


def definition(of: Supervised) -> str:
    """The definition of a task's state machine, as canonical JSON."""
    attempts = (run, check_result, launch_failed, stop_own_run)
    runs = (run_tasks,) if of.settings.parallel else attempts
    parts = (left_out, claim, lease, lock, *runs, release, count, ending)
    start = CHECK_EXCEPTIONS if of.settings.exceptions else CLAIM
    return _machine(comment(of), replace(of, settings=of.settings.whole), parts, start)


def index_definition(of: Supervised) -> str:
    """The definition of the state machine that runs one task of a run with `parallel`, as canonical JSON.

    `run_tasks` starts its executions. They claim nothing, and return how the task ended instead of reporting it.
    """
    parts = (begin_task, confirm_before_launch, run, check_result, launch_failed, stop_own_run, end_task)
    one = replace(of, settings=of.settings.index, index=True)
    return _machine(f"Runs one task of each run of {of.task}. {SENTENCE}", one, parts, BEGIN)


def _machine(about: str, of: Supervised, parts: Iterable[Callable[[Supervised], States]], start: str) -> str:
    partition = Arn.parse(of.run["Cluster"]).partition
    machine = {
        "Comment": about,
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": of.settings.longest,
        "StartAt": start,
        "States": {name: in_partition(partition, state) for part in parts for name, state in part(of).items()},
    }
    return json.dumps(machine, sort_keys=True, separators=(",", ":"))


def in_partition(partition: str, state: State) -> State:
    """The same state with a resource of a partition, such as `arn:aws-cn:states:::ecs:runTask.sync`."""
    if state["Type"] == "Map":
        inner = state["ItemProcessor"]
        states = {
            name: cast("TaskState | EndState", in_partition(partition, cast("State", each)))
            for name, each in inner["States"].items()
        }
        return {**state, "ItemProcessor": {**inner, "States": states}}
    if state["Type"] != "Task":
        return state
    return {**state, "Resource": str(replace(Arn.parse(state["Resource"]), partition=partition))}
