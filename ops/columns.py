"""Results as columns: names are never cut, and in a pipe each row is one line without decoration."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from .tables import Cell
from .terminal_text import printable

_UNLIMITED = 10_000
"""The width of a pipe. Longer cells continue on the next line."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        heading: In capitals, as kubectl and gh write it.
        wraps: Whether a terminal that is too narrow may continue a cell on the next line. Names and times never wrap.
        right: Whether cells are aligned to the right, for numbers.
    """

    heading: str
    wraps: bool = False
    right: bool = False


def column_lines(console: Console, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[Text]:
    """The lines of rows with a heading.

    On a terminal, wrapping columns share the width that the others leave. If even the others are too wide, the line is
    longer than the terminal, which continues it. In a pipe, no cell wraps.
    """
    piped = not console.is_terminal
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(
            column.heading,
            no_wrap=piped or not column.wraps,
            overflow="fold",
            justify="right" if column.right else "left",
        )
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    least = Measurement.get(console, console.options.update(max_width=_UNLIMITED), table).minimum
    width = _UNLIMITED if piped else max(console.width, least)
    # Rich pads the last column. Without the spaces, a copied line has no trailing blanks.
    for line in console.render_lines(table, console.options.update(width=width, max_width=width), pad=False):
        text = Text()
        for segment in line:
            text.append(segment.text, segment.style or "")
        text.rstrip()
        yield text
