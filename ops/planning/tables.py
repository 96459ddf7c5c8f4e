"""Next runs as columns."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from ..columns import Column
from .plans import Plan

COLUMNS = (Column("TASK"), Column("NEXT RUN"), Column("UTC"), Column("SCHEDULE", wraps=True))


def run_rows(plans: Iterable[Plan], after: datetime, count: int, *, complete: bool) -> Iterator[tuple[str, ...]]:
    """One row per run, in the timezone of its schedule and in UTC.

    Args:
        plans: The schedules.
        after: Earlier runs are omitted.
        count: The most runs per schedule.
        complete: Whether each row of a schedule repeats its explanation, for a program that reads the rows.
    """
    for plan in plans:
        runs = list(islice(plan.runs(after), count))
        if not runs:
            yield plan.task, plan.next_run(after), "", plan.explanation
        for number, run in enumerate(runs):
            explanation = plan.explanation if complete or number == 0 else ""
            yield plan.task, f"{plan.span(run)} {run:%Z}", f"{run.astimezone(UTC):%a %H:%MZ}", explanation
