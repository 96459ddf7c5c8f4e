"""Pauses between two polls or attempts. Tests replace `wait` instead of `time.sleep`, which other threads use too."""

import time


def wait(seconds: float) -> None:
    """Wait for some seconds."""
    time.sleep(seconds)
