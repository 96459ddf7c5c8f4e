"""Limits the time that a command waits for calls that fail again and again.

botocore retries each call on its own. A command with many calls would wait for each of them if AWS can't be reached or
throttles everything.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from components.json_values import Object

from .. import waiting

if TYPE_CHECKING:
    from botocore.model import OperationModel

SPENT_SECONDS = 20.0
"""Seconds that calls of one command may take until they fail. After that, no call is retried."""
_BEGUN = "scheduled_tasks_begun"
"""The key of the time of a call in botocore's context of that call."""


class Patience:
    """Ends a call that AWS doesn't answer, whatever attempts are left, and the retries of a command whose calls fail.

    A call without an answer ends after some seconds. Other errors, such as throttling, are retried more often, because
    their answers arrive at once. If failed calls took long enough, later calls aren't retried. An endpoint whose last
    call wasn't answered isn't called again then.
    """

    def __init__(self, seconds: float):
        """`seconds` is the time after which no other attempt is made for a call without an answer."""
        self._seconds = seconds
        self._spent = 0.0
        self._silent: dict[str, Exception] = {}
        """The error of the last call by endpoint, if it wasn't answered."""
        self._lock = threading.Lock()

    @contextmanager
    def call(self, endpoint: str) -> Generator[None]:
        """Make a call, including its retries."""
        from botocore.exceptions import HTTPClientError

        with self._lock:
            silent = self._silent.get(endpoint) if self._is_over else None
        if silent:
            raise silent
        begun = waiting.now()
        try:
            yield
        except Exception as error:
            with self._lock:
                self._spent += waiting.now() - begun
                if isinstance(error, HTTPClientError):
                    self._silent[endpoint] = error
            raise
        with self._lock:
            self._silent.pop(endpoint, None)

    @property
    def _is_over(self) -> bool:
        return self._spent >= SPENT_SECONDS

    def register(self, client: Any) -> None:
        """Handle the attempts of a client's calls."""

        def end(
            *,
            request_dict: Object,
            operation: "OperationModel",
            response: tuple[Any, Object] | None = None,
            caught_exception: Exception | None = None,
            **_: Any,
        ) -> None:
            self._end(request_dict["context"], caught_exception)
            if self._is_over and response and "Error" in response[1]:
                code = response[1]["Error"].get("Code", "")
                raise client.exceptions.from_code(code)(response[1], operation.name)

        client.meta.events.register("before-call", self._begin)
        client.meta.events.register("needs-retry", end)

    def _begin(self, *, context: Object, **_: Any) -> None:
        context[_BEGUN] = waiting.now()

    def _end(self, context: Object, error: Exception | None) -> None:
        from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

        # All attempts of a call have the same context. botocore raises the same error after its last attempt.
        timed_out = isinstance(error, (ConnectTimeoutError, ReadTimeoutError))
        unanswered = timed_out and waiting.now() - context[_BEGUN] >= self._seconds
        if error and (unanswered or self._is_over):
            raise error
