"""What the sandbox's commands print."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TALKS = """
import sys
from sandbox.__main__ import _say

for _ in range(2):
    _say("x")
sys.stderr.write("went on")
"""


def test_what_is_under_way_goes_on_where_nobody_reads_any_more():
    """The engine waits until its events are taken: `make preview | head` must not wait with it."""
    with subprocess.Popen(
        [sys.executable, "-c", TALKS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read().decode() == "went on"
