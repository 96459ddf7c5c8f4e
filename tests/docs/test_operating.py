"""docs/operating.md shows what the commands print."""

import re

from ops.__main__ import app
from tests.docs.operating_page import PAGE, SHOWN, fixed, page


def test_the_page_shows_what_the_commands_print_now():
    text = PAGE.read_text()
    assert fixed(page(text)) == fixed(text), "write it anew: python -m tests.docs.operating_page"


def test_each_command_is_shown_and_fits_80_columns():
    shown = [found[2] for found in SHOWN.finditer(PAGE.read_text())]
    for name in ("run", "logs", "history", "status"):
        assert any(command.startswith(f"python -m ops {name} ") for command in shown), name
    assert app.registered_groups
    for found in SHOWN.finditer(PAGE.read_text()):
        tables = [line for line in found[3].splitlines() if re.match("[┏┃┡│└]", line)]
        assert all(len(line) <= 80 for line in tables), found[2]
