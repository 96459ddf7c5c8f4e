"""Untrusted text for a terminal: log lines, error messages, reasons, names, tags and messages in queues. Pure.

Control and escape sequences can move the cursor, change the clipboard or the title, hide text, and make one text look
like another. AWS accepts most of them in logs, tags and messages.
"""

import re

from components.text import code_point

COLOR = r"\x1b\[[0-9;:]{0,64}m"
"""Select Graphic Rendition (ECMA-48, section 8.3.117): color and style, with no other effect."""
_COLORS = re.compile(COLOR)
RESET = "\x1b[0m"

_UNSAFE = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 controls without tab and newline, DEL, C1 controls
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, embeddings, overrides and isolates
    r"\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # invisible characters
    r"\u2028\u2029"  # line and paragraph separators
    r"\ud800-\udfff"  # lone surrogates
    r"\U000e0000-\U000e007f"  # tags
)
_ALL = re.compile(rf"(?P<color>{COLOR})|(?P<line_end>\r(?=\n|\Z))|[{_UNSAFE}]")


def printable(text: str, *, colors: bool = False) -> str:
    """Return a text that is safe to print. Tabs and newlines stay.

    Colors, and the return of a line that ends in CRLF, are removed. All other control characters, and characters that
    are invisible or change the direction of text, are shown by their code point, such as `<U+001B>`.

    Args:
        text: The text, of any content and length.
        colors: Keep sequences that only change the color or style. The text then ends in a reset.
    """

    def shown(match: re.Match[str]) -> str:
        if match["color"]:
            return match[0] if colors else ""
        return "" if match["line_end"] else code_point(match[0])

    found = _ALL.sub(shown, text)
    return f"{found}{RESET}" if colors and _COLORS.search(found) else found


def encodable(text: str) -> str:
    """Return a text without lone surrogates, which no encoding can hold. U+FFFD replaces them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
