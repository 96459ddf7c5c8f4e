"""Tables that the sandbox's commands print."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from ops.columns import Column
from ops.planning.plans import Plan

SCHEDULES = (Column("TASK"), Column("NEXT RUN"), Column("SCHEDULE", wraps=True))
RESOURCES = (Column("RESOURCE TYPE"), Column("COUNT", right=True))


def schedule_rows(plans: Iterable[Plan], now: datetime) -> list[Sequence[str]]:
    """One row per schedule, with its next run."""
    return [(plan.task, plan.next_run(now), plan.explanation) for plan in plans]


def resource_rows(types: Iterable[str]) -> list[Sequence[str]]:
    """One row per resource type, with the number of resources."""
    return [(kind, str(count)) for kind, count in sorted(Counter(types).items())]
