"""A review as Markdown for a pull request.

Everything that isn't a sentence of this project is code (`ops.markdown_text`), so it can't become a link or a mention.
"""

from collections.abc import Iterable, Sequence

from ..markdown_tables import table
from ..markdown_text import block, code
from .document import Block, Counts, Heading, Items, Lines, Paragraph, Table, spans


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown."""
    return "\n\n".join(map(_block, blocks)) + "\n"


def inline(text: str) -> str:
    """A marked text as Markdown."""
    shown, is_strong = "", False
    for span in spans(text):
        if span.is_strong != is_strong:
            shown, is_strong = f"{shown}**", span.is_strong
        shown += code(span.text) if span.is_code else span.text
    return f"{shown}**" if is_strong else shown


def _block(found: Block) -> str:
    match found:
        case Heading(text):
            return f"### {inline(text)}"
        case Paragraph(text):
            return inline(text)
        case Items(title, items):
            lines = [line for item in items for line in (f"- {item.text}", *(f"  - {more}" for more in item.details))]
            return "\n".join([_title(title), "", *map(inline, lines)])
        case Lines(text, title):
            return f"{_title(title)}\n\n{block(text)}" if title else block(text)
        case Counts(counts):
            return f"Resources: {', '.join(inline(each.text + each.more) for each in counts)}."
        case Table(heading, rows):
            return table(map(inline, heading), [_row(row) for row in rows])


def _title(text: str) -> str:
    return f"**{inline(text)}**"


def _row(cells: Sequence[str]) -> list[str]:
    return [inline(cell) for cell in cells]
