"""Prints a note about calls that AWS doesn't answer, so that a command never waits in silence."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

SLOW_SECONDS = 5.0
"""Seconds without an answer before the note. AWS answers nearly all calls within a second."""


class Timer(Protocol):
    """The part of `threading.Timer` that is used here."""

    def start(self) -> None:
        """Start to wait."""
        ...

    def cancel(self) -> None:
        """Stop waiting."""
        ...


def _timer(seconds: float, action: Callable[[], None]) -> Timer:
    timer = threading.Timer(seconds, action)
    # A command that ends must not wait for it.
    timer.daemon = True
    return timer


class SlowCalls:
    """Prints once per operation that AWS hasn't answered yet."""

    def __init__(self, tell: Callable[[str], None], timer: Callable[[float, Callable[[], None]], Timer] = _timer):
        """`tell` gets a sentence. Several threads may call it."""
        self._tell, self._timer = tell, timer
        self._told: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def watch(self, operation: str, endpoint: str) -> Generator[None]:
        """Watch a call, including its retries, until it ends."""
        timer = self._timer(SLOW_SECONDS, lambda: self._once(operation, endpoint))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _once(self, operation: str, endpoint: str) -> None:
        with self._lock:
            if operation in self._told:
                return
            self._told.add(operation)
        self._tell(f"Waiting for the answer of {endpoint} to {operation}. To stop waiting, press Ctrl-C.")
