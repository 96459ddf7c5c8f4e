"""Idempotent RunTask requests, which moto lacks: the same client token starts a task once.

AWS: Amazon ECS API reference, "Ensuring idempotency": a client token is up to 64 ASCII characters in the range of
33-126, applies to one cluster, and is known for 24 hours. ECS forgets it earlier, an hour after the end of its tasks.
moto doesn't keep that time.
"""

import json
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException, InvalidParameterException

_KNOWN = timedelta(hours=24)
_STORE = "_scheduled_tasks_client_tokens"
_ONE_AT_A_TIME = threading.RLock()
"""A second request with the same token waits for the answer to the first."""
_TOKEN = re.compile(r"[!-~]{1,64}")


def run_once(response: Any, run_task: Callable[[], ActionResult], now: Callable[[], datetime]) -> ActionResult:
    """Answer a RunTask request, with the first answer if the client token is known.

    Args:
        response: moto's object for the request.
        run_task: Starts the tasks.
        now: The current time, with a time zone.
    """
    token: str | None = response._get_param("clientToken")
    if token is None:
        return run_task()
    with _ONE_AT_A_TIME:
        return _run_once(response, token, run_task, now)


def _run_once(
    response: Any, token: str, run_task: Callable[[], ActionResult], now: Callable[[], datetime]
) -> ActionResult:
    if not _TOKEN.fullmatch(token):
        raise InvalidParameterException("The client token must have 1 to 64 ASCII characters in the range of 33-126.")
    store: dict[str, tuple[str, datetime, ActionResult]] = response.ecs_backend.__dict__.setdefault(_STORE, {})
    key, request = f"{response._get_param('cluster', 'default')} {token}", _text(response)
    if key in store:
        first, at, answer = store[key]
        result: Any = answer.result
        tasks: list[Any] = result["tasks"]
        if now() < at + _KNOWN:
            if first == request:
                return answer
            # The text is AWS's: botocore ecs, ConflictException.
            arns = ", ".join(task.task_arn for task in tasks)
            raise ECSException(
                "ConflictException",
                f"The provided client token is already in use with a different RunTask request: {arns}.",
            )
    answer = run_task()
    store[key] = request, now(), answer
    return answer


def _text(response: Any) -> str:
    parameters: dict[str, Any] = json.loads(response.body or "{}")
    return json.dumps(parameters, sort_keys=True)
