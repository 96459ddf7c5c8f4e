"""A pytest plugin that writes the outcome and duration of each test into the file that DURATIONS names."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up setup, call and teardown."""
    _seconds[report.nodeid] += report.duration
    if report.failed:
        _failed.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the file, in the process that has the reports of all workers."""
    if not hasattr(session.config, "workerinput"):
        Path(os.environ["DURATIONS"]).write_text(json.dumps({"seconds": _seconds, "failed": sorted(_failed)}), "utf-8")
