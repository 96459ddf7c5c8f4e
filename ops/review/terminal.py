"""A review for a terminal: its Markdown without marks, and with a color per kind of change. Pure.

It reads the Markdown that this package writes (headings, titles, lists, tables, code), not any Markdown.
"""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from ..terminal_text import printable

CREATED, UPDATED, LOST = "green", "yellow", "red"
_COLORS = {
    "Added": CREATED,
    "Permissions lost": CREATED,
    "Changed": UPDATED,
    "Permissions gained": UPDATED,
    "Stack settings": UPDATED,
    "Broad permissions": LOST,
    "Removed": LOST,
    "Resources replaced or deleted": LOST,
    "`pulumi preview` fails": LOST,
}
"""The colors of the titles of lists. A title that isn't here has no color."""
_SIGNS = {"Added": "+", "Removed": "-", "Changed": "~", "Stack settings": "~"}
"""Signs in place of bullets, as in Pulumi's output."""
_COUNTED = {"created": CREATED, "imported": CREATED, "updated": UPDATED, "removed from the stack": LOST}
_RESOURCES = "Resources: "
_SPAN = re.compile(r"(?P<fence>`+)(?P<code>.+?)(?<!`)(?P=fence)(?!`)|\*\*", re.DOTALL)
_FENCE = re.compile("(`{3,})text")
_BULLET = re.compile("( *)- ")


def terminal_lines(markdown: str) -> Iterator[Text]:
    """The lines of a review."""
    lines = markdown.splitlines()
    color, sign, position = "", "-", 0
    while position < len(lines):
        line = lines[position]
        if fence := _FENCE.fullmatch(line):
            end = lines.index(fence[1], position)
            yield from (Text(f"  {printable(each)}", style=color) for each in lines[position + 1 : end])
            position = end + 1
            continue
        if line.startswith("|"):
            rows = [each for each in lines[position:] if each.startswith("|")]
            yield from _table(rows)
            position += len(rows)
            continue
        position += 1
        if line.startswith("### "):
            color, sign = "", "-"
            yield _inline(line.removeprefix("### "), "bold")
        elif line.startswith("**") and line.endswith("**") and not line.startswith("**Total"):
            title = line.strip("*")
            color, sign = _COLORS.get(title, LOST if title.startswith("Warnings") else ""), _SIGNS.get(title, "-")
            yield _inline(title, f"bold {color}".strip())
        elif bullet := _BULLET.match(line):
            mark = sign if not bullet[1] else "-"
            yield Text(f"{bullet[1]}{mark} ", style=color).append_text(_inline(line[bullet.end() :], ""))
        else:
            yield _counts(line) if line.startswith(_RESOURCES) else _inline(line, "")


def _inline(text: str, style: str) -> Text:
    """A line without the marks of code and bold text."""
    found, at, bold = Text(style=style), 0, False
    for match in _SPAN.finditer(text):
        found.append(printable(text[at : match.start()]), style="bold" if bold else None)
        at = match.end()
        if match["fence"] is None:
            bold = not bold
        else:
            found.append(printable(_code(match["code"])), style="bold" if bold else "cyan")
    return found.append(printable(text[at:]), style="bold" if bold else None)


def _code(content: str) -> str:
    """The content of a code span. https://spec.commonmark.org/0.31.2/#code-spans"""
    spaced = content.startswith(" ") and content.endswith(" ") and content.strip()
    return content[1:-1] if spaced else content


def _counts(line: str) -> Text:
    """The numbers of resources, each in the color of its operation."""
    shown = _inline(line, "")
    for words, color in _COUNTED.items():
        shown.highlight_regex(rf"\d[\d,]* {words}", style=color)
    return shown


def _table(rows: Sequence[str]) -> Iterator[Text]:
    """The rows of a table as columns, the first aligned to the left and the others to the right."""
    cells = [
        [_inline(cell.strip().replace("\\|", "|"), "") for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        for row in rows
        if not row.startswith("| ---")
    ]
    widths = [max(cell_len(row[column].plain) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        line = Text("  ")
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blanks = " " * (width - cell_len(cell.plain))
            line.append_text(Text.assemble(cell, blanks) if column == 0 else Text.assemble("  ", blanks, cell))
        yield line
