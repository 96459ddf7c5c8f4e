"""GitHub's renderer, and what on a rendered page isn't text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import cast

import cmarkgfm

_UNSAFE, _FOOTNOTES = 1 << 17, 1 << 13
"""Options that keep HTML and render footnotes. cmark-gfm: src/cmark-gfm.h."""

_TAGS = frozenset({"h3", "p", "ul", "li", "strong", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"})
_LANGUAGE = ("pre", "lang", "text")
"""The only attribute: the language of a code block."""
_MEANINGFUL = {
    "mention": r"(?<![\w/])@[A-Za-z0-9]",
    "reference to an issue": r"#\d|\bGH-\d",
    "commit": r"\b[0-9a-f]{7,40}\b",
    "emoji": r":[\w+-]+:(?!\d)",
    "formula": r"\$(?=\S)[^$]*(?<=\S)\$(?!\d)",
    "link": r"https?:|www\.|\[|\]",
    "HTML": r"[<>]",
}
"""Patterns that GitHub finds in text outside code. Its open renderer doesn't look for them."""
_PATTERNS = {what: re.compile(pattern, re.IGNORECASE) for what, pattern in _MEANINGFUL.items()}


@dataclass
class Rendered(HTMLParser):
    """A rendered page: what is in code, the text outside code, and what it is made of."""

    html: str
    codes: list[str] = field(default_factory=list[str])
    text: str = ""
    tags: set[str] = field(default_factory=set[str])
    other: list[str] = field(default_factory=list[str])
    """Attributes, comments and declarations."""

    def __post_init__(self):
        super().__init__(convert_charrefs=True)
        self.inside = False
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag starts."""
        self.tags.add(tag)
        self.other += [
            f"{tag} {name}={value}" for name, value in attrs if (tag, name, value) != ("pre", "lang", "text")
        ]
        if tag == "code":
            self.inside = True
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        self.inside = self.inside and tag != "code"
        self.text += " "

    def handle_data(self, data: str) -> None:
        """Text, in code or not."""
        if self.inside:
            self.codes[-1] += data
        else:
            self.text += data

    def handle_comment(self, data: str) -> None:
        """An HTML comment."""
        self.other.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        """An HTML declaration."""
        self.other.append(f"declaration {decl}")

    def unknown_decl(self, data: str) -> None:
        """Another declaration."""
        self.other.append(f"declaration {data}")

    def handle_pi(self, data: str) -> None:
        """A processing instruction."""
        self.other.append(f"instruction {data}")


def rendered(text: str) -> Rendered:
    """Render with GitHub's fork of the reference implementation, which keeps HTML here so that it can be found."""
    render = cast("Callable[..., str]", cmarkgfm.github_flavored_markdown_to_html)
    # A lone surrogate can't be sent to GitHub.
    sent = text.encode(errors="replace").decode()
    return Rendered(render(sent, options=_UNSAFE | _FOOTNOTES))


def markup(page: Rendered) -> str:
    """Everything on a page that isn't text: the first kind, or the empty string."""
    if unexpected := page.tags - _TAGS:
        return f"tags: {', '.join(sorted(unexpected))}"
    if page.other:
        return f"HTML: {page.other[0]}"
    return next((f"{what}: {found[0]}" for what, each in _PATTERNS.items() if (found := each.search(page.text))), "")
