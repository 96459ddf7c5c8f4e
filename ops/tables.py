"""Tables for a terminal. Their cells are plain text: no cell can contain markup or escape sequences."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from rich.table import Column
from rich.table import Table as RichTable
from rich.text import Text

from .terminal_text import printable

Color: TypeAlias = Literal["green", "yellow", "red", "blue", "magenta"]
Cell: TypeAlias = str | Text
"""Untrusted text, or text from `colored` or `joined`."""


class Table:
    """A table for `ops.output.say_table`."""

    def __init__(self, *columns: str | Column, show_lines: bool = False) -> None:
        """`columns` are headings, or columns with options. `show_lines` draws a line below each row."""
        self._table = RichTable(*columns, show_lines=show_lines)

    def add_row(self, *cells: Cell) -> None:
        """Add a row with one cell per column."""
        self._table.add_row(*map(_text, cells))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells as they are printed, without colors."""
        columns = [[str(cell) for cell in column.cells] for column in self._table.columns]
        return list(zip(*columns, strict=True))

    def __rich__(self) -> RichTable:
        return self._table


def colored(text: str, color: Color) -> Text:
    """Untrusted text in a color."""
    return Text(printable(text), style=color)


def joined(cells: Iterable[Cell], separator: str = "\n") -> Text:
    """Several texts in one cell."""
    return Text(separator).join(map(_text, cells))


def _text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(printable(cell))
