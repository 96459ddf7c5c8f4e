"""The list of commands: complete, short, and the same as the help of each command."""

from typing import Any

import pytest
from typer.main import get_command

from components import __version__
from ops.command_line import GROUPS, app
from tests.ops.conftest import Ops

LISTED = {name: listed for group in GROUPS.values() for name, listed in group.items()}


def command(name: str) -> Any:
    group: Any = get_command(app)
    return group.commands[name]


@pytest.mark.parametrize("name", LISTED)
def test_the_summary_is_the_first_sentence_of_the_help(name: str):
    first = " ".join(command(name).help.split("\n\n")[0].split())
    assert first == LISTED[name].summary or first.startswith(f"{LISTED[name].summary} ")


def test_the_list_of_commands_fits_80_columns(ops: Ops):
    shown = ops("--help", terminal_width=80).stdout
    assert max(map(len, shown.splitlines())) <= 80
    for name, listed in LISTED.items():
        assert [line.split() for line in shown.splitlines() if line.startswith(f"  {name} ")] == [
            [name, *listed.summary.split()]
        ]
    assert [line[:-1] for line in shown.splitlines() if line[:-1] in GROUPS] == list(GROUPS)


@pytest.mark.parametrize("name", LISTED)
def test_short_and_long_help_are_the_same(ops: Ops, name: str):
    assert ops(name, "-h").stdout == ops(name, "--help").stdout != ""


def test_version(ops: Ops):
    assert ops("--version").stdout == f"scheduled-tasks {__version__}\n"


def test_an_unknown_command_is_explained(ops: Ops):
    result = ops("statsu")
    assert result.exit_code == 2
    assert "No such command 'statsu'. Did you mean 'status'?" in result.stderr
