"""Commands with standard files that are closed or full."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from ops.streams import STDOUT, continuing

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no file that is always full")
FULL = "Can't write to stdout: No space left on device.\n"
SCRIPT = """
from ops.columns import Column
from ops.output import note, print_json_line, results, say, write
from ops.streams import output_problem, say_problem

for _ in range(2):
    say("x")
    results.say_colored("x")
    results.say_columns([Column("X")], [["x"]])
    write("x")
    print_json_line({})
say_problem(f"continued {output_problem()}")
"""


def run(redirection: str, *arguments: str) -> tuple[int, str, str]:
    command = ["/bin/sh", "-c", f'"$@" {redirection}', "sh", sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("check", "-s", "dev"), ("check", "-s", "dev", "--format", "sarif"), ("next", "-s", "dev"), ("--help",)],
)
def test_a_command_says_that_its_output_cannot_be_written(arguments: tuple[str, ...]):
    """Without a traceback, and not as a success, because a file such as `review.md` is incomplete."""
    assert run(">/dev/full", "-m", "ops", *arguments) == (1, "", FULL)


@pytest.mark.parametrize("redirection", [">&-", "<&- >&- 2>&-"])
def test_a_command_needs_no_standard_files(redirection: str):
    assert run(redirection, "-m", "ops", "check", "-s", "dev") == (0, "", "")


def test_the_result_is_complete_if_stderr_is_full():
    script = "from ops.output import note, write; note('x'); from ops.streams import output_problem as p; write(p())"
    assert run("2>/dev/full", "-c", script) == (0, "Can't write to stderr: No space left on device.", "")


def test_a_command_continues_if_its_output_cannot_be_written():
    """For example, a redrive has started a run and must still delete the message."""
    assert run(">/dev/full", "-c", SCRIPT) == (0, "", f"continued {FULL}")


def test_errors_of_other_files_are_not_errors_of_output():
    for error in (OSError(errno.ENOSPC, "full", "config.yaml"), ConnectionResetError(errno.ECONNRESET, "reset")):
        with pytest.raises(OSError, match=error.strerror), continuing(STDOUT):
            raise error
