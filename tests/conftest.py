"""What all tests have in common."""

import gc
import os

# Its pytest plugin loads the rest of it when the session ends. Python 3.11 may then fail to read the source, if it
# collects the garbage of programs on mocks at that moment (python/cpython issue 106905).
import hypothesis

from sandbox import aws_models

__all__ = ["hypothesis"]


# Before moto is imported, which reads the models.
aws_models.share_loader()


def pytest_xdist_auto_num_workers() -> int:
    # One more than there are cores: tests on the engine wait for other processes.
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    # What is loaded stays: to look for garbage in it again and again would take a fifth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)
