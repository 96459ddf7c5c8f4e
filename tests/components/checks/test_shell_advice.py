"""Warnings about shell scripts whose exit code hides a failure. Real shells judge them."""

import shutil
import subprocess

import pytest

from components.checks.shell_advice import hides_failures, script_place

from .test_advice import warned
from .test_likely_mistakes import IMAGE, said

HIDDEN = "has a pipeline, whose exit code is that of its last command."


@pytest.mark.parametrize(
    "script",
    [
        "false | cat",
        "false|cat",
        "echo 'a|b' | false | cat",
        "true && false | cat",
        "false \\\n| cat",
        "(exit 3) | cat # all of it",
        'echo "$(false)" "quoted \\" | " | cat',
    ],
)
def test_a_failure_in_a_pipeline_is_hidden(script: str):
    """POSIX: Shell Command Language, section 2.9.2, "Pipelines": "the exit status shall be the exit status of the last
    command specified in the pipeline"."""
    assert subprocess.run(["sh", "-c", script], capture_output=True, check=False).returncode == 0
    assert hides_failures(script)


@pytest.mark.parametrize(
    "script",
    [
        "false || exit 3",
        "exit 3 # | cat",
        "echo '|' && exit 3",
        'echo "a | \\" b | c" && exit 3',
        "echo a\\|b && exit 3",
        "echo a >| /dev/null && exit 3",
        "case b in a|b) exit 3;; esac",
        "exit 3",
    ],
)
def test_a_failure_of_another_script_is_not_hidden(script: str):
    assert subprocess.run(["sh", "-c", script], capture_output=True, check=False).returncode == 3
    assert not hides_failures(script)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (["sh", "-c", "S"], 2),
        (["/bin/bash", "-ec", "S", "name"], 2),
        (["bash", "-e", "-c", "S"], 3),
        (["bash", "--norc", "-c", "S"], 3),
        (["bash", "-o", "errexit", "-c", "S"], 4),
        (["bash", "-euo", "errexit", "-c", "S"], 4),
        (["env", "bash", "-c", "S"], 3),
        (["bash", "-o", "pipefail", "-c", "S"], None),
        (["bash", "-euo", "pipefail", "-c", "S"], None),
        (["bash", "-c", "-o", "pipefail", "S"], None),
        (["bash", "script.sh", "-c"], None),
        (["bash", "-c"], None),
        (["python", "-c", "S"], None),
        ([], None),
    ],
)
def test_the_place_of_the_script(words: list[str], place: int | None):
    assert script_place(words) == place
    if words and shutil.which(words[0]) and "sh" in words[0]:
        ran = [word.replace("S", "false | true; echo ran $?") for word in words]
        told = subprocess.run(ran, capture_output=True, text=True, check=False).stdout
        assert (told == "ran 0\n") == (place is not None)


def test_commands_of_tasks_schedules_and_entry_points():
    piped = "pg_dump orders | upload"
    assert said(command=["bash", "-o", "pipefail", "-c", piped]) == []
    assert said(command=["bash", "-c", f"set -euo pipefail; {piped}"]) == []
    [found] = said(command=["sh", "-c", piped])
    assert found.startswith(f"command.2: {HIDDEN}")
    [found] = said(entry_point=["sh", "-c"], command=[piped])
    assert found.startswith(f"command.0: {HIDDEN}")
    [found] = said(entry_point=["sh", "-c", piped])
    assert found.startswith(f"entry_point.2: {HIDDEN}")
    schedule = {"expression": IMAGE["schedule"], "command": ["sh", "-c", piped], "delete_after_completion": True}
    [found] = warned(schedules=[schedule])
    assert found.startswith(f"schedules.0.command.2: {HIDDEN}")
