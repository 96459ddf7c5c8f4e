"""The Fargate vCPUs of a run, and how long it uses them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components.resolved import CapacityProvider, Schedule, Task

from ..pricing.costs import spot_share_of

DEFAULT_VCPUS = 6
"""The default of each quota. AWS raises it over time, by the usage of the account. AWS: AWS General Reference, "Amazon
ECS endpoints and quotas", AWS Fargate service quotas: "Each supported Region: 6"."""
SHORTEST = 60
"""Seconds of a run whose duration isn't known: only launches of the same minute overlap."""
CPU_UNITS = 1024
"""CPU units of one vCPU."""


@dataclass(frozen=True, slots=True)
class VcpuQuota:
    """A quota of vCPUs that run at the same time, per account and Region.

    AWS: Service Quotas API reference, ListServiceQuotas of the service `fargate`. ECS starts no task that exceeds it.
    """

    capacity: str
    code: str


ON_DEMAND = VcpuQuota("Fargate On-Demand", "L-3032A538")
SPOT = VcpuQuota("Fargate Spot", "L-36FBB829")
VCPU_QUOTAS = (ON_DEMAND, SPOT)


@dataclass(frozen=True, slots=True)
class RunSize:
    """The Fargate vCPUs of a run."""

    vcpus: Mapping[VcpuQuota, float] = field(default_factory=dict[VcpuQuota, float])
    """Empty for a run that uses none, or whose size isn't known."""
    seconds: float | None = None
    """The longest expected duration. None if it isn't known."""
    turn: str = ""
    """At most one run with the same text runs at a time. Empty for runs that can overlap all others."""
    unknown: bool = False
    """Whether it runs on Fargate with an existing task definition, whose size isn't known."""


NO_VCPUS = RunSize()


def vcpus_of(tasks: int, units: int, call: int, strategy: Sequence[CapacityProvider]) -> dict[VcpuQuota, float]:
    """The vCPUs of a run by quota. A mix of capacity providers is split by weight.

    Args:
        tasks: The ECS tasks that run at the same time.
        units: The CPU units of each.
        call: The ECS tasks per call of RunTask.
        strategy: The capacity provider strategy. Empty for Fargate On-Demand.
    """
    every, spot = tasks * units / CPU_UNITS, spot_share_of(call, strategy)
    found = {ON_DEMAND: every * (1 - spot), SPOT: every * spot}
    return {quota: vcpus for quota, vcpus in found.items() if vcpus}


def run_size(stack: str, task: Task, schedule: Schedule, measured: Sequence[float]) -> RunSize:
    """The vCPUs of the runs of a schedule.

    Args:
        stack: Name of the stack. A lock excludes tasks of the same stack.
        task: The task.
        schedule: One of its schedules, which can have a size of its own.
        measured: Durations of earlier runs in seconds. Empty for the longest that the configuration expects.
    """
    if task.launch_type != "FARGATE":
        return NO_VCPUS
    if task.task_definition is not None and schedule.cpu is None:
        return RunSize(unknown=True)
    parallel = task.parallel
    tasks = min(parallel.tasks, parallel.at_once) if parallel else task.count
    units = task.cpu if schedule.cpu is None else schedule.cpu
    return RunSize(
        vcpus_of(tasks, units, task.count, task.strategy),
        max(measured) if measured else _longest(task),
        _turn(stack, task),
    )


def _longest(task: Task) -> int | None:
    """The longest duration that the configuration expects, in seconds. The default timeout says nothing about it."""
    if task.expect_duration_under or not task.timeout:
        return task.expect_duration_under
    # Each task of a run with `parallel` has its own timeout.
    rounds = math.ceil(task.parallel.tasks / task.parallel.at_once) if task.parallel else 1
    return task.timeout * rounds


def _turn(stack: str, task: Task) -> str:
    if task.lock is not None:
        return f"{stack} lock {task.lock}"
    return f"{stack} task {task.name}" if task.supervision and task.supervision.exclusive else ""
