"""Cells of columns and parts of lines: plain text with a color. No cell can contain markup or escape sequences."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias

from .terminal_text import printable

if TYPE_CHECKING:
    from rich.text import Text

Color: TypeAlias = Literal["green", "yellow", "red", "blue", "magenta"]
Cell: TypeAlias = "str | Text"
"""Untrusted text, or text from `colored` or `joined`."""


def colored(text: str, color: Color) -> "Text":
    """Untrusted text in a color."""
    from rich.text import Text

    return Text(printable(text), style=color)


def joined(cells: Iterable[Cell], separator: str) -> "Text":
    """Several texts as one."""
    from rich.text import Text

    return Text(separator).join(map(as_text, cells))


def as_text(cell: Cell) -> "Text":
    """A cell as text that is safe to print."""
    from rich.text import Text

    return cell if isinstance(cell, Text) else Text(printable(cell))
