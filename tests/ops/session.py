"""One session for many tests, because creating a session and its clients takes longer than most commands."""

from functools import cache

import pytest

from ops.aws.session import Aws
from ops.commands.options import Where


@cache
def _aws() -> Aws:
    return Aws()


def share_session(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Let all commands of a test share a session."""
    monkeypatch.setattr(Where, "connect", lambda _: _aws())
    return _aws()
