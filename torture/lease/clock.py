"""A virtual clock, and the processes that wait on it."""

from collections.abc import Callable
from typing import TypeVar

from ops.simulation.clock import VirtualClock
from sandbox.state_machines.processes import Process, Running

T = TypeVar("T")


class Clock(VirtualClock):
    """The true time, in seconds since 1970, and what happens next."""

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call a function after some seconds."""
        self.at(self.now + seconds, action)

    def start(self, process: Process[T], then: Callable[[T], None]) -> Running[T]:
        """Run a process until it returns, or `cancel` closes it."""
        running = Running(self, process, then)
        running.start()
        return running
