"""Measurements in this process: what the program turns off is on again afterwards."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The garbage collector, which the program does without."""
    collects = gc.isenabled()
    yield
    if collects:
        gc.enable()
