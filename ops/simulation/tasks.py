"""The tasks of a simulation: what their configuration says about launches, runs and alarms."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from components.monitoring.notices import WARNING_ALARMS
from components.resolved import Group, Parallel, Recipient, Retry
from components.supervised.settings import Supervision
from config import StackConfig

from ..planning.plans import Plan, plans
from .limits import Limit, usage_per_launch

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
    """ECS tasks per call of RunTask."""
    is_call: bool = False
    success_within: int | None = None
    """Seconds within which its alarm expects a success; None without an alarm."""
    stop_timeout: int = STOP_TIMEOUT
    usage: Mapping[Limit, float] = field(default_factory=dict[Limit, float])
    """The tokens that each call of RunTask takes from AWS's limits on launches."""
    parallel: Parallel | None = None
    """The ECS tasks of each run, which RunTask starts one by one. None for one call per run."""
    after: str = ""
    """The task after whose successes a rule starts it. Empty for none, and for a paused task."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways in which failures in a group are reported."""

    outcomes: bool
    """Whether rules watch the ends of runs."""
    alarms: bool
    """Whether the group has alarms."""
    topic: bool
    """Whether anybody receives what is sent to the topic: all messages and alarms."""
    recipients: tuple[Recipient, ...] = ()
    """The recipients that EventBridge sends requests to."""

    def sends(self, task: str) -> bool:
        """Whether a message about a failed run of a task is sent."""
        return self.outcomes and (self.topic or any(_is_critical(it) and it.covers(task) for it in self.recipients))

    def reports(self, alarm: str, task: str) -> bool:
        """Whether a message about an alarm is sent. `task` is empty for an alarm of the group."""
        return self.topic or any(_receives(it, alarm, task) for it in self.recipients)


def _is_critical(recipient: Recipient) -> bool:
    return "critical" in recipient.severities


def _receives(recipient: Recipient, alarm: str, task: str) -> bool:
    if task:
        return _is_critical(recipient) and recipient.covers(task)
    return not recipient.tasks and ("warning" if alarm in WARNING_ALARMS else "critical") in recipient.severities


def channels_of(group: Group) -> Channels:
    """The ways in which failures in a group are reported."""
    notify = group.notify
    recipients = (*notify.webhook.values(), *notify.pagerduty.values()) if notify else ()
    # People can subscribe to the topic themselves, which is likely if there is nobody else.
    topic = notify is not None and bool(notify.emails or notify.topic_arn or not recipients)
    return Channels(group.monitoring.outcomes, group.monitoring.alarms, topic, recipients)


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
    supervision, notify = task.supervision, config.group.notify
    if supervision and notify:
        supervision = supervision.counting(notify.after)
    return SimulatedTask(
        name,
        found,
        task.retry,
        supervision=supervision,
        count=task.count,
        parallel=task.parallel,
        # The deployment creates no alarm for a paused task: it could only fire.
        success_within=None if task.is_paused or not config.group.enabled else task.expect_success_within,
        stop_timeout=STOP_TIMEOUT if task.stop_timeout is None else task.stop_timeout,
        # Each task of a run has a call of its own.
        usage=usage_per_launch(replace(task, parallel=None)),
        after="" if task.is_paused or not config.group.enabled else task.after or "",
    )
