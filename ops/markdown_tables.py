"""Markdown tables."""

import re
from collections.abc import Iterable

_PIPE = re.compile(r"(?<!\\)(?P<before>\\*)\|")


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table with a heading row.

    A pipe in a cell is escaped, also in code, and a cell has one line:
    https://github.github.com/gfm/#tables-extension-. Cells are Markdown. For other text, use
    `ops.markdown_text.code`.
    """
    names = tuple(heading)
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in (names, ("---",) * len(names), *rows))


def _cell(text: str) -> str:
    """The cell, with pipes escaped that aren't yet."""
    line = " ".join(text.splitlines())
    return _PIPE.sub(lambda found: found[0] if len(found["before"]) % 2 else rf"{found['before']}\|", line)
