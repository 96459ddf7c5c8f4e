"""Parts of the pages in docs/ that are made from data."""

from collections.abc import Iterable


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    names = tuple(heading)
    return "\n".join(f"| {' | '.join(line)} |" for line in (names, ("---",) * len(names), *rows))
