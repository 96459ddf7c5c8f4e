"""Prints a note about calls that AWS doesn't answer, so that a command never waits in silence."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from components.json_values import Object

if TYPE_CHECKING:
    from botocore.hooks import BaseEventHooks

SLOW_SECONDS = 5.0
"""Seconds without an answer before the note. AWS answers nearly all calls within a second."""
_BEGUN = "scheduled_tasks_begun"
"""The key of the time of a call in botocore's context of that call."""


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


class Patience:
    """Ends a call that AWS doesn't answer, whatever attempts are left.

    Other errors, such as throttling, are retried more often, because their answers arrive at once.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic):
        """`seconds` is the time after which no other attempt is made. `clock` returns seconds."""
        self._seconds, self._clock = seconds, clock

    def register(self, events: "BaseEventHooks") -> None:
        """Handle the calls of a client with these events."""
        events.register("before-call", self._begin)
        events.register("needs-retry", self._end)

    def _begin(self, *, context: Object, **_: Any) -> None:
        context[_BEGUN] = self._clock()

    def _end(self, *, request_dict: Object, caught_exception: Exception | None = None, **_: Any) -> None:
        from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

        # All attempts of a call have the same context. botocore raises the same error after its last attempt.
        timed_out = isinstance(caught_exception, (ConnectTimeoutError, ReadTimeoutError))
        if caught_exception and timed_out and self._clock() - request_dict["context"][_BEGUN] >= self._seconds:
            raise caught_exception
