"""The clock that a simulation runs on, and processes that wait for it. Nothing here knows about AWS.

`VirtualClock` jumps from event to event. A clock of real time has the same two members.
"""

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol, TypeAlias

Action: TypeAlias = Callable[[], object]


class Clock(Protocol):
    """A clock. Times are in seconds since 1970."""

    @property
    def now(self) -> float:
        """The current time."""
        ...

    def at(self, time: float, action: Action) -> None:
        """Call a function at a time, or at once if that time is past. Equal times keep their order."""
        ...


class VirtualClock:
    """A clock whose time passes only from one event to the next."""

    def __init__(self, now: float):
        self.now = now
        self._events: list[tuple[float, int, Action]] = []
        self._order = count()

    def at(self, time: float, action: Action) -> None:
        """Call a function at a time, or at once if that time is past. Equal times keep their order."""
        heapq.heappush(self._events, (max(time, self.now), next(self._order), action))

    @property
    def next(self) -> float | None:
        """The time of the next event; None if there is none."""
        return self._events[0][0] if self._events else None

    def run(self, until: float | None = None) -> None:
        """Let everything happen up to a time, inclusive. Default: until nothing is left."""
        events = self._events
        while events and (until is None or events[0][0] <= until):
            self.now, _, action = heapq.heappop(events)
            action()
        if until is not None:
            self.now = max(self.now, until)


@dataclass(slots=True, eq=False)
class Signal:
    """Something that happens once. Processes can wait for it."""

    happened: bool = False
    _waiting: list[Action] = field(default_factory=list[Action])

    def set(self) -> None:
        """It happens now."""
        self.happened = True
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()

    def call(self, action: Action) -> None:
        """Call a function when it happens, or at once if it has."""
        if self.happened:
            action()
        else:
            self._waiting.append(action)


@dataclass(frozen=True, slots=True)
class Until:
    """A process yields this to wait for a signal, for a number of seconds at most."""

    signal: Signal
    seconds: float


Process: TypeAlias = Generator[float | Until, None, None]
"""Yields the seconds that it waits, or a signal that it waits for."""


def start(clock: Clock, process: Process) -> None:
    """Run a process, from now on."""
    waits = count()
    current = -1

    def resume(wait: int) -> None:
        # A process that waits for a signal or a time continues with the first of both.
        if wait == current:
            step()

    def step() -> None:
        nonlocal current
        wanted = next(process, None)
        if wanted is None:
            return
        current = wait = next(waits)
        if isinstance(wanted, Until):
            clock.at(clock.now + wanted.seconds, lambda: resume(wait))
            wanted.signal.call(lambda: clock.at(clock.now, lambda: resume(wait)))
        else:
            clock.at(clock.now + wanted, lambda: resume(wait))

    step()
