"""Checks that the runs of the coming week fit together into the account's quotas of Fargate vCPUs. Pure.

Each run may fit alone, but several that start in the same minute, or that overlap because they take long, may not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..aws.schedules import Schedule, understood
from ..load.launches import Demand, Launch
from ..load.run_sizes import SHORTEST, VCPU_QUOTAS, RunSize, VcpuQuota, vcpus_of
from ..load.vcpus import VcpuPeak, vcpu_peak
from ..load.week import LoadedWeek, loaded_week
from ..load.week_tables import vcpu_names
from ..planning.plans import Plan
from .finding import OK, PROBLEM, STACK, WARNING, Finding
from .inventory import CheckedSchedule, Inventory
from .vcpus import cpu_units, tasks_at_once, vcpus_in_words


@dataclass(frozen=True, slots=True)
class DeployedPlan(Plan):
    """A schedule as it is in AWS, for the functions that calculate the launches of a week."""

    deployed: Schedule | None = None

    def runs(self, after: datetime) -> Iterator[datetime]:
        """The runs after a time, without those that the deployed schedule leaves out."""
        return self.deployed.runs(after) if self.deployed else iter(())


def week_vcpu_findings(inventory: Inventory, values: Mapping[str, float]) -> Iterator[Finding]:
    """Compare the most vCPUs of the coming week with the account's quotas.

    Args:
        inventory: The deployed resources of all tasks.
        values: The values of the quotas by code, in vCPUs.
    """
    week = loaded_week(list(_demands(inventory)), inventory.now)
    for quota in VCPU_QUOTAS:
        if (allowed := values.get(quota.code)) is not None and (found := _finding(week, quota, allowed)):
            yield found


def _finding(week: LoadedWeek, quota: VcpuQuota, allowed: float) -> Finding | None:
    peak = vcpu_peak(week.launches, quota)
    if peak is None:
        return None
    if _exceeded(peak, allowed):
        return _problem(week, peak, allowed)
    if peak.vcpus > allowed:
        # One run exceeds it alone, and has a finding of its own.
        return None
    used = f"{peak.vcpus:g} of the {vcpus_in_words(allowed)} of {quota.capacity}"
    return Finding(OK, STACK, f"The runs of this stack need at most {used} at the same time in the coming week.")


def _problem(week: LoadedWeek, peak: VcpuPeak, allowed: float) -> Finding:
    """A problem if runs of the same minute exceed the quota, and a warning if that depends on their durations or on the
    times that AWS chooses."""
    quota = peak.quota
    fix = f"Request an increase in Service Quotas: fargate, {quota.code}. Or let these tasks start at other times."
    certain = vcpu_peak(_at_known_times(week), quota, SHORTEST)
    if certain and _exceeded(certain, allowed):
        start = (
            f"{_when(week, certain)}, runs start that need {vcpus_in_words(certain.vcpus)} of {quota.capacity} together"
        )
        message = f"{start}: {_names(certain)}. The account may use {allowed:g} in this Region, so some don't start."
        return Finding(PROBLEM, STACK, message, fix)
    timed = any(demand.size.seconds for demand in peak.demands)
    condition = "they take until their `timeout`" if timed else "they start at the same time"
    start = f"{_when(week, peak)}, runs need {vcpus_in_words(peak.vcpus)} of {quota.capacity} together if {condition}"
    message = f"{start}: {_names(peak)}. The account may use {allowed:g} in this Region. Runs beyond don't start."
    return Finding(WARNING, STACK, message, fix)


def _exceeded(peak: VcpuPeak, allowed: float) -> bool:
    """Whether runs exceed a quota together."""
    return peak.vcpus > max(allowed, *(demand.size.vcpus[peak.quota] for demand in peak.demands))


def _at_known_times(week: LoadedWeek) -> Iterator[Launch]:
    """The launches whose minute is known: AWS chooses a time in flexible windows, and the start of some rates."""
    for launch in week.launches:
        plan = launch.demand.plan
        if not plan.flexible_window and not plan.is_estimate:
            yield launch


def _when(week: LoadedWeek, peak: VcpuPeak) -> str:
    return f"On {week.time(peak.minute):%a %Y-%m-%d at %H:%M} UTC"


def _names(peak: VcpuPeak) -> str:
    return vcpu_names(peak.tasks, with_stack=False)


def _demands(inventory: Inventory) -> Iterator[Demand]:
    for each in inventory.schedules:
        if understood(each.schedule.expression) and (size := _size(each)):
            yield Demand(_plan(inventory.deployment.name, each), {}, size)


def _plan(stack: str, each: CheckedSchedule) -> DeployedPlan:
    deployed = each.schedule
    return DeployedPlan(
        stack=stack,
        task=each.task,
        expression=deployed.expression,
        timezone=deployed.timezone,
        enabled=deployed.enabled,
        start=deployed.start,
        end=deployed.end,
        flexible_window=timedelta(minutes=deployed.window_minutes) if deployed.window_minutes else None,
        deployed=deployed,
    )


def _size(each: CheckedSchedule) -> RunSize | None:
    """The vCPUs of a run. None if it isn't known that it starts on Fargate: the cluster's default can be another."""
    launch, definition, machine = each.launch, each.definition, each.machine
    if launch is None or definition is None or not launch.on_fargate or not (launch.launch_type or launch.strategy):
        return None
    vcpus = vcpus_of(tasks_at_once(each, launch), cpu_units(each, definition), launch.count, launch.strategy)
    if machine is None:
        return RunSize(vcpus)
    turn = f"lock {machine.lock}" if machine.lock else f"task {each.task}" if machine.exclusive else ""
    return RunSize(vcpus, machine.timeout, turn)
