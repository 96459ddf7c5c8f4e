"""The output of commands that read a project: `check` in each format, `next` and the reading of `review`."""

import contextlib
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import typer.main

from ops.command_line import app
from ops.commands.review import review_of
from ops.pricing.costs import Assumptions
from ops.project import Project
from ops.review.markdown import markdown
from ops.review.page import blocks

_COMMAND = typer.main.get_command(app)
NOW = datetime(2026, 11, 26, tzinfo=UTC)
COMMANDS: Sequence[Sequence[str]] = (
    ("check",),
    ("check", "--format", "sarif"),
    ("next", "--stack", "test", "-n", "2", "--from", "2026-11-26T00:00:00Z"),
)


class UnexpectedError(Exception):
    """A command did something else than print its result or a message."""


def problems_of(project: Path, good: Path, commands: Sequence[Sequence[str]] = COMMANDS) -> bool:
    """Run the commands on a project. Whether the configuration is accepted.

    Raises anything that a command raises, and UnexpectedError for an exit code or an output that is not allowed.

    Args:
        project: The folder of the project.
        good: The folder of a valid version, for `review`.
        commands: The words of each command.
    """
    codes: list[int] = []
    with contextlib.chdir(project):
        for words in commands:
            code, text = _output_of(lambda words=words: _main(words))
            if code not in (0, 1) or (code == 1 and not text.strip()):
                raise UnexpectedError(f"{' '.join(words)} ended with {code}: {text[-500:]}")
            codes.append(code)
    reviews = [
        review_of("test", _project(good), _project(project), NOW, Assumptions()),
        review_of("test", _project(project), _project(good), NOW, Assumptions()),
    ]
    markdown(blocks(reviews, Assumptions())).encode()
    return codes[0] == 0


def _main(words: Sequence[str]) -> int:
    try:
        # Click returns the code of an exit.
        return cast("int | None", _COMMAND.main(list(words), prog_name="ops", standalone_mode=False)) or 0
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except typer.Exit as ended:
        return ended.exit_code


def _output_of(main: Callable[[], Any]) -> tuple[int, str]:
    """The exit code, and what a terminal gets."""
    buffer = io.BytesIO()
    out = io.TextIOWrapper(buffer, encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = cast("int | None", main()) or 0
    return code, buffer.getvalue().decode()


def _project(folder: Path) -> Project:
    return Project(folder, "scheduled-tasks")
