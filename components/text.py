"""Text from elsewhere, as messages show it: control characters are visible, and long text is abridged.

Values, keys and file names can contain anything. Shown as they are, they could hide or fake lines on a terminal.
"""

import re

LONGEST = 4000
"""Characters of a message."""
_LONGEST_NAME = 200
"""Characters of a key or a file in a message."""
_TAIL = 1000
"""Characters at the end of a message, where the advice is."""
_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\uffff]"
)
"""Control characters except line feeds, characters without width, marks of direction, and unpaired surrogates. Unicode
Technical Report 36, "Bidirectional text spoofing"."""


def visible(text: str) -> str:
    """The text with a visible form of each hidden character: `\\x1b` for an escape."""
    return _HIDDEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def visible_name(name: str) -> str:
    """A key or a file name on one line."""
    return abridged(visible(name[: 2 * _LONGEST_NAME]).replace("\n", "\\n"), _LONGEST_NAME, 0)


def visible_message(message: str) -> str:
    """A message that may quote values."""
    return visible(abridged(message, LONGEST, _TAIL))


def abridged(text: str, most: int, tail: int) -> str:
    """The text with at most `most` characters, of which `tail` are its end."""
    if len(text) <= most:
        return text
    end = text[len(text) - tail :] if tail else ""
    return f"{text[: most - tail]}... ({len(text) - most:,} characters are not shown) ...{end}".removesuffix(" ...")
