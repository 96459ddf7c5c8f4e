"""A virtual clock, and the processes that wait on it."""

from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

from ops.simulation.clock import VirtualClock

T = TypeVar("T")
Process: TypeAlias = Generator[float, None, T]
"""Yields the seconds that it waits, and returns its result."""


class Clock(VirtualClock):
    """The true time, in seconds since 1970, and what happens next."""

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call a function after some seconds."""
        self.at(self.now + seconds, action)

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
