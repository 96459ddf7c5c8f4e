"""docs/operating.md shows the output of the commands."""

import re

from tests.docs.operating_page import PAGE, README, SHOWN, fixed, page, with_blocks_of_the_page
from tests.ops.terminal import fits


def test_the_page_shows_the_current_output_of_the_commands():
    text = PAGE.read_text()
    assert fixed(page(text)) == fixed(text), "to update the page, run: python -m tests.docs.operating_page"


def test_each_command_is_shown_in_80_columns():
    shown = [found[2] for found in SHOWN.finditer(PAGE.read_text())]
    for name in ("run", "logs", "history", "status"):
        assert any(command.startswith(f"scheduled-tasks {name} ") for command in shown), name
    for found in SHOWN.finditer(PAGE.read_text()):
        assert not re.search("[┏┃┡│└]", found[3]), found[2]
        if not found[2].startswith("scheduled-tasks run "):
            assert fits(found[3]), found[2]


def test_the_readme_shows_the_output_of_the_page():
    text = README.read_text()
    assert SHOWN.search(text)
    assert with_blocks_of_the_page(text) == text
