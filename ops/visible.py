"""Text from outside with each invisible character shown, so that what a reader sees is what a program reads."""

import unicodedata

_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
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
    r"""Return the text with a visible form of each character that has none or that changes how others look.

    `\n`, `\r` and `\t` become these two characters; others become their code point: `<U+202E>`. See
    https://trojansource.codes for what such characters hide.

    Args:
        text: Any text.
        keep: Characters to leave unchanged, such as a line feed.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if character in keep else _shown(character) for character in text)


def _shown(character: str) -> str:
    if character == " ":
        return character
    if character in _ESCAPES:
        return _ESCAPES[character]
    hidden = unicodedata.category(character) in _INVISIBLE or character in _BLANK
    return code_point(character) if hidden else character


def code_point(character: str) -> str:
    """Return the visible form of a character: `<U+202E>`."""
    return f"<U+{ord(character):04X}>"
