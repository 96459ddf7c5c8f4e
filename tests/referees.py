"""Referees: tools outside the virtual environment that judge what the product generates, such as AWS's event matcher.

A test skips itself if its referee is missing, so that `make test` needs neither Go nor Java nor a network. In
`make test-all`, which sets REFEREES=required, a missing referee fails the test.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from sandbox.pulumi_cli import find

SETTING, REQUIRED = "REFEREES", "required"


def missing(referee: str, remedy: str) -> NoReturn:
    """Skip the test, or fail it if referees are required.

    Args:
        referee: The name of the tool, such as "Java".
        remedy: A sentence that says how to get it.
    """
    reason = f"{referee} is missing. {remedy}"
    if os.environ.get(SETTING) == REQUIRED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(name: str) -> Path:
    """The path of a program on PATH; the test is skipped or fails if it isn't installed."""
    return Path(shutil.which(name) or missing(name, "Install it."))


def pulumi() -> Path:
    """The path of the Pulumi CLI; the test is skipped or fails if it would have to be downloaded or built first."""
    root = find() or missing("The Pulumi CLI", "To get it, run: make cli")
    return root / "bin" / "pulumi"
