"""Pauses between two polls or attempts, and the clock that limits them.

Tests replace these functions instead of those of `time`, which other threads use too.
"""

import time


def wait(seconds: float) -> None:
    """Wait for some seconds."""
    time.sleep(seconds)


def now() -> float:
    """Return the seconds of a clock that never goes back. Only differences have a meaning."""
    return time.monotonic()
