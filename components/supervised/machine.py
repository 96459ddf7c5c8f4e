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
from .language import Supervised
from .running import refused, run, stop_own


def definition(of: Supervised) -> str:
    """The state machine of a task, as canonical JSON."""
    parts = (claim, lease, run, judge, refused, stop_own, release, ending)
    machine = {
        "Comment": f"Runs the scheduled task {of.task} of {of.prefix}",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": of.settings.longest,
        "StartAt": "Claim",
        "States": {name: state for part in parts for name, state in part(of).items()},
    }
    return json.dumps(machine, sort_keys=True, separators=(",", ":"))
