"""Prints a note about calls that AWS doesn't answer, so that a command never waits in silence."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import ClassVar, Protocol

SLOW_SECONDS = 5.0
"""Seconds without an answer before the note. AWS answers nearly all calls within a second."""
_CHECK_SECONDS = 0.5


class Timer(Protocol):
    """Calls an action after some time, unless it is canceled before."""

    def start(self) -> None:
        """Start to wait."""
        ...

    def cancel(self) -> None:
        """Stop waiting."""
        ...


class SharedTimer:
    """A timer that shares one thread with all others. A `threading.Timer` would start a thread per call.

    Args:
        seconds: Time to wait. The action can come up to half a second later.
        action: Called in the thread.
    """

    _waiting: ClassVar[dict["SharedTimer", float]] = {}
    """The time of each action. A change of a dict is atomic, so no thread ever waits for a lock."""
    _thread: ClassVar[threading.Thread | None] = None

    def __init__(self, seconds: float, action: Callable[[], None]):
        self._seconds, self._action = seconds, action

    def start(self) -> None:
        """Start to wait."""
        shared = SharedTimer
        shared._waiting[self] = time.monotonic() + self._seconds
        # A process that was forked has no threads.
        if shared._thread is None or not shared._thread.is_alive():
            # A command that ends must not wait for it.
            shared._thread = threading.Thread(target=shared._run, daemon=True)
            shared._thread.start()

    def cancel(self) -> None:
        """Stop waiting."""
        SharedTimer._waiting.pop(self, None)

    @classmethod
    def _run(cls) -> None:
        never = threading.Event()
        while not never.wait(_CHECK_SECONDS):
            for timer, at in list(cls._waiting.items()):
                if at <= time.monotonic() and cls._waiting.pop(timer, None):
                    timer._action()


class SlowCalls:
    """Prints once per operation that AWS hasn't answered yet."""

    def __init__(self, tell: Callable[[str], None], timer: Callable[[float, Callable[[], None]], Timer] | None = None):
        """`tell` gets a sentence. Several threads may call it."""
        self._tell, self._timer = tell, timer or SharedTimer
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
