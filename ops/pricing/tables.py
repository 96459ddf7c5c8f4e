"""The cost of a stack as a table."""

from collections.abc import Iterator

from ..columns import Column
from .costs import StackCost

COLUMNS = (
    Column("TASK"),
    Column("FARGATE", right=True),
    Column("LOGS", right=True),
    Column("ALARMS", right=True),
    Column("OTHER", right=True),
    Column("USD PER MONTH", right=True),
)


def cost_rows(found: StackCost) -> Iterator[tuple[str, ...]]:
    """One row per task, the most expensive first, then the shared resources and the sum."""
    ranked = sorted(found.tasks.items(), key=lambda item: (-item[1].total, item[0]))
    for name, cost in [*ranked, ("(shared)", found.shared), ("(total)", found.total)]:
        other = cost.scheduler + cost.supervised + cost.messages
        amounts = (cost.fargate + cost.spot, cost.logs, cost.alarms, other, cost.total)
        yield name, *(f"{amount:.2f}" for amount in amounts)
