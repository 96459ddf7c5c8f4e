"""A clock of real time with the interface of `ops.simulation.clock.Clock`. All its actions run in one thread."""

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count

from ops.simulation.clock import Action


class RealClock:
    """Calls functions at their times, one after the other. Any thread may add functions."""

    def __init__(self, seconds: Callable[[], float] = time.time):
        self._seconds = seconds
        self._events: list[tuple[float, int, Action]] = []
        self._order = count()
        self._changed = threading.Condition()

    @property
    def now(self) -> float:
        """The current time in seconds since 1970."""
        return self._seconds()

    def at(self, time: float, action: Action) -> None:
        """Call a function at a time, or at once if that time is past. Equal times keep their order."""
        with self._changed:
            heapq.heappush(self._events, (max(time, self.now), next(self._order), action))
            self._changed.notify()

    def serve(self, report: Callable[[Exception], object]) -> None:
        """Call the functions forever. `report` gets the error of a function that fails, and the others continue."""
        while True:
            action = self._next()
            try:
                action()
            except Exception as error:
                report(error)

    def _next(self) -> Action:
        with self._changed:
            while (wait := self._seconds_to_next()) is None or wait > 0:
                self._changed.wait(wait)
            return heapq.heappop(self._events)[2]

    def _seconds_to_next(self) -> float | None:
        return self._events[0][0] - self.now if self._events else None
