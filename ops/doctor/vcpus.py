"""Checks that a run fits into the account's quotas of Fargate vCPUs. Pure.

ECS starts no task that exceeds a quota. AWS: Amazon ECS developer guide, "Amazon ECS service quotas", AWS Fargate
service quotas.
"""

from collections.abc import Iterator, Mapping

from components.json_values import mapping, read_json

from ..load.run_sizes import CPU_UNITS, ON_DEMAND, SPOT
from ..output import counted
from .finding import PROBLEM, Finding
from .inventory import CheckedSchedule, Inventory, TaskDefinition
from .launch import Launch

_QUOTA_OF = {"FARGATE": ON_DEMAND.code, "FARGATE_SPOT": SPOT.code}
"""By launch type and capacity provider. A launch type that isn't set is the cluster's default, which isn't known."""


def vcpu_findings(inventory: Inventory, values: Mapping[str, float]) -> Iterator[Finding]:
    """Find runs that need more vCPUs than the account may use, so that they can never run as configured.

    Args:
        inventory: The deployed resources.
        values: The values of the quotas by code, in vCPUs.
    """
    for each in inventory.schedules:
        if found := _finding(each, values):
            yield found


def _finding(each: CheckedSchedule, values: Mapping[str, float]) -> Finding | None:
    launch, definition = each.launch, each.definition
    if launch is None or definition is None or not launch.on_fargate:
        return None
    # A mix of capacity providers can use both quotas.
    codes = sorted({_QUOTA_OF[name] for name in launch.providers or (launch.launch_type,) if name in _QUOTA_OF})
    if not codes or not all(code in values for code in codes):
        return None
    tasks, units = tasks_at_once(each, launch), cpu_units(each, definition)
    needed, allowed = tasks * units / CPU_UNITS, sum(values[code] for code in codes)
    if needed <= allowed:
        return None
    message = f"A run needs {vcpus_in_words(needed)} of Fargate for {counted(tasks, 'ECS task')} at once. "
    message += f"The account may use {allowed:g} in this Region."
    smaller = "`parallel.atOnce`" if each.machine and each.machine.at_once > 1 else "`count` or `cpu`"
    fix = f"Request an increase in Service Quotas: fargate, {' and '.join(codes)}. Or reduce {smaller}."
    return Finding(PROBLEM, each.task, message, fix)


def vcpus_in_words(vcpus: float) -> str:
    """`1 vCPU`, `0.5 vCPUs`."""
    return f"{vcpus:g} vCPU" if vcpus == 1 else f"{vcpus:g} vCPUs"


def tasks_at_once(each: CheckedSchedule, launch: Launch) -> int:
    """The ECS tasks of a run that run at the same time."""
    return each.machine.at_once if each.machine else launch.count


def cpu_units(each: CheckedSchedule, definition: TaskDefinition) -> int:
    """The CPU units of each ECS task of a run."""
    return _overridden(each.schedule.input) or definition.cpu


def _overridden(given: str) -> int:
    """The CPU units in the input of a schedule: its overrides, or those that it passes to a state machine. 0 for none.

    AWS: Amazon ECS API reference, TaskOverride. Overrides of containers don't change the size of the task.
    """
    try:
        found = mapping(read_json(given))
    except ValueError:
        return 0
    overrides = mapping(found.get("overrides", found))
    units = str(overrides.get("cpu", overrides.get("Cpu", "")))
    return int(units) if units.isdecimal() else 0
