"""Output of the sandbox's commands."""

import errno
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from rich.console import Console

from ops import streams
from sandbox import __main__ as commands
from sandbox import output
from sandbox.announcement import first_line
from sandbox.changes import Changed, Operation
from sandbox.command_line import or_fail, print_changes, print_lines, succeeded
from sandbox.errors import file_problem
from sandbox.events import Outcome, each_once
from sandbox.next_steps import interrupted

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from ops.streams import open_standard_files, output_problem, say_problem
open_standard_files()
from sandbox.output import say

for _ in range(2):
    say("x")
sys.stdout.flush()
say_problem(f"continued {output_problem()}")
"""


def test_a_command_continues_if_nobody_reads_its_output():
    """The engine waits until its events are received, so `make preview | head` must still receive them."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read().decode() == "continued \n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no file that is always full")
@pytest.mark.parametrize(
    ("redirection", "stdout", "stderr"),
    [
        (">&-", "", "continued \n"),
        (">/dev/full", "", "continued Can't write to stdout: No space left on device.\n"),
        ("2>&-", "x\nx\n", ""),
        ("2>/dev/full", "x\nx\n", ""),
        ("<&- >&- 2>&-", "", ""),
    ],
)
def test_a_command_continues_without_its_standard_files(redirection: str, stdout: str, stderr: str):
    command = ["/bin/sh", "-c", f'"$@" {redirection}', "sh", sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, stdout, stderr)


def test_an_error_of_the_operating_system_is_one_line(capsys: pytest.CaptureFixture[str]):
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", ".sandbox/lock")

    with pytest.raises(typer.Exit):
        or_fail(full)
    expected = "No space left on device: .sandbox/lock. Free disk space, then run the command again.\n"
    assert capsys.readouterr().err == expected
    assert file_problem(PermissionError(errno.EACCES, "Permission denied", "x")) == "Permission denied: x."


def test_output_that_cannot_be_written_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(commands, "app", lambda *_, **__: None)
    monkeypatch.setattr(commands, "end_on_signals", lambda: None)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    with pytest.raises(SystemExit) as ended:
        commands.main([])
    assert ended.value.code == 0
    monkeypatch.setattr(streams, "_problems", ["Can't write to stdout: No space left on device."])
    with pytest.raises(SystemExit) as ended:
        commands.main([])
    assert ended.value.code == 1
    assert capsys.readouterr().err == "Can't write to stdout: No space left on device.\n"


def test_a_signal_ends_a_command_with_the_code_of_shells(monkeypatch: pytest.MonkeyPatch):
    handlers: dict[int, Callable[[int, None], None]] = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    output.end_on_signals()
    for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        with pytest.raises(SystemExit) as ended:
            handlers[number](number, None)
        assert ended.value.code == code


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
    print_changes(Outcome(changes), preview=preview)
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
    print_changes(Outcome({"same": 49}))
    assert words in capsys.readouterr().out
    print_changes(Outcome({"create": 1, "same": 48}))
    assert words not in capsys.readouterr().out


def test_the_first_line_precedes_the_imports_of_libraries():
    """They take a second or more."""
    code = "import sys\nimport sandbox.announcement\nprint([name for name in ('pulumi', 'rich', 'typer', 'boto3') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    text = (ROOT / "sandbox" / "__main__.py").read_text()
    assert text.index("\n    announce()") < text.index("\nimport typer")
    assert first_line(["preview"]) == "Previewing the changes of stack local"
    assert first_line(["up", "--example", "sidecar"]) == "Deploying stack local"
    assert first_line(["up", "--help"]) == first_line(["status"]) == first_line([]) == ""


@pytest.mark.parametrize("terminal", [True, False])
def test_changes_have_colors_on_a_terminal_only(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(
        output,
        "console",
        Console(soft_wrap=True, force_terminal=terminal, color_system="standard" if terminal else None),
    )
    urn = "urn:pulumi:local::scheduled-tasks::aws:sqs/queue:Queue::a\x1b[31m"
    operations: tuple[Operation, ...] = ("create", "update", "replace", "delete")
    print_lines(Outcome(changed=[Changed(operation, urn) for operation in operations]))
    shown = capsys.readouterr().out
    plain = ["  +  a: queue created", "  ~  a: queue updated", "  +- a: queue replaced", "  -  a: queue deleted"]
    if terminal:
        colors = zip(plain, (32, 33, 35, 31), strict=True)
        assert shown.splitlines() == [f"\x1b[{color}m{line}\x1b[0m" for line, color in colors]
    else:
        assert shown.splitlines() == plain


def test_a_line_of_progress_is_printed_unchanged_without_a_terminal(capsys: pytest.CaptureFixture[str]):
    for line in ("  create   aws:sqs/queue:Queue [bold]a", "", "  warning: x"):
        output.say(output.step(line))
    assert capsys.readouterr().out == "  create   aws:sqs/queue:Queue [bold]a\n\n  warning: x\n"
    assert output.step("  delete   a").spans[0].style == "red"
    assert output.step("delete a").spans == []


def test_ctrl_c_says_what_to_do(capsys: pytest.CaptureFixture[str]):
    def stop() -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as ended:
        succeeded(stop, interrupted("up", []))
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == (
        "Interrupted. The next command starts with an empty sandbox. To deploy, run: make up. "
        "To delete everything, run: make down\n"
    )
    assert interrupted("preview", []) == "Interrupted. Nothing was changed. To see the changes, run: make preview"
    assert interrupted("destroy", ["--example", "a b"]) == (
        "Interrupted. To delete the rest, run: python -m sandbox destroy --example 'a b'"
    )
    assert interrupted("up", ["--endpoint", "http://127.0.0.1:1"]).startswith("Interrupted. Resources that exist stay.")
