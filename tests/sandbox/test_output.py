"""Output of the sandbox's commands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.__main__ import _print_changes
from sandbox.events import Outcome, each_once

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from sandbox.__main__ import _say

for _ in range(2):
    _say("x")
sys.stderr.write("continued")
"""


def test_a_command_continues_if_nobody_reads_its_output():
    """The engine waits until its events are received, so `make preview | head` must still receive them."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read().decode() == "continued"


@pytest.mark.parametrize(
    ("changes", "preview", "expected"),
    [
        ({"create": 2, "same": 47}, False, "Resources: 2 created, 47 unchanged\n"),
        ({"update": 1}, True, "Resources: 1 to update, 0 unchanged\n"),
        ({"same": 49}, False, "Resources: no changes, 49 unchanged\n"),
        ({}, False, "Resources: no changes, 0 unchanged\n"),
    ],
)
def test_changes(capsys: pytest.CaptureFixture[str], changes: dict[str, int], preview: bool, expected: str):
    _print_changes(Outcome(changes), preview=preview)
    assert capsys.readouterr().out == expected


def test_each_error_is_printed_once():
    """The engine reports an error of the program again, after words of its own."""
    error = "Configuration of stack local: 1 problem\n  - tasks.a.cpu: must be an integer"
    others = ["bucket: an unhandled error occurred: no such file", "", error]
    assert each_once([error, f"an unhandled error occurred: {error}", *others]) == [error, others[0]]
    assert each_once(["an unhandled error occurred: x"]) == ["an unhandled error occurred: x"]


def test_ci_looks_for_words_that_the_command_prints(capsys: pytest.CaptureFixture[str]):
    """`.ci/run` deploys twice, and fails unless the second deployment prints these words."""
    [words] = re.findall(r'grep -q "(.*?)"', (ROOT / ".ci" / "run").read_text())
    _print_changes(Outcome({"same": 49}))
    assert words in capsys.readouterr().out
    _print_changes(Outcome({"create": 1, "same": 48}))
    assert words not in capsys.readouterr().out
