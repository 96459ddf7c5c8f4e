"""The cost of a stack's tasks in an average month of the coming year. Pure: arguments in, US dollars out.

The length of a run and the size of its log aren't known in advance. Both are assumptions, the same for all tasks.
Whatever shows a cost also shows the assumptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice, takewhile
from typing import cast

from components.aws.account import TYPICAL_ACCOUNT
from components.checks.advice import runs_of
from components.hours.sleepers import sleepers_of
from components.json_values import Data
from components.monitoring import alarms
from components.monitoring.messages import requests_per_success
from components.resolved import CallTask, CapacityProvider, Group, Schedule, Scheduled, ScheduleTimes, Task
from components.schedules import At, Cron, Rate, next_runs, parse
from components.supervised.confirming import replaces_tasks
from components.supervised.settings import QUEUE
from config import StackConfig

from .prices import SHIPPED, Price, Prices

MOST_MINUTES = 31 * 24 * 60
"""The longest run of an estimate: a month."""
YEAR, MONTHS = timedelta(days=365), 12
INCLUDED_STORAGE_GIB = 20
BILLED_MINUTES = 1
"""Fargate bills each Linux run for at least one minute (vantage.sh, Fargate pricing)."""
EVENT_GB = 3 / 1024 / 1024
"""Size of the event about the end of a run in the outcome log: 3 KB."""
TRANSITIONS_PER_RUN, TRANSITIONS_WITH_LEASE = 6, 8
"""State transitions of a supervised run that succeeds on the first attempt: if runs can overlap, and if they can't.
A test counts them."""
TRANSITIONS_OF_QUEUE = 2
"""Further transitions of a run that enters and leaves a queue without waiting."""
TRANSITIONS_OF_HOURS, TRANSITIONS_PER_RESOURCE = 9, 24
"""State transitions of an opening or a closing, and more per resource, which changes for six minutes."""
TRANSITIONS_OF_SNAPSHOT = 29
"""State transitions of a snapshot with `keep` that is available after ten minutes, and then deletes one."""
LEFT_OUT_TRANSITIONS = 3
"""State transitions of an execution whose time is left out."""
TRANSITIONS_OF_COUNT = 2
"""Further transitions of a run that counts failures."""
TRANSITIONS_OF_LOCK = 2
"""Further transitions of a run that acquires and releases a lock without waiting."""
TRANSITIONS_PER_TASK = 5
"""Further transitions per task of a run with `parallel`. A test counts them."""
TRANSITIONS_PER_REPLACEABLE_TASK = 1
"""Further transitions per task if a newer run can replace the run."""
_SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The values that aren't known before a task has run, and the prices."""

    minutes: float = 10
    """Length of a run in minutes, from the pull of its image to its end."""
    log_mb: float = 1
    """Size of the log of one run, in MB."""
    prices: Prices = SHIPPED


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars per month, by cost category."""

    fargate: float = 0
    spot: float = 0
    scheduler: float = 0
    supervised: float = 0
    logs: float = 0
    alarms: float = 0
    messages: float = 0
    """Requests to recipients. Each run is assumed to succeed."""

    @property
    def total(self) -> float:
        """The sum of all categories."""
        return sum(self.parts.values())

    @property
    def parts(self) -> dict[str, float]:
        """The amounts by name of the category."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def __add__(self, other: Cost) -> Cost:
        return Cost(**{name: value + other.parts[name] for name, value in self.parts.items()})


@dataclass(frozen=True, slots=True)
class StackCost:
    """The cost of a stack: each task, and the shared resources."""

    tasks: Mapping[str, Cost]
    shared: Cost

    @property
    def total(self) -> Cost:
        """The sum of all tasks and the shared resources, by category."""
        return sum(self.tasks.values(), self.shared)


def stack_cost(config: StackConfig, now: datetime, assumptions: Assumptions) -> StackCost:
    """The cost of a stack in an average month of the year from `now`.

    Not included: EC2 and external instances, existing task definitions (their size isn't known), network, storage of
    logs and images, KMS, secrets, email, and the AWS services that the containers use.
    """
    costs = {
        name: task_cost(task, config.group, now, assumptions, upstream=_upstream_runs(task, config, now))
        for name, task in config.tasks.items()
    }
    costs |= {name: call_cost(call, config.group, now, assumptions) for name, call in config.calls.items()}
    return StackCost(costs, shared_cost(config.group, assumptions.prices) if costs else Cost())


def call_cost(call: CallTask, group: Group, now: datetime, assumptions: Assumptions) -> Cost:
    """The cost of a call's invocations in an average month of the year from `now`, without the work that it starts."""
    launched = [(it, monthly_launches(it, now)) for it in call.schedules if group.enabled]
    launches = sum(count for _, count in launched)
    kept = sum(count * kept_share(call, it, now) for it, count in launched)
    prices, resources = assumptions.prices, len(sleepers_of(cast("Data", call.args), TYPICAL_ACCOUNT))
    transitions = TRANSITIONS_OF_HOURS + resources * TRANSITIONS_PER_RESOURCE if resources else 0
    if call.machine == "keep":
        transitions = TRANSITIONS_OF_SNAPSHOT
    transitions += 1 if call.exceptions else 0
    of_machine = (kept * transitions + (launches - kept) * LEFT_OUT_TRANSITIONS) * prices.transitions.usd / 1000
    watched = call.expect_success_within is not None and group.enabled and call.enabled
    # Step Functions already has a metric for successful executions.
    metric = 0 if call.machine else prices.metric.usd
    alarms = prices.alarm.usd + metric if watched else 0
    return call_launches_cost(launches, prices) + Cost(alarms=alarms, supervised=of_machine)


def call_launches_cost(launches: float, prices: Prices) -> Cost:
    """The cost of a number of invocations of a call."""
    return Cost(scheduler=launches * prices.scheduler.usd / 1e6)


def _upstream_runs(task: Task, config: StackConfig, now: datetime) -> float:
    """The runs per month that a task starts after another one, if all runs of that one succeed."""
    first: Scheduled = task
    enabled = config.group.enabled and task.enabled
    while isinstance(first, Task) and first.after is not None:
        first = config.scheduled[first.after]
        enabled = enabled and first.enabled
    if first is task or not enabled:
        return 0
    return sum(monthly_launches(it, now) * kept_share(first, it, now) for it in first.schedules)


def task_cost(task: Task, group: Group, now: datetime, assumptions: Assumptions, *, upstream: float = 0) -> Cost:
    """The cost of a task in an average month of the year from `now`.

    `upstream` is the number of runs per month that it starts after another task.
    """
    launches = [(schedule, monthly_launches(schedule, now)) for schedule in task.schedules if group.enabled]
    cost = watching_cost(task, group, assumptions.prices)
    if upstream:
        # EventBridge matches events of AWS services, and delivers to Step Functions, free of charge.
        cost += replace(launches_cost(task, group, task.schedules[0], upstream, assumptions), scheduler=0)
    return sum(
        (
            launches_cost(task, group, schedule, count, assumptions, kept=kept_share(task, schedule, now))
            for schedule, count in launches
        ),
        cost,
    )


def watching_cost(task: Task, group: Group, prices: Prices) -> Cost:
    """The cost of a task's own alarm and metric in a month."""
    watched = task.expect_success_within is not None and group.enabled and task.enabled
    shared = group.monitoring.success_metrics == "shared" and group.monitoring.outcomes
    # Step Functions already has a metric for successful executions.
    counted = not task.is_supervised and (watched or (shared and group.enabled and task.enabled))
    return Cost(
        alarms=(prices.alarm.usd if watched else 0)
        + (prices.alarm.usd if task.expect_duration_under is not None else 0)
        + (prices.metric.usd if counted else 0)
    )


def launches_cost(
    task: Task, group: Group, schedule: Schedule, launches: float, assumptions: Assumptions, *, kept: float = 1
) -> Cost:
    """The cost of a number of launches of a schedule, with their runs.

    `kept` is the share of scheduled times that aren't left out.
    """
    prices, runs = assumptions.prices, launches * task.tasks_per_run * kept
    # The tasks of one run have one outcome.
    outcomes = launches * kept if task.parallel else runs
    hours = runs * max(assumptions.minutes, BILLED_MINUTES) / 60
    spot = spot_share(task)
    known = task.task_definition is None
    on_demand = hourly(task, schedule, prices=prices) if task.launch_type == "FARGATE" and known else 0
    logged = assumptions.log_mb / 1024 if known else 0
    transitions = _transitions(task, group) * kept + LEFT_OUT_TRANSITIONS * (1 - kept)
    events = EVENT_GB if group.monitoring.outcomes else 0
    return Cost(
        fargate=hours * (1 - spot) * on_demand,
        spot=hours * spot * hourly(task, schedule, spot=True, prices=prices) if spot and on_demand else 0,
        scheduler=launches * prices.scheduler.usd / 1e6,
        supervised=launches * transitions * prices.transitions.usd / 1000,
        logs=(runs * logged + outcomes * events) * prices.logs.usd,
        messages=outcomes * messages_per_run(task.name, group) * prices.message.usd / 1e6,
    )


def messages_per_run(task: str, group: Group) -> int:
    """The requests to all recipients about a run that succeeds on its first attempt."""
    return sum(requests_per_success(recipient, task) for recipient in group.recipients.values())


def _transitions(task: Task, group: Group) -> int:
    """The state transitions of a run; 0 if it isn't supervised."""
    if not task.supervision:
        return 0
    settings = task.supervision
    transitions = TRANSITIONS_WITH_LEASE if settings.exclusive else TRANSITIONS_PER_RUN
    transitions += 1 if settings.exceptions else 0
    transitions += TRANSITIONS_OF_COUNT if settings.notify_after or (group.notify and group.notify.after) else 0
    transitions += TRANSITIONS_OF_QUEUE if settings.overlap == QUEUE else 0
    if settings.parallel:
        per_task = TRANSITIONS_PER_TASK + (TRANSITIONS_PER_REPLACEABLE_TASK if replaces_tasks(settings) else 0)
        transitions += settings.parallel.tasks * per_task
    return transitions + (TRANSITIONS_OF_LOCK if settings.lock else 0)


def kept_share(task: Scheduled, schedule: ScheduleTimes, now: datetime) -> float:
    """The share of a schedule's times in the year from `now` that aren't left out. A sample, for many times."""
    exceptions = task.exceptions_in(schedule)
    if not exceptions:
        return 1
    times = list(islice(takewhile(lambda time: time <= now + YEAR, runs_of(schedule, now)), _SAMPLE))
    return sum(not exceptions.reason(time, schedule.timezone) for time in times) / len(times) if times else 1


def hourly(task: Task, schedule: Schedule | None = None, *, spot: bool = False, prices: Prices = SHIPPED) -> float:
    """The cost of one hour of a run on Fargate. `schedule` overrides the size of the task."""
    price_of_cpu, price_of_memory = _prices(task, prices)
    own = (schedule.cpu, schedule.memory, schedule.ephemeral_storage) if schedule else (None, None, None)
    cpu, memory, gib = (
        of_task if of_schedule is None else of_schedule
        for of_schedule, of_task in zip(own, (task.cpu, task.memory, task.ephemeral_storage), strict=True)
    )
    storage = max(0, (gib or INCLUDED_STORAGE_GIB) - INCLUDED_STORAGE_GIB)
    share = prices.spot.usd if spot else 1
    size = (cpu or 0) / 1024 * price_of_cpu.usd + (memory or 0) / 1024 * price_of_memory.usd
    return share * size + storage * prices.storage.usd


def _prices(task: Task, prices: Prices) -> tuple[Price, Price]:
    """The prices of CPU and memory."""
    if task.is_windows:
        return prices.windows_cpu, prices.windows_memory
    if task.architecture == "arm64":
        return prices.arm_cpu, prices.arm_memory
    return prices.fargate_cpu, prices.fargate_memory


def spot_share(task: Task) -> float:
    """The share of a task's runs on Fargate Spot, from 0 to 1."""
    return spot_share_of(task.count, task.strategy)


def spot_share_of(count: int, entries: Sequence[CapacityProvider]) -> float:
    """The share of ECS tasks on Fargate Spot, from 0 to 1.

    ECS fills the bases of the capacity providers first, then distributes by weight (AWS: Amazon ECS API reference,
    CapacityProviderStrategyItem).

    Args:
        count: The ECS tasks of a run.
        entries: The capacity provider strategy. Empty for none.
    """
    if not entries:
        return 0
    based = min(count, sum(entry.base for entry in entries))
    weights = sum(entry.weight for entry in entries)
    spot = [entry for entry in entries if entry.provider == "FARGATE_SPOT"]
    on_base = min(count, sum(entry.base for entry in spot))
    by_weight = (count - based) * sum(entry.weight for entry in spot) / weights if weights else 0
    return (on_base + by_weight) / count


def monthly_launches(schedule: ScheduleTimes, now: datetime) -> float:
    """The launches in an average month of the year from `now`. A one-time schedule has one twelfth."""
    if not schedule.enabled:
        return 0
    expression = parse(schedule.expression)
    return _yearly(expression, schedule.timezone, now, schedule.start, schedule.end) / MONTHS


@cache
def _yearly(
    expression: Rate | Cron | At, timezone: str, now: datetime, start: datetime | None, end: datetime | None
) -> float:
    if isinstance(expression, Rate):
        first, last = max(now, start or now), min(now + YEAR, end or now + YEAR)
        return max(timedelta(), last - first) / timedelta(minutes=expression.minutes)
    if isinstance(expression, At):
        return _within_a_year(next_runs(expression, timezone, now), now)
    times = len(expression.hours) * len(expression.minutes)
    # Counts days instead of runs: counting every run of a year would take a second per task.
    daily = replace(expression, hours=(12,), minutes=(0,), fields=())
    return times * _days(daily, timezone, now, start, end)


@cache
def _days(cron: Cron, timezone: str, now: datetime, start: datetime | None, end: datetime | None) -> int:
    return _within_a_year(next_runs(cron, timezone, now, start=start, end=end), now)


def _within_a_year(runs: Iterable[datetime], now: datetime) -> int:
    return sum(1 for _ in takewhile(lambda run: run <= now + YEAR, runs))


def shared_cost(group: Group, prices: Prices = SHIPPED) -> Cost:
    """The fixed cost of a group: its alarms and its dashboard."""
    switches = group.monitoring
    queues = {"launches": "", **({"events": ""} if switches.outcomes else {})}
    made = alarms.group_alarms(schedule_group="", queues=queues) if switches.alarms else {}
    metrics = sum(alarms.metrics_of(alarm) for alarm in made.values())
    dashboards = 1 if switches.dashboard else 0
    return Cost(alarms=metrics * prices.alarm.usd + dashboards * prices.dashboard.usd)
