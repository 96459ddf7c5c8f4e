"""Settings of all tests."""

import gc
import os
from collections.abc import Generator

# Import all of it now. Its pytest plugin does so when the session ends, and Python 3.11 then fails to read the source if
# it collects garbage at that moment (python/cpython issue 106905).
import hypothesis
import pytest

from sandbox import aws_models
from tests import referees

__all__ = ["hypothesis"]

# A random case can take any time on a busy machine. The time limit of its test still applies. The number of random cases
# is for tests that set none.
hypothesis.settings.register_profile(
    "scheduled-tasks",
    max_examples=referees.examples(100),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("scheduled-tasks")

# Before moto is imported, which reads the models.
aws_models.share_loader()

ENGINE_TIMEOUT = 240
"""Seconds that a test on the engine may take on a busy machine; most need 3. pyproject.toml has the other limits."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("engine") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(ENGINE_TIMEOUT))


def pytest_xdist_auto_num_workers() -> int:
    # One more than there are cores, because tests on the engine wait for other processes.
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    # Loaded modules and collected tests stay in memory. Scanning them for garbage would take a quarter of the time of
    # the collection, and a fifth of the time of the tests.
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 10)
        gc.enable()


def pytest_sessionfinish() -> None:
    referees.end_judge()
    # pytest then collects all garbage, to warn of exceptions in finalizers. It takes seconds, and the warnings are off.
    gc.freeze()
