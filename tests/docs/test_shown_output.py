"""The documented commands in a terminal of 80 columns and in a pipe: no name is cut, and no line is too long.

Each command runs in a copy of this process, so that all find the same account, and none sees what another changed.
"""

import fcntl
import os
import pty
import re
import shlex
import struct
import sys
import termios
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO

import pytest
from typer.testing import CliRunner

from ops import NAME, output
from ops.board.server import BoardServer
from ops.command_line import GROUPS, app
from ops.dead_letters import queue as queues
from ops.default_stack import VARIABLE
from tests.docs.operating_page import STACK, OperatedStack, container_engine
from tests.ops.local_aws import emulated_aws
from tests.ops.terminal import WIDTH
from tests.ops.test_emergency_page import emergency

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("operating", "runbook", "quick-start")),
    *sorted((ROOT / "docs" / "guides").glob("*.md")),
]
BLOCK = re.compile(r"```(?:console|sh)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(rf"(?:\$ )?(?:\.venv/bin/)?{NAME} (.*?)(?: +#.*)?")
FOR = {"<task>": "nightly-backup", "<name>": "nightly-backup", "<stack>": STACK, "<run>": "9f3c2a7e"}
FOR["<message>"] = "5d0c7e1a"
WRITES = ("policies", "import")
"""Commands that write files, into the folder of `--to`."""
OMITTED = {"new": "It asks questions and writes files."}
LONG_WORD = 30
"""Characters. A line with a word of this length, such as an ARN, may be longer than the terminal."""
FRAMES = frozenset("│┃─━┏┓┗┛┌┐└┘┡┩├┤╇")


def commands() -> list[str]:
    lines = (line for page in PAGES for block in BLOCK.findall(page.read_text()) for line in block.splitlines())
    found = [match[1] for line in lines if (match := COMMAND.fullmatch(line.strip()))]
    for placeholder, value in FOR.items():
        found = [line.replace(placeholder, value) for line in found]
    # The account of this test isn't the sandbox's.
    found = [line.replace("--sandbox ", "") + f" --stack {STACK}" * ("--sandbox" in line) for line in found]
    return [line for line in dict.fromkeys(found) if line.split()[0] not in OMITTED]


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """An account with the stack of the pages. Returns the names of its tasks."""
    with pytest.MonkeyPatch.context() as patch, emulated_aws(patch) as cloud:
        patch.delenv(VARIABLE, raising=False)
        patch.delenv("COLUMNS", raising=False)
        patch.setattr(queues, "WAIT_SECONDS", 0)
        patch.setattr(BoardServer, "serve_forever", _interrupted)
        stack = OperatedStack(cloud)
        emergency(stack.deployed)
        folder = tmp_path_factory.mktemp("engine")
        git = os.environ["PATH"]
        container_engine(folder, patch)
        patch.setenv("PATH", f"{folder}:{git}")
        _load_everything()
        yield list(stack.deployed.config.tasks)


def _interrupted(_: object) -> None:
    """A server that is stopped at once. It would serve until Ctrl-C."""
    raise KeyboardInterrupt


def _load_everything() -> None:
    """Import all commands, and read AWS's models. Otherwise each copy of this process would do so again."""
    for group in GROUPS.values():
        for listed in group.values():
            import_module(f"ops.commands.{listed.module}")
    for command in ("status", "doctor"):
        CliRunner().invoke(app, [command, "--stack", STACK])


@dataclass(frozen=True, slots=True)
class Shown:
    """The output of a command."""

    stdout: str
    stderr: str


def run(words: list[str], stderr: Path, *, terminal: bool) -> Shown:
    """Run a command in a copy of this process."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
    child = os.fork()
    if not child:
        try:
            _become(words, theirs, stderr)
        finally:
            os._exit(1)
    os.close(theirs)
    text = _read(ours)
    os.close(ours)
    os.waitpid(child, 0)
    return Shown(text.replace("\r\n", "\n"), stderr.read_text())


def _become(words: list[str], stdout: int, stderr: Path) -> None:
    for number, target in ((0, os.open(os.devnull, os.O_RDONLY)), (1, stdout)):
        os.dup2(target, number)
    os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), _writer(1), _writer(2)
    # Other modules hold the screens, which found no terminal when they were created.
    output.results._console = output.Screen()._console
    output.notes._console = output.Screen(stderr=True)._console
    code: object = 0
    try:
        app(words, prog_name=NAME)
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _writer(number: int) -> IO[str]:
    return os.fdopen(number, "w", encoding="utf-8")


def _read(source: int) -> str:
    found = b""
    while True:
        try:
            part = os.read(source, 65536)
        except OSError:  # The terminal has no writer any more.
            part = b""
        if not part:
            return found.decode()
        found += part


def _plain(text: str) -> str:
    """The text without colors, and without the lines that a progress line replaces."""
    without = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return "\n".join(line.rsplit("\r", 1)[-1] for line in without.split("\n"))


def _folded(text: str, name: str) -> bool:
    """Whether a name continues on another line."""
    return re.sub(r"\n *", "", text).count(name) > text.count(name)


def test_the_pages_have_commands():
    found = {line.split()[0] for line in commands()}
    assert found >= {"status", "history", "logs", "run", "next", "load", "doctor", "dead-letters", "pause", "check"}


@pytest.mark.thorough
@pytest.mark.parametrize("command", commands())
def test_a_documented_command_is_legible(command: str, tasks: list[str], tmp_path: Path):
    words = [str(tmp_path / word) if word.endswith(".html") else word for word in shlex.split(command)]
    words += ["--to", str(tmp_path / "written")] if words[0] in WRITES else []
    for terminal in (True, False):
        shown = run(words, tmp_path / "stderr", terminal=terminal)
        text = _plain(shown.stdout)
        assert shown.stdout or shown.stderr
        assert "Traceback" not in shown.stdout + shown.stderr
        assert "Unexpected error" not in shown.stdout + shown.stderr
        assert not FRAMES & set(text)
        assert [name for name in tasks if _folded(text, name)] == []
        if terminal:
            too_long = [line for line in text.splitlines() if len(line.rstrip()) > WIDTH]
            assert [line for line in too_long if max(map(len, line.split())) < LONG_WORD] == []
        else:
            assert "\x1b" not in shown.stdout


def test_in_a_pipe_each_task_is_one_line_of_the_status(tasks: list[str], tmp_path: Path):
    shown = run(["status", "--stack", STACK], tmp_path / "stderr", terminal=False)
    lines = shown.stdout.splitlines()
    heading = next(number for number, line in enumerate(lines) if line.startswith("TASK "))
    assert [line.split()[0] for line in lines[heading + 1 :]] == sorted(tasks)


def test_a_terminal_has_colors_unless_no_color_is_set(
    tasks: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TERM", "xterm-256color")
    red = "\x1b[31m"
    words = ["status", "--stack", STACK]
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert red in run(words, tmp_path / "stderr", terminal=True).stdout
    assert red not in run([*words, "--json"], tmp_path / "stderr", terminal=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert red not in run(words, tmp_path / "stderr", terminal=True).stdout
