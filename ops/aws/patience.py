"""Limits the time that a command waits for calls that fail again and again.

botocore retries each call on its own. A command with many calls would wait for each of them if AWS can't be reached or
throttles everything.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.json_values import Object

from .. import waiting
from ..errors import OpsError
from .errors import is_throttled, is_uncertain, mark_uncertain

if TYPE_CHECKING:
    from botocore.model import OperationModel

RETRY_SECONDS = 20.0
"""Seconds of failed calls after which no call is retried."""
STOP_SECONDS = 40.0
"""Seconds of failed calls after which no call begins. A call that began before adds one attempt at most."""
WINDOW_SECONDS = 600.0
"""Seconds after which a failed call doesn't count any more. `run` follows a run for hours."""


class NotCalledError(OpsError):
    """A call wasn't made, because earlier calls of the command weren't answered."""


@dataclass(slots=True)
class _Call:
    """A call, including its retries."""

    begun: float
    uncertain: bool = False
    """Whether an attempt may have taken effect although it failed."""


class Patience:
    """Ends the retries of a command whose calls fail, and then the calls.

    Only calls that weren't answered, throttling and server errors count. If calls fail at the same time, their time
    counts once. An endpoint that didn't answer isn't called again after `RETRY_SECONDS`.
    """

    def __init__(self) -> None:
        self._failed: list[tuple[float, float]] = []
        """Begin and end of the failed calls. None overlaps another."""
        self._silent: set[str] = set()
        """The endpoints that didn't answer their last call."""
        self._lock = threading.Lock()
        self._thread = threading.local()

    @contextmanager
    def call(self, operation: str, endpoint: str) -> Generator[None]:
        """Make a call, including its retries. Raises NotCalledError instead if failed calls took too long."""
        self._check(operation, endpoint)
        outer: _Call | None = getattr(self._thread, "call", None)
        self._thread.call = call = _Call(waiting.now())
        try:
            yield
        except Exception as error:
            if call.uncertain:
                mark_uncertain(error)
            if is_unanswered(error) or is_uncertain(error) or is_throttled(error):
                self._add(call)
            if is_unanswered(error):
                with self._lock:
                    self._silent.add(endpoint)
            raise
        finally:
            # The credentials for a call can need a call of their own.
            self._thread.call = outer
        with self._lock:
            self._silent.discard(endpoint)

    def _check(self, operation: str, endpoint: str) -> None:
        spent = self._spent()
        with self._lock:
            silent = endpoint in self._silent
        if spent >= STOP_SECONDS or (silent and spent >= RETRY_SECONDS):
            which = endpoint if silent else "other endpoints of AWS"
            raise NotCalledError(
                f"{operation} wasn't called because {which} didn't answer before. Check the network and --region."
            )

    def _spent(self, call: _Call | None = None) -> float:
        """Return the seconds of failed calls, with those of the current call."""
        now = waiting.now()
        with self._lock:
            self._failed = [(begin, end) for begin, end in self._failed if end > now - WINDOW_SECONDS]
            failed = merged(self._failed, (call.begun, now)) if call else self._failed
        return sum(end - begin for begin, end in failed)

    def _add(self, call: _Call) -> None:
        with self._lock:
            self._failed = merged(self._failed, (call.begun, waiting.now()))

    def register(self, client: Any) -> None:
        """Handle the attempts of a client's calls."""

        def end(
            *,
            operation: "OperationModel",
            response: tuple[Any, Object] | None = None,
            caught_exception: Exception | None = None,
            **_: Any,
        ) -> None:
            call: _Call = self._thread.call
            if caught_exception:
                call.uncertain |= is_uncertain(caught_exception)
                self._add(call)
                if self._spent() >= RETRY_SECONDS:
                    raise caught_exception
            elif response and "Error" in response[1]:
                code = response[1]["Error"].get("Code", "")
                error: Exception = client.exceptions.from_code(code)(response[1], operation.name)
                call.uncertain |= is_uncertain(error)
                if self._spent(call) >= RETRY_SECONDS:
                    raise error

        client.meta.events.register("needs-retry", end)


def is_unanswered(error: BaseException) -> bool:
    """Tell if an endpoint didn't answer a call, or could not be reached."""
    from botocore import exceptions

    return isinstance(error, (exceptions.ConnectionError, exceptions.HTTPClientError))


def merged(intervals: list[tuple[float, float]], new: tuple[float, float]) -> list[tuple[float, float]]:
    """Add an interval to intervals that don't overlap, and merge those that overlap it."""
    apart = [(begin, end) for begin, end in intervals if end < new[0] or begin > new[1]]
    overlapping = [new, *(each for each in intervals if each not in apart)]
    return [*apart, (min(begin for begin, _ in overlapping), max(end for _, end in overlapping))]
