"""Tables of plans for a terminal."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

from rich.table import Column

from ..tables import Table
from .plans import Plan


def runs_table(plans: Iterable[Plan], after: datetime, count: int) -> Table:
    """The next runs of each plan, in the timezone of its schedule and in UTC."""
    table = Table(
        Column("Task", overflow="fold"), "Schedule", Column("Next runs", no_wrap=True), "UTC", show_lines=True
    )
    for plan in plans:
        runs = list(islice(plan.runs(after), count))
        local = "\n".join(plan.span(run) for run in runs) or plan.next_run(after)
        table.add_row(plan.task, plan.explanation, local, "\n".join(f"{run.astimezone(UTC):%a %H:%M}" for run in runs))
    return table


def plans_table(plans: Iterable[Plan], after: datetime) -> Table:
    """One line per plan, with its next run."""
    table = Table(Column("Task", overflow="fold"), "Schedule", "Meaning", Column("Next run", no_wrap=True))
    for plan in plans:
        table.add_row(plan.task, plan.expression, plan.explanation, plan.next_run(after))
    return table
