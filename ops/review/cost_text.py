"""Changes of the cost in words."""

from collections.abc import Iterator

from ops.pricing.costs import Assumptions, Cost

from .differences import Differences
from .document import Block, Paragraph, Table, code, strong
from .formatting import dollars, is_same, listed

_PARTS = {
    "fargate": "Fargate on demand",
    "spot": "Fargate Spot",
    "scheduler": "EventBridge Scheduler",
    "supervised": "Step Functions (supervised runs)",
    "logs": "Logs",
    "alarms": "Alarms, metrics, dashboard",
    "messages": "Requests to recipients of messages",
}


def cost(found: Differences, assumptions: Assumptions, limit: int) -> Iterator[Block]:
    """The parts of the cost that change, and at most `limit` tasks that change it most."""
    before, after = found.cost
    if is_same(before.total, after.total) and all(map(is_same, before.parts.values(), after.parts.values())):
        return
    rows = [
        (_PARTS[part], dollars(old), dollars(after.parts[part]))
        for part, old in before.parts.items()
        if not is_same(old, after.parts[part])
    ]
    total = ("Total", dollars(before.total), dollars(after.total))
    rows.append((strong(total[0]), strong(total[1]), strong(total[2])))
    yield Table(("US dollars per month", "Before", "After"), tuple(rows))
    movers = sorted(
        (task for task in found.changed if not is_same(*task.cost)),
        key=lambda task: -abs(task.cost[1] - task.cost[0]),
    )
    if movers and len(found.changed) > 1:
        shown = [f"{code(task.name)} {dollars(task.cost[0])} → {dollars(task.cost[1])}" for task in movers]
        yield Paragraph(f"Largest changes: {listed(shown, limit)}.")
    yield Paragraph(
        f"Assumes {assumptions.minutes:g} minutes and {assumptions.log_mb:g} MB of logs per run, and "
        f"{assumptions.prices.in_words} without free tiers (docs/cost.md)."
    )


def money(before: Cost, after: Cost) -> str:
    """The total per month, before and after."""
    if is_same(before.total, after.total):
        return f"{dollars(after.total)} per month (unchanged)"
    return f"{dollars(before.total)} → {dollars(after.total)} per month"
