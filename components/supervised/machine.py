"""The state machine of a supervised task, in Amazon States Language: data in, data out.

A run goes from top to bottom; docs/supervised.md has the picture:

    Claim      one run for one time of a schedule, however often that time is delivered
    Acquire    the lease, where runs may not overlap; again before each further attempt
    Run        RunTask, and waiting for the end of the task
    Judge      by the exit code of the container: over, or Pause and again
    Release    the lease, if it is still this execution's own
    Report     the outcome, on the event bus
"""

import json

from .ending import ending
from .exclusion import claim, lease, release
from .judging import judge
from .language import State, Supervised
from .running import refused, run, stop_own


def definition(of: Supervised) -> str:
    """The state machine of a task, as canonical JSON."""
    parts = (claim, lease, run, judge, refused, stop_own, release, ending)
    partition = of.run["Cluster"].split(":")[1]
    machine = {
        "Comment": f"Runs the scheduled task {of.task} of {of.prefix}",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": of.settings.longest,
        "StartAt": "Claim",
        "States": {name: _in(partition, state) for part in parts for name, state in part(of).items()},
    }
    return json.dumps(machine, sort_keys=True, separators=(",", ":"))


def _in(partition: str, state: State) -> State:
    """A state that calls what the services are named in a partition: `arn:aws-cn:states:::ecs:runTask.sync`."""
    if "Resource" not in state:
        return state
    return {**state, "Resource": state["Resource"].replace("arn:aws:", f"arn:{partition}:", 1)}
