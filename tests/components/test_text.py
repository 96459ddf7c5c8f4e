"""Invisible characters in text from outside."""

import sys
import unicodedata

import pytest

from components.text import visible, visible_message, visible_name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b é 日本 🙂", "a b é 日本 🙂"),
        # A value may contain the two characters of an escape, so line feeds aren't shown as one.
        ("a\nb\r\tc", "a<U+000A>b<U+000D><U+0009>c"),
        (r"a\nb\x1b", r"a\nb\x1b"),
        # https://trojansource.codes: text that is shown in another order than it is read.
        ("admin\u202e\u2066 user", "admin<U+202E><U+2066> user"),
        ("\x1b[31m\x07\x85", "<U+001B>[31m<U+0007><U+0085>"),
        ("a\u200bb\ufeff\u00ad", "a<U+200B>b<U+FEFF><U+00AD>"),
        ("a\u00a0b\u2028", "a<U+00A0>b<U+2028>"),
        ("\u3164\u2800\ufe0f", "<U+3164><U+2800><U+FE0F>"),
        ("\U000e0041", "<U+E0041>"),
        ("\ud800", "<U+D800>"),
    ],
)
def test_invisible_characters_are_shown(text: str, shown: str):
    assert visible(text) == shown


def test_some_characters_can_be_kept():
    assert visible("a\nb\tc", keep="\n") == "a\nb<U+0009>c"


def test_shown_text_has_no_character_that_controls_others():
    every = (*range(0x3100), *range(0xD700, 0x11000), *range(0xE0000, 0xE0200), sys.maxunicode)
    shown = visible("".join(map(chr, every)))
    categories = {unicodedata.category(character) for character in shown}
    assert not categories & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown


def test_names_and_messages_use_the_same_notation():
    assert visible_name("a\x1b\nb") == "a<U+001B><U+000A>b"
    assert visible_message("a\x1b\nb") == "a<U+001B>\nb"
