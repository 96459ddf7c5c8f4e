"""Pages that come from code are current."""

import re
from pathlib import Path

import pytest

from ops import documentation
from ops.command_line import GROUPS
from tests.docs import mistakes


def test_the_page_of_commands_shows_their_help():
    assert documentation.FILE.read_text(encoding="utf-8") == documentation.text(), "to update it, run: make docs"


def test_each_command_has_a_heading():
    headings = [line for line in documentation.text().splitlines() if line.startswith("#")]
    for title, commands in GROUPS.items():
        assert f"## {title}" in headings
        for name in commands:
            assert any(heading == f"### {name}" or heading.startswith(f"### {name} ") for heading in headings)


def test_an_option_of_all_subcommands_is_described_once():
    text = documentation.text()
    assert re.search(r"Options of all `import` commands except .*`cut-over`", text)
    assert text.count("| `--leave-out <list[str]>`") == 1


def test_placeholders_in_help_are_code():
    # Otherwise they would be HTML, and the site would not show them.
    for line in documentation.text().splitlines()[1:]:
        assert "<" not in "".join(line.split("`")[::2]), line


@pytest.mark.parametrize("page", mistakes.PAGES, ids=lambda page: page.name)
def test_a_page_shows_the_current_problems(page: Path):
    assert page.read_text() == mistakes.page(page.read_text()), "to update it, run: make docs"
