"""The permissions of the smoke test, as docs/testing.md names them."""

from pathlib import Path

from tests.ops.test_permissions import allowed

PAGE = Path(__file__).resolve().parents[3] / "docs" / "testing.md"
COMMANDS = ("smoke", "run", "history", "logs", "doctor", "pause", "dead-letters redrive")
"""The commands whose permissions the page refers to."""


def documented() -> set[str]:
    """The actions of the commands that the page refers to."""
    *first, last = (f"`{command}`" for command in COMMANDS)
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"[{', '.join(first)} and {last}](commands.md#permissions)" in text
    return {action for command in COMMANDS for action in allowed(command, supervised=True)}
