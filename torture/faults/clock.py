"""A clock for trials that only waits move on. Threads that wait at the same time share the time that passes."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from heapq import heappop, heappush
from typing import Any

LONGEST_SECONDS = 100 * 3600.0


class HangError(BaseException):
    """A command makes calls or waits without end. Not an Exception, so that no command handles it."""


class Clock:
    """The time of a trial, in seconds. It moves on when all threads of the command wait."""

    def __init__(self, stretch: float = 1.0):
        """A stretched clock lets more time pass per `wait`, so that a day needs few polls."""
        self.changed = threading.Condition()
        self.running = 1
        self._seconds, self._stretch = 0.0, stretch
        self._waiting: list[tuple[float, int]] = []
        self._tickets = 0
        self._due: set[int] = set()

    def wait(self, seconds: float) -> None:
        """Wait between two polls."""
        self.pass_time(seconds * self._stretch)

    def pass_time(self, seconds: float) -> None:
        """Let time pass for the current thread. Raises HangError after `LONGEST_SECONDS`."""
        with self.changed:
            self._tickets += 1
            ticket = self._tickets
            heappush(self._waiting, (self._seconds + seconds, ticket))
            self.pause()
            self.changed.wait_for(lambda: ticket in self._due)
            self._due.remove(ticket)
            if self._seconds > LONGEST_SECONDS:
                raise HangError

    def now(self) -> float:
        """Return the time."""
        return self._seconds

    def pause(self) -> None:
        """Count the current thread as waiting. If it was the last one, the time passes. Requires the lock."""
        self.running -= 1
        if self.running == 0 and self._waiting:
            self._seconds, ticket = heappop(self._waiting)
            self._due.add(ticket)
            self.running += 1
            self.changed.notify_all()

    def pool(self, threads: int) -> "Pool":
        """Return a pool of threads, in place of `ThreadPoolExecutor`."""
        return Pool(self, threads)


class _Result(Future[Any]):
    """A future whose reader waits on the clock."""

    def __init__(self, pool: "Pool"):
        super().__init__()
        self._pool = pool

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self._pool.wait_for(self.done)
        return super().exception(timeout)

    def result(self, timeout: float | None = None) -> Any:
        self._pool.wait_for(self.done)
        return super().result(timeout)


class Pool:
    """A pool of threads whose waits take place on the clock of a trial. Only one thread may read its futures."""

    def __init__(self, clock: Clock, threads: int):
        self._clock, self._free, self._threads = clock, threads, threads
        self._queue: deque[tuple[_Result, Callable[..., Any], tuple[Any, ...]]] = deque()
        self._awaited: Callable[[], bool] | None = None

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Call a function in a thread of the pool."""
        found = _Result(self)
        with self._clock.changed:
            self._queue.append((found, function, arguments))
            if self._free:
                self._free -= 1
                self._clock.running += 1
                threading.Thread(target=self._work, daemon=True).start()
        return found

    def shutdown(self, *, cancel_futures: bool = False) -> None:
        """Wait for the end of all calls. With `cancel_futures`, calls that haven't started are canceled."""
        with self._clock.changed:
            while cancel_futures and self._queue:
                self._queue.popleft()[0].cancel()
        self.wait_for(lambda: self._free == self._threads)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Let the threads of the pool work until a condition is met."""
        with self._clock.changed:
            if not condition():
                self._awaited = condition
                self._clock.pause()
                self._clock.changed.wait_for(lambda: self._awaited is None)

    def _resume(self) -> None:
        """Let the waiting thread continue if its condition is met. Requires the lock."""
        if self._awaited and self._awaited():
            self._awaited = None
            self._clock.running += 1
            self._clock.changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._clock.changed:
                if not self._queue:
                    self._free += 1
                    self._resume()
                    self._clock.pause()
                    return
                found, function, arguments = self._queue.popleft()
            found.set_running_or_notify_cancel()
            try:
                value = function(*arguments)
            except BaseException as error:
                found.set_exception(error)
            else:
                found.set_result(value)
            with self._clock.changed:
                self._resume()
