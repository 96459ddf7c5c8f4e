"""A virtual clock, and the processes that wait on it."""

import heapq
from collections.abc import Callable, Generator
from itertools import count
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Process: TypeAlias = Generator[float, None, T]
"""Yields the seconds that it waits, and returns its result."""


class Clock:
    """The true time, in seconds since 1970, and what happens next."""

    def __init__(self, now: float):
        self.now = now
        self._next: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call a function after some seconds."""
        heapq.heappush(self._next, (self.now + max(0, seconds), next(self._order), action))

    def start(self, process: Process[T], then: Callable[[T], None], alive: Callable[[], bool]) -> None:
        """Run a process until it returns, or as long as it is alive."""

        def step() -> None:
            if not alive():
                process.close()
                return
            try:
                seconds = next(process)
            except StopIteration as end:
                then(end.value)
                return
            self.after(seconds, step)

        self.after(0, step)

    def run(self, until: float) -> None:
        """Let time pass until everything has happened, or until a time."""
        while self._next and self._next[0][0] <= until:
            self.now, _, action = heapq.heappop(self._next)
            action()
        self.now = max(self.now, until)
