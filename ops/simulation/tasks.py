"""The tasks of a simulation: what their configuration says about launches, runs and alarms."""

from dataclasses import dataclass

from components.resolved import Group, Retry
from components.supervised.settings import Supervision
from config import StackConfig

from ..planning.plans import Plan, plans

STOP_TIMEOUT = 30
"""Seconds from the request to stop a container to the end of its process, by default. AWS: botocore ecs,
ContainerDefinition.stopTimeout."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTask:
    """A task, or a call."""

    name: str
    plans: tuple[Plan, ...]
    retry: Retry
    supervision: Supervision | None = None
    """None for a task that EventBridge Scheduler starts directly, and for a call."""
    count: int = 1
    """ECS tasks per launch."""
    is_call: bool = False
    success_within: int | None = None
    """Seconds within which its alarm expects a success; None without an alarm."""
    stop_timeout: int = STOP_TIMEOUT


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways in which failures are reported."""

    messages: bool
    """Whether a failed run sends a message to the recipients."""
    alarms: bool
    """Whether the group has alarms."""
    recipients: bool
    """Whether alarms send messages."""


def channels_of(group: Group) -> Channels:
    """The ways in which failures in a group are reported. Messages come from the rules that also write outcome logs."""
    notified = group.notify is not None
    return Channels(notified and group.monitoring.outcomes, group.monitoring.alarms, notified)


def simulated_tasks(stack: str, config: StackConfig) -> list[SimulatedTask]:
    """The tasks of a stack, in the order of their names."""
    every: dict[str, list[Plan]] = {}
    for plan in plans(stack, config):
        every.setdefault(plan.task, []).append(plan)
    return [_task(config, name, tuple(found)) for name, found in every.items()]


def _task(config: StackConfig, name: str, found: tuple[Plan, ...]) -> SimulatedTask:
    task = config.tasks.get(name)
    if task is None:
        return SimulatedTask(name, found, config.calls[name].retry, is_call=True)
    return SimulatedTask(
        name,
        found,
        task.retry,
        supervision=task.supervision,
        count=task.count,
        # The deployment creates no alarm for a paused task: it could only fire.
        success_within=None if task.is_paused or not config.group.enabled else task.expect_success_within,
        stop_timeout=STOP_TIMEOUT if task.stop_timeout is None else task.stop_timeout,
    )
