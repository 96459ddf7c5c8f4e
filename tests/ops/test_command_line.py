"""The list of commands: complete, short, and the same as the help of each command."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from components import __version__
from ops.command_line import GROUPS, app, main
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


@pytest.fixture
def python_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what a command sets for its whole process."""
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "__all__")
    threshold = gc.get_threshold()
    # An earlier test can have run a program, which disables the collector.
    gc.enable()
    yield
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("python_as_before")
def test_python_seldom_looks_for_reference_cycles(capfd: pytest.CaptureFixture[str]):
    """A command makes over 100,000 objects that live until it ends. `board --serve` runs for days, so the search isn't off."""
    gc.set_threshold(700)
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capfd.readouterr().out) == (0, f"scheduled-tasks {__version__}\n")
    assert gc.get_threshold()[0] >= 50_000
    assert gc.isenabled()
