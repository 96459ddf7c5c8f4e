"""The cost of a simulated time."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from config import StackConfig

from ..pricing.costs import (
    MONTHS,
    YEAR,
    Assumptions,
    Cost,
    StackCost,
    call_launches_cost,
    launches_cost,
    shared_cost,
    watching_cost,
)
from .record import Record


def spending(config: StackConfig, record: Record, lasting: timedelta, assumptions: Assumptions) -> StackCost:
    """The cost of the runs of a simulation, and the share of monthly prices for its length.

    Args:
        config: The configuration of the stack.
        record: The record of the simulation.
        lasting: The length of the simulation.
        assumptions: The size of a log and the prices. The runs have their own durations.
    """
    months = lasting / (YEAR / MONTHS)
    costs = {
        name: _share(watching_cost(task, config.group, assumptions.prices), months)
        for name, task in config.tasks.items()
    }
    costs |= dict.fromkeys(config.calls, Cost())
    for (name, number), (runs, seconds) in record.billed.items():
        task = config.tasks[name]
        own = replace(assumptions, minutes=seconds / runs / 60)
        costs[name] += launches_cost(task, config.group, task.schedules[number], runs / task.tasks_per_run, own)
    for name, launches in Counter(run.task for run in record.runs if run.task in config.calls).items():
        costs[name] += call_launches_cost(launches, assumptions.prices)
    shared = shared_cost(config.group, assumptions.prices) if costs else Cost()
    return StackCost(costs, _share(shared, months))


def _share(cost: Cost, months: float) -> Cost:
    return Cost(**{name: amount * months for name, amount in cost.parts.items()})
