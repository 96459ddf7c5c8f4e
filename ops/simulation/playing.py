"""Playing a simulation: at once, or at some times real time, with what happens as it happens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .. import waiting
from .clock import VirtualClock
from .record import RUNNING, Event, Record, ScheduledRun

Play = Callable[[VirtualClock, Record], None]
"""Lets a clock run until nothing is left, and knows the record that grows meanwhile."""


def at_once(clock: VirtualClock, _: Record) -> None:
    """Let everything happen as fast as possible."""
    clock.run()


@dataclass(slots=True)
class Playing:
    """Plays a simulation.

    Args:
        speed: Simulated seconds per second of real time.
        show: Gets each run when it has ended, and each other event.
    """

    speed: float
    show: Callable[[ScheduledRun | Event], None]
    _runs: int = 0
    _events: int = 0
    _open: list[ScheduledRun] = field(default_factory=list[ScheduledRun])

    def __call__(self, clock: VirtualClock, record: Record) -> None:
        """Let everything happen at its time. If this machine is too slow, everything happens later."""
        begun, start = waiting.now(), clock.now
        while (time := clock.next) is not None:
            if (seconds := begun + (time - start) / self.speed - waiting.now()) > 0:
                waiting.wait(seconds)
            clock.run(time)
            for found in self._new(record):
                self.show(found)

    def _new(self, record: Record) -> Iterator[ScheduledRun | Event]:
        """The events since the last call, and the runs that have ended since."""
        events, self._events = record.events[self._events :], len(record.events)
        self._open += record.runs[self._runs :]
        self._runs = len(record.runs)
        yield from events
        ended = [run for run in self._open if not run.open and run.outcome != RUNNING]
        if ended:
            self._open = [run for run in self._open if run not in ended]
            yield from ended
