"""What all tests have in common."""

import gc
import os

# Its pytest plugin loads the rest of it when the session ends. Python 3.11 may then fail to read the source, if it
# collects the garbage of programs on mocks at that moment (python/cpython issue 106905).
import hypothesis
import pytest

from sandbox import aws_models

__all__ = ["hypothesis"]


# Before moto is loaded, which looks into the models.
aws_models.share()

ENGINE_TIMEOUT = 240
"""Seconds that a test on the engine may take on a busy machine; most need 3. pyproject.toml has the limit of the other
tests, and of what the signal can't interrupt."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("engine") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(ENGINE_TIMEOUT))


def pytest_xdist_auto_num_workers() -> int:
    # One more than there are cores: tests on the engine wait for other processes.
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    # What is loaded stays: to look for garbage in it again and again would take a fifth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)
