"""The permissions of the smoke test, as docs/testing.md names them."""

import re
from pathlib import Path

from tests.ops.test_permissions import allowed

PAGE = Path(__file__).resolve().parents[3] / "docs" / "testing.md"
COMMANDS = ("run", "history", "logs", "doctor", "pause", "dead-letters redrive")
"""The commands whose permissions the page refers to."""


def documented() -> set[str]:
    """The actions on the page, and those of the commands that it refers to."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert "`run`, `history`, `logs`, `doctor`, `pause` and `dead-letters redrive`" in text
    found = set(re.findall(r"`([a-z0-9]+:[A-Z]\w+)`", text))
    return found.union(*(allowed(command, supervised=True) for command in COMMANDS))
