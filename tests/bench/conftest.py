"""Benchmarks in this process."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Enable the garbage collector again, which the program disables."""
    was_enabled = gc.isenabled()
    yield
    if was_enabled:
        gc.enable()
