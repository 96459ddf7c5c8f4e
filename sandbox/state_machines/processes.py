"""Processes that wait: with a time limit, several at the same time, and until they are closed.

A process yields the seconds that it waits, or a signal and the most seconds that it waits for it, and returns its
result. Closing it cancels what it waits for: its `except GeneratorExit` must not yield.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from math import inf
from typing import Generic, TypeAlias, TypeVar

from ops.simulation.clock import Clock, Signal, Until

T = TypeVar("T")
Process: TypeAlias = Generator[float | Until, None, T]
_TOLERANCE = 1e-6
"""Seconds. A clock reaches a time with a rounding error."""


class ExpiredError(Exception):
    """The time limit of a process has passed. It still waits."""


def within(process: Process[T], seconds: float, now: Callable[[], float]) -> Process[T]:
    """Run a process for some seconds at most.

    Raises:
        ExpiredError: It has not ended. The caller must throw an error into it, or close it.
    """
    deadline = now() + seconds
    try:
        while True:
            try:
                wanted = next(process)
            except StopIteration as end:
                return end.value
            left = deadline - now()
            if isinstance(wanted, Until):
                yield Until(wanted.signal, min(wanted.seconds, left))
                is_over = not wanted.signal.happened and wanted.seconds > left
            else:
                yield min(wanted, left)
                is_over = wanted > left
            if is_over and now() >= deadline - _TOLERANCE:
                raise ExpiredError
    except GeneratorExit:
        process.close()
        raise


def concurrently(processes: Iterable[Process[T]], at_once: int, now: Callable[[], float]) -> Process[Sequence[T]]:
    """Run processes, some of them at the same time, and return their results in order.

    If one fails, the others are closed, and the error is raised.

    Args:
        processes: The processes. Each is made when it can begin.
        at_once: How many run at the same time.
        now: The time.
    """
    together = _Together(iter(processes), at_once, now)
    try:
        while together.step():
            yield together.wait()
    except BaseException:
        together.close()
        raise
    return [together.results[number] for number in sorted(together.results)]


@dataclass(slots=True, eq=False)
class _Child(Generic[T]):
    number: int
    process: Process[T]
    due: float = -inf
    signal: Signal | None = None

    def is_ready(self, now: float) -> bool:
        return now >= self.due - _TOLERANCE or (self.signal is not None and self.signal.happened)

    def wait(self, wanted: float | Until, now: float) -> None:
        seconds, self.signal = (wanted.seconds, wanted.signal) if isinstance(wanted, Until) else (wanted, None)
        self.due = now + seconds


@dataclass(slots=True)
class _Together(Generic[T]):
    """Processes that run at the same time."""

    left: Iterator[Process[T]]
    at_once: int
    now: Callable[[], float]
    running: list[_Child[T]] = field(default_factory=list[_Child[T]])
    results: dict[int, T] = field(default_factory=dict[int, T])
    _numbers: Iterator[int] = field(default_factory=count)

    def step(self) -> bool:
        """Let all run until each waits. Returns whether any does."""
        while ready := [*self._begun(), *(child for child in self.running if child.is_ready(self.now()))]:
            for child in dict.fromkeys(ready):
                self._resume(child)
        return bool(self.running)

    def _begun(self) -> Sequence[_Child[T]]:
        new = [_Child(next(self._numbers), each) for each in islice(self.left, self.at_once - len(self.running))]
        self.running += new
        return new

    def _resume(self, child: _Child[T]) -> None:
        self.running.remove(child)
        try:
            wanted = next(child.process)
        except StopIteration as end:
            self.results[child.number] = end.value
        else:
            child.wait(wanted, self.now())
            self.running.append(child)

    def wait(self) -> Until:
        """A wait for the first of them."""
        first = Signal()
        for child in self.running:
            if child.signal:
                child.signal.call(first.set)
        return Until(first, max(0, min(child.due for child in self.running) - self.now()))

    def close(self) -> None:
        """Close all."""
        for child in self.running:
            child.process.close()


@dataclass(slots=True, eq=False)
class Running(Generic[T]):
    """A process on a clock. `cancel` closes it. All of its calls are made by the clock.

    Args:
        clock: The clock.
        process: The process.
        then: Gets the result.
        failed: Gets an error of the process. Default: the clock gets it.
    """

    clock: Clock
    process: Process[T]
    then: Callable[[T], object]
    failed: Callable[[Exception], object] | None = None
    _waits: int = field(default=0, init=False)
    _is_over: bool = field(default=False, init=False)

    def start(self) -> None:
        """Start at the time of the clock."""
        self.clock.at(self.clock.now, lambda: self._resume(0))

    def cancel(self) -> None:
        """Close the process, unless it has ended."""
        if not self._is_over:
            self._is_over = True
            self.process.close()

    def _resume(self, wait: int) -> None:
        # A process that waits for a signal or a time continues with the first of both.
        if self._is_over or wait != self._waits:
            return
        self._waits += 1
        try:
            wanted = next(self.process)
        except StopIteration as end:
            self._is_over = True
            self.then(end.value)
            return
        except Exception as error:
            self._is_over = True
            if self.failed is None:
                raise
            self.failed(error)
            return
        self._wait(wanted, self._waits)

    def _wait(self, wanted: float | Until, wait: int) -> None:
        clock = self.clock
        if isinstance(wanted, Until):
            clock.at(clock.now + wanted.seconds, lambda: self._resume(wait))
            wanted.signal.call(lambda: clock.at(clock.now, lambda: self._resume(wait)))
        else:
            clock.at(clock.now + wanted, lambda: self._resume(wait))
