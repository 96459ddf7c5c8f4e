"""A terminal for commands that run in this process."""

import pytest
from rich.console import Console

from ops import output

WIDTH = 80


def use_terminal(patch: pytest.MonkeyPatch) -> None:
    """Let results go to a terminal with 80 columns and without colors."""
    console = Console(width=WIDTH, force_terminal=True, color_system=None, emoji=False, markup=False, highlight=False)
    patch.setattr(output.results, "_console", console)


def fits(text: str) -> bool:
    """Whether no line is longer than the terminal."""
    return max(len(line) for line in text.splitlines()) <= WIDTH
