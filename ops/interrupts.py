"""Ctrl-C and other signals that end a command, which must not leave anything held."""

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from threading import Timer
from types import FrameType
from typing import Any, NoReturn

RELEASE_SECONDS = 10.0
"""Seconds after the first signal until the command ends in any case."""
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl-C, an end by another program, and a closed terminal."""
_SIGNALS = [signal.Signals[name] for name in _NAMES if hasattr(signal, name)]


@contextmanager
def terminable() -> Generator[None]:
    """Treat SIGTERM and SIGHUP like Ctrl-C, so that a command releases what it holds.

    A signal that is ignored stays ignored: `nohup` ignores SIGHUP.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    default = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]
    for number in default:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in default:
            signal.signal(number, signal.SIG_DFL)


class Postponed:
    """A block that a signal doesn't end before the block has released what it holds.

    The first signal sets `came`, and raises KeyboardInterrupt only inside `ended_at_once` and after the block. A second
    signal, and the time limit `RELEASE_SECONDS`, raise it wherever the block is.

    Example:
        >>> with Postponed() as postponed:
        ...     try:
        ...         while not postponed.came:
        ...             hold_something()
        ...             with postponed.ended_at_once():
        ...                 process_it()
        ...     finally:
        ...         release_everything()
    """

    def __init__(self) -> None:
        self.came = False
        """Whether a signal came."""
        self._at_once = False
        self._before: dict[signal.Signals, Any] = {}
        self._limit: Timer | None = None

    def __enter__(self) -> "Postponed":
        if threading.current_thread() is threading.main_thread():
            # Signals that are ignored, or end the process without an exception, stay as they are.
            self._before = {number: before for number in _SIGNALS if callable(before := signal.getsignal(number))}
        for number in self._before:
            signal.signal(number, self._handle)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        try:
            for number, before in self._before.items():
                signal.signal(number, before)
        finally:
            if self._limit:
                self._limit.cancel()
        if self.came and not isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt

    @contextmanager
    def ended_at_once(self) -> Generator[None]:
        """End this part of the block at the first signal, for example if it takes long."""
        self._at_once = True
        try:
            if self.came:
                raise KeyboardInterrupt
            yield
        finally:
            self._at_once = False

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self.came:
            raise KeyboardInterrupt
        self.came = True
        # The same as a second signal. It also ends a call that isn't answered.
        self._limit = Timer(RELEASE_SECONDS, os.kill, (os.getpid(), number))
        self._limit.daemon = True
        self._limit.start()
        if self._at_once:
            raise KeyboardInterrupt
