"""The page is complete, and no text from outside becomes markup."""

import json
import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.text import visible
from ops.board import page as module
from ops.board.data import board_data
from ops.board.page import page, policy
from ops.board.reading import Reading
from tests.ops.board.example import PERIOD, example, fine

TEXT = st.text(max_size=30) | st.sampled_from(
    ["</script>", "<!--", "<script>", "]]>", "\u2028", "&lt;", "'\"<b>", "</title><img src=x>", "{{ 7 }}", "{% raw %}"]
)


class Parser(HTMLParser):
    """Collects the elements of a page, and the text of some."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: dict[str, str] = {}
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self._inside = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        self.texts[self._inside] = self.texts.get(self._inside, "") + data


USUAL = Parser(page(board_data([fine()], PERIOD)))


@given(TEXT, TEXT)
def test_texts_change_neither_elements_nor_data(name: str, problem: str):
    data = board_data([Reading(name, "x @", problems=[problem])], PERIOD)
    found = Parser(page(data))
    assert found.tags == USUAL.tags
    assert json.loads(found.texts["data"]) == data
    assert found.texts["title"] == f"{visible(name, keep=chr(9))} - scheduled-tasks"


def test_the_page_loads_nothing():
    text = page(board_data([example()], PERIOD))
    without_data = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.DOTALL)
    assert set(re.findall(r"https?:[^\"' ]+", without_data)) == {"http://www.w3.org/2000/svg"}
    assert re.findall(r'(?:src|href)="([^"]*)"', without_data) == ["data:,"]
    assert not re.search(r"\son\w+=|\sstyle=", without_data)


def test_the_policy_allows_only_what_is_in_the_page():
    directives = dict(part.split(" ", 1) for part in policy(connects=False).split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["connect-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", directives["script-src"])
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", directives["style-src"])
    assert "unsafe" not in policy(connects=True)
    assert "connect-src 'self'" in policy(connects=True)


def test_only_a_served_page_refreshes():
    data = board_data([fine()], PERIOD)
    assert json.loads(Parser(page(data)).texts["settings"]) == {"refresh": None, "days": 7}
    assert json.loads(Parser(page(data, 60)).texts["settings"])["refresh"] == 60


def test_the_script_makes_no_markup_of_text():
    script = module._own("board.js")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)


def test_the_title_of_several_stacks():
    assert Parser(page(board_data([fine(), fine()], PERIOD))).texts["title"] == "2 stacks - scheduled-tasks"
