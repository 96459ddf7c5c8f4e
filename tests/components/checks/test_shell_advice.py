"""Warnings about shell scripts whose exit code hides a failure. Real shells judge them."""

import shutil
import subprocess

import pytest

from components.checks.shell_advice import Script, hidden_failures, script_in

from .test_advice import warned
from .test_likely_mistakes import IMAGE, said

HIDDEN = "has a pipeline, whose exit code is that of its last command."
LOST = "runs commands one after the other, and its exit code is that of the last one."


def warnings(script: str) -> list[str]:
    return list(hidden_failures(script, Script(2)))


def exit_code(script: str) -> int:
    return subprocess.run(["sh", "-c", script], capture_output=True, check=False).returncode


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
        "set -e; false | cat",
    ],
)
def test_a_failure_in_a_pipeline_is_hidden(script: str):
    """POSIX: Shell Command Language, section 2.9.2, "Pipelines": "the exit status shall be the exit status of the last
    command specified in the pipeline"."""
    assert exit_code(script) == 0
    [found] = warnings(script)
    assert found.startswith(HIDDEN)


@pytest.mark.parametrize(
    "script",
    [
        "false; true",
        "false\ntrue\n",
        "  false ;\n true;",
        "echo begin; false; echo end",
        "echo $(false); false; true",
        "X=$(false); true",
        "export X=`false`; echo end",
        "false # && exit 3\ntrue",
        "echo 'set -e'; false; true",
        "cd /missing 2> /dev/null; true",
        "false || true; false; true",
        "true && false; true",
    ],
)
def test_a_failure_before_the_last_command_is_hidden(script: str):
    """POSIX: Shell Command Language, section 2.9.3, "Lists", "Sequential Lists": "the exit status shall be the exit
    status of the last command in the list"."""
    assert exit_code(script) == 0
    [found] = warnings(script)
    assert found.startswith(LOST)


@pytest.mark.parametrize(
    "script",
    [
        "false || exit 3",
        "exit 3 # | cat",
        "exit 3 # ; true",
        "echo '|;' && exit 3",
        'echo "a | \\" b | c; d" && exit 3',
        "echo a\\|b\\;c && exit 3",
        "echo a >| /dev/null && exit 3",
        "case b in a|b) exit 3;; esac",
        "exit 3",
        "(exit 3);",
        "set -e; (exit 3); true",
        "set -eu\n(exit 3)\ntrue",
        "set -o errexit; (exit 3); true",
        "set -u -e; (exit 3); true",
        "echo $HOME; umask 077; exit 3",
        "false || exit 3; true",
        "if true; then exit 3; fi",
        "for x in a b; do exit 3; done",
        "f() { false; exit 3; }; f",
        "true; code=3; false; exit $((code - $? + 1))",
        "trap 'exit 3' EXIT; true",
        "sh << 'END'\ntrue\nexit 3\nEND\n",
        "echo a \\\n; exit 3",
    ],
)
def test_a_failure_of_another_script_is_not_hidden(script: str):
    assert exit_code(script) == 3
    assert warnings(script) == []


def test_options_of_the_shell_prevent_it():
    assert list(hidden_failures("false | cat", Script(2, pipefail=True))) == []
    assert list(hidden_failures("false; true", Script(2, errexit=True))) == []
    [found] = hidden_failures("false; true", Script(2, pipefail=True))
    assert found.startswith(LOST)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sh", "-c", "S"], Script(2)),
        (["/bin/bash", "-ec", "S", "name"], Script(2, errexit=True)),
        (["bash", "-e", "-c", "S"], Script(3, errexit=True)),
        (["bash", "--norc", "-c", "S"], Script(3)),
        (["bash", "-o", "errexit", "-c", "S"], Script(4, errexit=True)),
        (["bash", "-uo", "errexit", "-c", "S"], Script(4, errexit=True)),
        (["bash", "+e", "-c", "S"], Script(3)),
        (["env", "bash", "-c", "S"], Script(3)),
        (["bash", "-o", "pipefail", "-c", "S"], Script(4, pipefail=True)),
        (["bash", "-euo", "pipefail", "-c", "S"], Script(4, pipefail=True, errexit=True)),
        (["bash", "-c", "-o", "pipefail", "S"], Script(4, pipefail=True)),
        (["bash", "script.sh", "-c"], None),
        (["bash", "-c"], None),
        (["python", "-c", "S"], None),
        ([], None),
    ],
)
def test_the_script_in_a_command(words: list[str], expected: Script | None):
    assert script_in(words) == expected
    if expected is not None and shutil.which(words[0]) and "sh" in words[0]:

        def told(script: str) -> str:
            ran = [word.replace("S", script) for word in words]
            return subprocess.run(ran, capture_output=True, text=True, check=False).stdout

        assert (told("if false | true; then echo hidden; fi") == "hidden\n") == (not expected.pipefail)
        assert (told("false; echo hidden") == "hidden\n") == (not expected.errexit)


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
    [found] = said(command=["sh", "-c", "pg_dump orders > /tmp/dump; upload /tmp/dump"])
    assert found.startswith(f"command.2: {LOST}")
    assert said(command=["sh", "-ec", "pg_dump orders > /tmp/dump; upload /tmp/dump"]) == []
