"""The output of the Pulumi CLI, which a thread reads."""

import io
import threading
from collections.abc import Callable

import pytest

from sandbox.engine_process import _Reader


def test_reading_ends_without_a_traceback_if_an_interruption_closes_the_stream(monkeypatch: pytest.MonkeyPatch):
    raised: list[object] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    stream = io.StringIO("one\ntwo\n")
    close: Callable[[str], object] = lambda _: stream.close()  # noqa: E731 - the type of the function
    reader = _Reader(stream, close)
    reader.join()
    assert (reader.text, raised) == ("one", [])
