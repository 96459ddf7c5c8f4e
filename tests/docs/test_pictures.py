"""The pictures of the README and the site show the current output of `scheduled-tasks review`."""

import xml.etree.ElementTree as ET

import pytest

from tests.docs import review_picture
from tests.docs.review_picture import PALETTES, drawn, pictures


def test_the_pictures_show_the_current_review():
    for file, content in pictures().items():
        assert file.read_text(encoding="utf-8") == content, "to draw them again, run: make docs"


def shown(picture: str) -> str:
    """The letters and digits of the words below the header."""
    texts = [node.text or "" for node in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    return letters("".join(texts[1:]))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def test_a_picture_shows_the_whole_review():
    text = review_picture.review()
    assert "Warnings" in text
    assert shown(drawn(text, PALETTES["light"])) == letters(text.replace("```text", ""))


@pytest.mark.parametrize("line", ["[a link](https://example.com)", "<b>a & b</b>"])
def test_text_in_a_picture_is_escaped(line: str):
    assert shown(drawn(line, PALETTES["dark"])) == letters(line)
