"""Output of the sandbox's commands."""

import subprocess
import sys
from pathlib import Path

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
