"""Amounts and lists in a review."""

from collections.abc import Iterable


def dollars(amount: float) -> str:
    """An amount in US dollars, to the cent: `$0.72`."""
    return "under $0.01" if 0 < amount < 0.005 else f"${amount:,.2f}"


def is_same(before: float, after: float) -> bool:
    """Whether two amounts are equal to the cent."""
    return abs(before - after) < 0.005


def listed(items: Iterable[str], limit: int) -> str:
    """The first items, and the number of the others."""
    every = list(items)
    shown = every[:limit]
    more = len(every) - len(shown)
    if not more:
        return ", ".join(shown)
    return f"{', '.join(shown)} and {more} more" if shown else str(more)
