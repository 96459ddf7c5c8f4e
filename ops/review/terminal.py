"""A review for a terminal: text with a color per kind of change. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from ..terminal_text import printable
from .document import Block, Counts, Heading, Items, Lines, Paragraph, Table, Tone, spans

COLORS: dict[Tone, str] = {"": "", "created": "green", "updated": "yellow", "lost": "red"}


def terminal_lines(blocks: Iterable[Block]) -> Iterator[Text]:
    """The lines of a review, with an empty line between blocks."""
    for number, block in enumerate(blocks):
        if number:
            yield Text()
        yield from _lines(block)


def _lines(block: Block) -> Iterator[Text]:
    match block:
        case Heading(text):
            yield _inline(text, "bold")
        case Paragraph(text):
            yield _inline(text)
        case Items():
            yield from _items(block)
        case Lines(text, title, tone):
            yield from _title(title, tone) if title else ()
            yield from (Text(f"  {printable(line)}", style=COLORS[tone]) for line in text.splitlines())
        case Counts():
            yield _counts(block)
        case Table(heading, rows):
            yield from _table([heading, *rows])


def _items(found: Items) -> Iterator[Text]:
    yield from _title(found.title, found.tone)
    for item in found.items:
        yield _item(f"{found.sign} ", item.text, found.tone)
        yield from (_item("  - ", each, found.tone) for each in item.details)


def _counts(found: Counts) -> Text:
    """The numbers of resources, each in the color of its operation."""
    shown = [Text.assemble((each.text, COLORS[each.tone]), _inline(each.more)) for each in found.counts]
    return Text.assemble("Resources: ", Text(", ").join(shown), ".")


def _title(text: str, tone: Tone) -> Iterator[Text]:
    yield _inline(text, f"bold {COLORS[tone]}".strip())
    yield Text()


def _item(sign: str, text: str, tone: Tone) -> Text:
    return Text(sign, style=COLORS[tone]).append_text(_inline(text))


def _inline(text: str, style: str = "") -> Text:
    """A marked text."""
    found = Text(style=style)
    for span in spans(text):
        found.append(printable(span.text), style="bold" if span.is_strong else "cyan" if span.is_code else None)
    return found


def _table(rows: Sequence[Sequence[str]]) -> Iterator[Text]:
    """The rows of a table as columns, the first aligned to the left and the others to the right."""
    cells = [[_inline(cell) for cell in row] for row in rows]
    widths = [max(cell_len(row[column].plain) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        line = Text("  ")
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blanks = " " * (width - cell_len(cell.plain))
            line.append_text(Text.assemble(cell, blanks) if column == 0 else Text.assemble("  ", blanks, cell))
        yield line
