"""Retriers and catchers of errors, by AWS's rules. Pure.

AWS: Step Functions developer guide, "Handling errors in Step Functions workflows": error names, and the fields of a
retrier with their defaults.
"""

from collections.abc import Sequence
from random import Random

from components.json_values import Data

INTERVAL_SECONDS, MAX_ATTEMPTS, BACKOFF_RATE = 1, 3, 2.0
"""Defaults."""
UNCAUGHT = frozenset({"States.Runtime", "States.DataLimitExceeded"})
"""Errors that `States.ALL` doesn't match."""


def matches(named: Sequence[str], error: str) -> bool:
    """Whether the `ErrorEquals` of a retrier or a catcher match an error.

    `States.TaskFailed` matches any error but `States.Timeout`, and `States.ALL` any error but those that end an
    execution. AWS: the table of reserved error names.
    """
    if error in named:
        return True
    if error in UNCAUGHT:
        return False
    return "States.ALL" in named or ("States.TaskFailed" in named and error != "States.Timeout")


def first(handlers: Sequence[Data], error: str) -> int | None:
    """The position of the first retrier or catcher that matches an error; None if none does."""
    return next((position for position, each in enumerate(handlers) if matches(each["ErrorEquals"], error)), None)


def may_retry(retrier: Data, retries: int) -> bool:
    """Whether a retrier allows one more retry.

    Args:
        retrier: The retrier.
        retries: How often it has retried the state.
    """
    return retries < retrier.get("MaxAttempts", MAX_ATTEMPTS)


def pause(retrier: Data, retry: int, random: Random) -> float:
    """Seconds before a retry: the interval grows by the backoff rate up to `MaxDelaySeconds`, and `FULL` jitter takes a
    random part of it.

    Args:
        retrier: The retrier.
        retry: The number of its retry, from 1.
        random: Decides the jitter.
    """
    interval, rate = retrier.get("IntervalSeconds", INTERVAL_SECONDS), retrier.get("BackoffRate", BACKOFF_RATE)
    seconds = interval * rate ** (retry - 1)
    if "MaxDelaySeconds" in retrier:
        seconds = min(seconds, retrier["MaxDelaySeconds"])
    return random.uniform(0, seconds) if retrier.get("JitterStrategy") == "FULL" else float(seconds)
