"""Markdown tables for the generated pages in docs/."""

from collections.abc import Iterable


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table with a heading row."""
    names = tuple(heading)
    return "\n".join(f"| {' | '.join(line)} |" for line in (names, ("---",) * len(names), *rows))
