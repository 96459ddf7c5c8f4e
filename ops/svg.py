"""The style that all pictures share: legible in light and dark mode, without fonts or files from elsewhere.

Attributes have the colors of light mode, which every viewer shows. A style sheet changes them in dark mode. It also
applies to a picture in an `img` element, as on GitHub.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from components.text import visible

FONT = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Ink:
    """A color in light and in dark mode.

    Args:
        name: The class in the style sheet.
        light: The color of light mode.
        dark: The color of dark mode.
    """

    name: str
    light: str
    dark: str

    @property
    def fill(self) -> str:
        """The attributes of a shape or a text with this color."""
        return f'class="{self.name}" fill="{self.light}"'

    @property
    def stroke(self) -> str:
        """The attributes of a line with this color."""
        return f'class="{self.name}-line" stroke="{self.light}"'


PAPER = Ink("paper", "#ffffff", "#0d1117")
TEXT = Ink("text", "#1f2328", "#e6edf3")
SOFT = Ink("soft", "#59636e", "#9da7b3")
EMPTY = Ink("empty", "#eff2f5", "#21262d")
RULE = Ink("rule", "#c8d1da", "#3d444d")
LIMIT = Ink("limit", "#59636e", "#9da7b3")
BAR = Ink("bar", "#1c7ed6", "#58a6ff")
BAD = Ink("bad", "#e03131", "#ff7b72")
LEVELS = (
    Ink("level-1", "#cfe4fb", "#14365f"),
    Ink("level-2", "#94c4f5", "#1d5191"),
    Ink("level-3", "#4f9ae8", "#2f74c8"),
    Ink("level-4", "#0b57a4", "#a5d2ff"),
)
"""From few to many."""
ON_LEVELS = (
    Ink("on-1", "#1f2328", "#e6edf3"),
    Ink("on-2", "#1f2328", "#ffffff"),
    Ink("on-3", "#10151c", "#ffffff"),
    Ink("on-4", "#ffffff", "#0d1117"),
)
"""Texts on each level. The contrast is at least 4.5:1. W3C: WCAG 2.2, 1.4.3."""
_INKS = (PAPER, TEXT, SOFT, EMPTY, RULE, LIMIT, BAR, BAD, *LEVELS, *ON_LEVELS)
_DARK = "".join(f".{ink.name}{{fill:{ink.dark}}}.{ink.name}-line{{stroke:{ink.dark}}}" for ink in _INKS)
_SWATCH, _CHARACTER = 14, 6.6


def text(given: str) -> str:
    """Any text as content of an element."""
    return escape(visible(given))


def picture(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    """A picture with a title. `title` may be any text. `parts` are elements."""
    box = f'viewBox="0 0 {width:g} {height:g}" font-size="12" font-family="{FONT}" role="img"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        f"<style>@media (prefers-color-scheme: dark){{{_DARK}}}</style>",
        f'<rect width="{width:g}" height="{height:g}" {PAPER.fill}/>',
        f'<text x="16" y="26" font-size="16" font-weight="600" {TEXT.fill}>{text(title)}</text>',
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def legend(y: float, entries: Sequence[tuple[Ink, str]], *, x: float = 16, line: bool = False) -> Iterator[str]:
    """A line of colors with their meanings. With `line`, the last entry is a dashed line."""
    for number, (ink, words) in enumerate(entries):
        if line and number == len(entries) - 1:
            yield f'<path d="M{x:g} {y - 4:g}h{_SWATCH + 8}" {ink.stroke} stroke-dasharray="3 3"/>'
            x += 8
        else:
            yield f'<rect x="{x:g}" y="{y - 11:g}" width="{_SWATCH}" height="{_SWATCH}" rx="3" {ink.fill}/>'
        yield f'<text x="{x + _SWATCH + 6:g}" y="{y:g}" {SOFT.fill}>{text(words)}</text>'
        x += _SWATCH + 6 + _CHARACTER * len(words) + 18
