"""AWS's limits on launches. Each is a token bucket: a burst at once, then a steady rate per second."""

from dataclasses import dataclass

from components.aws.fargate import LAUNCH_BUCKET, LAUNCH_REFILL, RUN_TASK_RATE
from components.resolved import Task

from ..pricing.costs import spot_share


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """A limit per account and Region."""

    name: str
    bucket: int
    """Burst: the number of tokens in a full bucket."""
    refill: int
    """Tokens added per second."""


SCHEDULER = Limit("Scheduler invocations", 500, 500)
"""1,000 in the large Regions. Scheduler delays what exceeds it (AWS: EventBridge Scheduler user guide, quotas)."""
ECS_CALLS = Limit("RunTask", 100, 40)
"""Shared with StartTask, StopTask and a few other calls (AWS: Amazon ECS API reference, Request throttling)."""
CALLS = Limit("RunTask on Fargate", RUN_TASK_RATE, RUN_TASK_RATE)
ON_DEMAND = Limit("Tasks on Fargate", LAUNCH_BUCKET, LAUNCH_REFILL)
SPOT = Limit("Tasks on Fargate Spot", LAUNCH_BUCKET, LAUNCH_REFILL)
LIMITS = (SCHEDULER, ECS_CALLS, CALLS, ON_DEMAND, SPOT)


def usage_per_launch(task: Task) -> dict[Limit, float]:
    """The tokens that each launch of a task uses. A mix of capacity providers is split by weight.

    A run with `parallel` starts the tasks that run at once, with a call each. It starts the others later, one by one.
    """
    parallel = task.parallel
    calls = min(parallel.tasks, parallel.at_once) if parallel else 1
    every: dict[Limit, float] = {SCHEDULER: 1, ECS_CALLS: calls}
    if task.launch_type != "FARGATE":
        return every
    count, spot = task.count * calls, spot_share(task)
    found = {**every, CALLS: calls, ON_DEMAND: count * (1 - spot), SPOT: count * spot}
    return {limit: tokens for limit, tokens in found.items() if tokens}
