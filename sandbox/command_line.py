"""Options, the selection of a sandbox, and output, for all commands of the sandbox."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from ops.columns import Column, column_lines
from ops.local_sandbox import FOLDER
from ops.planning.plans import plans
from ops.project import project_at
from ops.streams import say_problem

from .announcement import INTERRUPTED
from .changes import change_lines
from .engine import PROJECT, Sandbox
from .errors import SandboxError, file_problem
from .events import STACK, Outcome
from .output import console, marked, plain, say, step, working
from .projects import example_project
from .tables import SCHEDULES, schedule_rows

T = TypeVar("T")

HOME = PROJECT / FOLDER
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint", help="URL of an emulator that is already running. Default: start one."),
]
PluginOption = Annotated[
    str, typer.Option("--plugin", help="The AWS provider: sandbox (built in) or official (Pulumi's own plugin).")
]
ExampleOption = Annotated[
    str | None, typer.Option("--example", "-e", help="Deploy an example from examples/ in its own sandbox.")
]


def home_of(example: str | None) -> Path:
    """The folder of the sandbox of an example, or of the usual one."""
    return HOME / "examples" / example if example else HOME


def sandbox_of(endpoint: str | None, plugin: str, example: str | None) -> Sandbox:
    """The sandbox that the options select. Ends the command if there is none."""
    if plugin not in ("sandbox", "official"):
        fail(f'--plugin must be sandbox or official, not "{plugin}".')
    home = home_of(example)
    project = or_fail(lambda: example_project(example, home / "project")) if example else PROJECT
    return or_fail(lambda: Sandbox(home, project, endpoint=endpoint, plugin=plugin, say=tell_progress))


def succeeded(operation: Callable[[], Outcome], interruption: str) -> Outcome:
    """Run an operation of the engine with progress. `interruption` says what to do after Ctrl-C."""
    try:
        with working():
            outcome = or_fail(operation)
    except KeyboardInterrupt:
        fail(interruption, INTERRUPTED)
    if outcome.error:
        fail(outcome.error)
    return outcome


def or_fail(action: Callable[[], T]) -> T:
    """Do something. A problem ends the command."""
    try:
        return action()
    except SandboxError as error:
        fail(str(error))
    except OSError as error:
        fail(file_problem(error))


def tell(line: str) -> None:
    """Print a line."""
    say(plain(line))


def tell_progress(line: str) -> None:
    """Print a line of progress."""
    say(step(line))


def fail(message: str, exit_code: int = 1) -> NoReturn:
    """End the command with a problem."""
    say_problem(message)
    raise typer.Exit(exit_code)


def print_next_runs(project: Path) -> None:
    """Print the next runs of a project."""
    tell_columns(SCHEDULES, schedule_rows(plans(STACK, project_at(project).load(STACK)), datetime.now(UTC)))


def tell_columns(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print rows as columns."""
    for line in column_lines(console, columns, rows):
        say(line)


def print_lines(outcome: Outcome) -> None:
    """Print a line per changed resource."""
    for line in change_lines(outcome.changed):
        say(marked(line.operation, line.text))


def print_changes(outcome: Outcome, *, preview: bool = False) -> None:
    """Print how many resources changed, or would change."""
    changed = {operation: count for operation, count in outcome.changes.items() if operation != "same"}
    counts = [f"{count} to {name}" if preview else f"{count} {name}d" for name, count in changed.items()]
    same = f"{outcome.changes.get('same', 0)} unchanged"
    tell(f"Resources: {', '.join([*counts, same] if counts else ['no changes', same])}")


def options_of(**given: str | None) -> list[str]:
    """The words of the options that are set."""
    return [word for name, value in given.items() if value for word in (f"--{name}", value)]


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
