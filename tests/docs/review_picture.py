"""Draws the review of a pull request for the README and the site: docs/review-light.svg and docs/review-dark.svg.

The text is the output of `scheduled-tasks review` for a change of the shared tasks of this repository. To update the
pictures, run: python -m tests.docs.review_picture
"""

import re
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.commands.review import review_of
from ops.pricing.costs import Assumptions
from ops.project import Project
from ops.review.markdown import markdown
from ops.review.page import blocks

ROOT = Path(__file__).parents[2]
STACK = "prod"
NOW = datetime(2027, 3, 26, 12, tzinfo=UTC)
"""Shortly before a clock change."""
EDITS = {
    "nightly-backup.yaml": {
        "cron(0 3 * * ? *)": "cron(30 2 * * ? *)\ntimezone: Europe/Berlin",
        "arn:aws:s3:::orders-backups/*": "*",
    },
    "hourly-etl.yaml": {"memory: 4096": "memory: 8192"},
}
"""The text that the pull request replaces in each file."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colors of a picture."""

    background: str
    header: str
    border: str
    text: str
    muted: str
    code: str


PALETTES = {
    "light": Palette("#ffffff", "#f6f8fa", "#d1d9e0", "#1f2328", "#59636e", "#eff1f3"),
    "dark": Palette("#0d1117", "#151b23", "#3d444d", "#f0f6fc", "#9198a1", "#2a313c"),
}
WIDTH, PADDING, LINE, SIZE, MONO = 880, 20, 22, 14, 12
SANS_FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
MONO_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
INLINE = re.compile(r"\*\*(?P<bold>.+?)\*\*(?=\W|$)|`(?P<code>[^`]+)`|(?P<text>[^`*]+|\*)")


def pictures() -> dict[Path, str]:
    """Return the text of each picture."""
    text = review()
    return {ROOT / "docs" / f"review-{name}.svg": drawn(text, palette) for name, palette in PALETTES.items()}


def review() -> str:
    """Return the review of the change."""
    with TemporaryDirectory() as folder:
        before, after = (_copy(Path(folder) / name) for name in ("before", "after"))
        for name, replaced in EDITS.items():
            file = after / "config" / "tasks" / name
            text = file.read_text()
            for old, new in replaced.items():
                assert old in text, f"{name}: {old}"
                text = text.replace(old, new)
            file.write_text(text)
        project = "scheduled-tasks"
        found = review_of(STACK, Project(before, project), Project(after, project), NOW, Assumptions(), None)
        return markdown(blocks([found], Assumptions()))


def _copy(folder: Path) -> Path:
    shutil.copytree(ROOT / "config" / "tasks", folder / "config" / "tasks")
    for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
        shutil.copy(ROOT / name, folder)
    return folder


def drawn(text: str, palette: Palette) -> str:
    """Draw a review as a comment of a pull request."""
    canvas = _Canvas(palette)
    code: list[str] | None = None
    for line in text.splitlines():
        if line.startswith("```"):
            if code is not None:
                canvas.block(code)
            code = [] if code is None else None
        elif code is not None:
            code.append(line)
        else:
            _draw_line(canvas, line)
    return canvas.svg()


def _draw_line(canvas: "_Canvas", line: str) -> None:
    if line.startswith("### "):
        canvas.flow(f"**{line[4:].replace('`', '')}**", size=17)
    elif bullet := re.match(r"( *)- (.*)", line):
        canvas.flow(bullet[2], indent=22 + 11 * len(bullet[1]), bullet=True)
    elif line.startswith("|"):
        if not line.startswith("| ---"):
            canvas.row([cell.strip() for cell in line.strip("|").split("|")])
    elif line:
        canvas.flow(line)
    else:
        canvas.y += 6


@dataclass
class _Canvas:
    palette: Palette
    y: float = 62
    shapes: list[str] = field(default_factory=list[str])

    def flow(self, markup: str, indent: float = 0, size: int = SIZE, bullet: bool = False) -> None:
        """Draw words with their styles, and wrap them."""
        x = left = PADDING + indent
        if bullet:
            self.shapes.append(f'<circle cx="{left - 10:g}" cy="{self.y - 5:g}" r="2.5" fill="{self.palette.text}"/>')
        for style, word in _words(markup):
            width = _width(word, style, size)
            if x + width > WIDTH - PADDING and x > left:
                self.y, x = self.y + LINE, left
            if word != " " or x > left:
                self._put(x, word, style, size, width)
                x += width
        self.y += LINE + (4 if size > SIZE else 0)

    def row(self, cells: list[str]) -> None:
        """Draw one row of a table."""
        widths = (210, 90, 90)
        x = PADDING
        for cell, width in zip(cells, widths, strict=True):
            self.shapes.append(
                f'<rect x="{x}" y="{self.y - 16:g}" width="{width}" height="26" fill="none" stroke="{self.palette.border}"/>'
            )
            inner = x + 10.0
            for style, word in _words(cell):
                self._put(inner, word, style, SIZE, _width(word, style, SIZE))
                inner += _width(word, style, SIZE)
            x += width
        self.y += 26

    def block(self, lines: list[str]) -> None:
        """Draw a block of code, and wrap its lines."""
        most = int((WIDTH - 2 * PADDING - 24) / (MONO * 0.602))
        rows = [row for line in lines for row in textwrap.wrap(line, most, break_on_hyphens=False)]
        height = 18 * len(rows) + 16
        self.shapes.append(
            f'<rect x="{PADDING}" y="{self.y - 16:g}" width="{WIDTH - 2 * PADDING}" height="{height}" rx="6" fill="{self.palette.header}"/>'
        )
        for row in rows:
            self._put(PADDING + 12, row, "block", MONO, _width(row, "block", MONO), self.y + 4)
            self.y += 18
        self.y += 22

    def _put(self, x: float, word: str, style: str, size: int, width: float, y: float | None = None) -> None:
        y = self.y if y is None else y
        if style == "code":
            self.shapes.append(
                f'<rect x="{x:.1f}" y="{y - 14:g}" width="{width:.1f}" height="19" rx="4" fill="{self.palette.code}"/>'
            )
            x, width = x + 4, width - 8
        if word == " ":
            return
        attributes = f'x="{x:.1f}" y="{y:g}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
        if style in {"code", "block"}:
            attributes += ' class="m"'
        elif style == "bold":
            attributes += f' font-weight="600" font-size="{size}"'
        self.shapes.append(f'<text xml:space="preserve" {attributes}>{escape(word)}</text>')

    def svg(self) -> str:
        """Return the picture."""
        palette, height = self.palette, self.y + 2
        lines = "\n".join(self.shapes)
        return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="title desc" font-family="{SANS_FONT}" font-size="{SIZE}" fill="{palette.text}">
<title id="title">Comment on a pull request with the output of scheduled-tasks review</title>
<desc id="desc">Permissions, settings, cost and warnings that a change of two tasks has.</desc>
<style>.m {{ font-family: {MONO_FONT}; font-size: {MONO}px }}</style>
<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:g}" rx="6" fill="{palette.background}" stroke="{palette.border}"/>
<path d="M0.5 36.5 V6.5 a6 6 0 0 1 6 -6 H{WIDTH - 6.5} a6 6 0 0 1 6 6 V36.5 Z" fill="{palette.header}" stroke="{palette.border}"/>
<text x="{PADDING}" y="23" fill="{palette.muted}">The pipeline commented on this pull request</text>
{lines}
</svg>
"""


def _words(markup: str) -> Iterator[tuple[str, str]]:
    """Yield the words and spaces of a line with their style. Code is one word."""
    assert "".join(found[0] for found in INLINE.finditer(markup)) == markup, f"Unknown Markdown: {markup}"
    for found in INLINE.finditer(markup):
        if found["code"]:
            yield "code", found["code"]
        elif bold := found["bold"]:
            for style, word in _words(bold):
                yield style if style == "code" else "bold", word
        else:
            for word in re.findall(r" |[^ ]+", found["text"]):
                yield "text", word


def _width(word: str, style: str, size: int) -> float:
    """Return the width that a word gets, in pixels."""
    if style in {"code", "block"}:
        return len(word) * MONO * 0.602 + (8 if style == "code" else 0)
    return sum(map(_letter, word)) * size * (1.06 if style == "bold" else 1.0)


def _letter(letter: str) -> float:
    """Return the width of a letter, in the usual fonts without serifs, in parts of the font size."""
    for letters, width in (("ijl.,:;'|!", 0.26), ("frt()[] -/`", 0.33), ("mwMW⚠→%", 0.85), ("\ufe0f", 0.0)):
        if letter in letters:
            return width
    return 0.67 if letter.isupper() else 0.555


if __name__ == "__main__":
    for file, content in pictures().items():
        file.write_text(content, encoding="utf-8")
