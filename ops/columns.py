"""Results as columns: names are never cut, and in a pipe each row is one line without decoration."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .cells import Cell, as_text

_GAP = 2
"""Blanks between columns."""
_NARROW = 32
"""The least columns for long text, such as the reason of a failure. With less, it is hard to read."""
_BELOW = "    "


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        heading: In capitals, as kubectl and gh write it.
        wraps: Whether a terminal that is too narrow may continue a cell on the next line, between words. Names and
            times never wrap.
        right: Whether cells are aligned to the right, for numbers.
    """

    heading: str
    wraps: bool = False
    right: bool = False


def column_lines(console: Console, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[Text]:
    """The lines of rows with a heading.

    On a terminal, wrapping columns share the width that the others leave. If they leave little for the last column, its
    cells follow below their rows. A word is never cut: a line with names that are too long for the terminal is longer
    than it. In a pipe, no cell wraps.
    """
    given = [[_one_line(cell) for cell in row] for row in rows]
    if not console.is_terminal:
        yield from _lines(console, columns, given, None)
        return
    last, others = columns[-1], columns[:-1]
    left = console.width - sum(_needed(column, given, number) + _GAP for number, column in enumerate(others))
    if last.wraps and left < min(_NARROW, _needed(last, given, len(others), complete=True)):
        yield from _with_cells_below(console, columns, given)
    else:
        yield from _lines(console, columns, given, console.width)


def _needed(column: Column, rows: Sequence[Sequence[Text]], number: int, *, complete: bool = False) -> int:
    """The least width of a column: its longest word if it wraps, else (or if `complete`) its longest cell."""
    cells = [column.heading, *(row[number].plain for row in rows)]
    parts = cells if complete or not column.wraps else [word for cell in cells for word in cell.split()]
    return max(map(cell_len, parts), default=0)


def _lines(
    console: Console, columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int | None
) -> Iterator[Text]:
    """The lines in a width. None means that no cell wraps."""
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    least = 0
    for number, column in enumerate(columns):
        needed = _needed(column, rows, number, complete=width is None)
        table.add_column(
            column.heading,
            no_wrap=width is None or not column.wraps,
            overflow="fold",
            justify="right" if column.right else "left",
            min_width=needed,
        )
        least += needed + _GAP
    for row in rows:
        table.add_row(*row)
    options = console.options.update_width(max(width or 0, least))
    # Rich pads the last column. Without the spaces, a copied line has no trailing blanks.
    for line in console.render_lines(table, options, pad=False):
        text = Text()
        for segment in line:
            text.append(segment.text, segment.style or "")
        text.rstrip()
        yield text


def _with_cells_below(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> Iterator[Text]:
    """The lines with the cells of the last column below their rows. The other columns don't wrap."""
    head, *lines = _lines(console, columns[:-1], [row[:-1] for row in rows], None)
    yield Text("  ").join([head, Text(columns[-1].heading, style="bold")])
    for line, row in zip(lines, rows, strict=True):
        yield line
        longest = max(map(cell_len, row[-1].plain.split()), default=1)
        for below in row[-1].wrap(console, max(console.width - len(_BELOW), longest), overflow="fold"):
            below.rstrip()
            if below.plain:
                yield Text(_BELOW).append_text(below)


def _one_line(cell: Cell) -> Text:
    return Text(" ").join(as_text(cell).split("\n"))
