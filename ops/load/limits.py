"""AWS's limits of launches, all of them buckets of tokens: a bucketful at once, then as many a second as flow in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.aws.fargate import LAUNCH_BUCKET, LAUNCH_REFILL, RUN_TASK_RATE
from components.task.capacity import runs_on

from ..costs import spot_share


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """A limit of an account in a Region."""

    name: str
    bucket: int
    """How many there may be at once after a rest."""
    refill: int
    """How many a second from then on."""


SCHEDULER = Limit("Scheduler's invocations", 500, 500)
"""1,000 in the large Regions; beyond it Scheduler waits by itself (AWS: EventBridge Scheduler user guide, quotas)."""
ECS_CALLS = Limit("RunTask", 100, 40)
"""Together with those of StartTask, StopTask and a few others (AWS: Amazon ECS API reference, Request throttling)."""
CALLS = Limit("RunTask on Fargate", RUN_TASK_RATE, RUN_TASK_RATE)
ON_DEMAND = Limit("tasks on Fargate", LAUNCH_BUCKET, LAUNCH_REFILL)
SPOT = Limit("tasks on Spot", LAUNCH_BUCKET, LAUNCH_REFILL)
LIMITS = (SCHEDULER, ECS_CALLS, CALLS, ON_DEMAND, SPOT)


def taken(args: Mapping[str, Any]) -> dict[Limit, float]:
    """What each launch of a task takes from the limits. Of a mix with Spot it is the share by weights."""
    every: dict[Limit, float] = {SCHEDULER: 1, ECS_CALLS: 1}
    if runs_on(args) != "FARGATE":
        return every
    count, spot = args.get("count", 1), spot_share(args)
    found = {**every, CALLS: 1, ON_DEMAND: count * (1 - spot), SPOT: count * spot}
    return {limit: tokens for limit, tokens in found.items() if tokens}
