"""Text from elsewhere, as messages show it: hidden characters are visible, and long text is abridged.

Values, keys and file names can contain anything. Shown as they are, they could hide or fake lines on a terminal.
"""

import unicodedata
from functools import cache

LONGEST = 4000
"""Characters of a message."""
_LONGEST_NAME = 200
"""Characters of a key or a file in a message."""
_TAIL = 1000
"""Characters at the end of a message, where the advice is."""
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""General categories: controls, formats such as U+202E (which reverses the text after it), noncharacters, private use,
lone surrogates, and spaces other than U+0020. https://www.unicode.org/reports/tr44/#General_Category_Values"""
_BLANK = frozenset(
    map(
        chr,
        (
            0x034F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            *range(0x180B, 0x1810),
            0x2800,
            0x3164,
            *range(0xFE00, 0xFE10),
            0xFFA0,
        ),
    )
)
"""Characters of other categories without a shape of their own.
https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt, Default_Ignorable_Code_Point"""


def visible(text: str, keep: str = "") -> str:
    """Return the text with its code point, such as `<U+202E>`, for each hidden character.

    Hidden are characters without a shape of their own, and those that change how others look. Escapes such as `\\n`
    aren't used, because values often contain a backslash and a letter. See https://trojansource.codes for what such
    characters can hide.

    Args:
        text: Any text.
        keep: Characters to leave unchanged, such as a line feed.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_table(keep))


class _Table(dict[int, str]):
    """The visible form of each character, by its code point. Found when it is needed first."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, _shown(chr(code)))


@cache
def _table(keep: str) -> _Table:
    return _Table({ord(character): character for character in keep})


def _shown(character: str) -> str:
    hidden = character != " " and (unicodedata.category(character) in _INVISIBLE or character in _BLANK)
    return code_point(character) if hidden else character


def code_point(character: str) -> str:
    """Return the visible form of a character: `<U+202E>`."""
    return f"<U+{ord(character):04X}>"


def visible_name(name: str) -> str:
    """A key or a file name on one line."""
    return abridged(visible(name[: 2 * _LONGEST_NAME]), _LONGEST_NAME, 0)


def visible_message(message: str) -> str:
    """A message that may quote values. Its lines stay."""
    return visible(abridged(message, LONGEST, _TAIL), keep="\n")


def abridged(text: str, most: int, tail: int) -> str:
    """The text with at most `most` characters, of which `tail` are its end."""
    if len(text) <= most:
        return text
    end = text[len(text) - tail :] if tail else ""
    return f"{text[: most - tail]}... ({len(text) - most:,} characters are not shown) ...{end}".removesuffix(" ...")
