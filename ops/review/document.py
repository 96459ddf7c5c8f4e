"""A review as data: blocks, whose texts mark code and strong words. `markdown` and `terminal` show it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from components.text import visible

from .. import markdown_text

Tone: TypeAlias = Literal["", "created", "updated", "lost"]
"""The kind of a change, which has a color in a terminal."""

_CODE, _CODE_END, _STRONG, _STRONG_END = "\x0e", "\x0f", "\x11", "\x12"
_MARK = re.compile(f"([{_CODE}{_CODE_END}{_STRONG}{_STRONG_END}])")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text."""

    text: str
    is_code: bool = False
    is_strong: bool = False


def code(text: str) -> str:
    """Mark any text as code. It is shown on one line. An empty text is shown as `""`."""
    shown = visible(text) or '""'
    return f"{_CODE}{shown}{_CODE_END}"


def words(text: str) -> str:
    """Return a text that normally consists of plain words, such as the times of a schedule. Other text becomes code."""
    return text if markdown_text.is_plain(text) else code(text)


def strong(text: str) -> str:
    """Mark a text as strong. It can contain code."""
    return f"{_STRONG}{text}{_STRONG_END}"


def spans(text: str) -> Iterator[Span]:
    """The parts of a marked text. Code contains no marks, because they are control characters."""
    is_code = is_strong = False
    for part in _MARK.split(text):
        match part:
            case "":
                pass
            case "\x0e" | "\x0f":
                is_code = part == _CODE
            case "\x11" | "\x12":
                is_strong = part == _STRONG
            case _:
                yield Span(part, is_code, is_strong)


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a stack."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or several."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list, with a list of details."""

    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list with a title.

    Args:
        title: The title.
        items: The items.
        tone: The kind of change.
        sign: Stands before each item in a terminal, as in Pulumi's output.
    """

    title: str
    items: tuple[Item, ...]
    tone: Tone = ""
    sign: str = "-"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of any text, with or without a title."""

    text: str
    title: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of resources, such as `2 created`, and the rest of its words."""

    text: str
    more: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of resources."""

    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. The first column contains words, the others amounts."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block: TypeAlias = Heading | Paragraph | Items | Lines | Counts | Table
