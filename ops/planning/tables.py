"""Next runs as columns."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ..columns import Column
from .left_out import LeftOut, next_times
from .plans import Plan

COLUMNS = (Column("TASK"), Column("NEXT RUN"), Column("UTC"), Column("SCHEDULE", wraps=True))


def run_rows(plans: Iterable[Plan], after: datetime, count: int, *, complete: bool) -> Iterator[tuple[str, ...]]:
    """One row per run, in the timezone of its schedule and in UTC, and one per group of times that are left out.

    Args:
        plans: The schedules.
        after: Earlier runs are omitted.
        count: The most runs per schedule.
        complete: Whether each row of a schedule repeats its explanation, for a program that reads the rows.
    """
    for plan in plans:
        times = next_times(plan, after, count)
        if all(isinstance(each, LeftOut) for each in times):
            yield plan.task, plan.next_run(after), "", plan.explanation
        shown = complete
        for each in times:
            time = each.times[0] if isinstance(each, LeftOut) else each
            if isinstance(each, LeftOut):
                explanation = each.words
            else:
                explanation, shown = plan.explanation if complete or not shown else "", True
            yield plan.task, f"{plan.span(time)} {time:%Z}", f"{time.astimezone(UTC):%a %H:%MZ}", explanation
