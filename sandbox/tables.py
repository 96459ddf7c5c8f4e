"""Tables that the sandbox's commands print."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from rich.table import Column, Table

from ops.planning.plans import Plan


def schedules_table(plans: Iterable[Plan], now: datetime) -> Table:
    """One row per schedule, with its next run."""
    wrapped = [Column(title, overflow="fold") for title in ("Task", "Schedule", "Meaning")]
    table = Table(*wrapped, Column("Next run", no_wrap=True))
    for plan in plans:
        table.add_row(plan.task, plan.expression, plan.explanation, plan.next_run(now))
    return table


def resources_table(types: Iterable[str]) -> Table:
    """One row per resource type, with the number of resources."""
    table = Table("Resource type", Column("Count", justify="right"))
    for kind, count in sorted(Counter(types).items()):
        table.add_row(kind, str(count))
    return table
