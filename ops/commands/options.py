"""Options that several commands share, and how they select a deployment."""

import getpass
import os
import re
import shlex
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer

from components.schedules import durations

from .. import NAME
from ..aws import errors
from ..aws.deployment import Deployment, find, find_stack
from ..aws.session import Aws
from ..default_stack import RULE, default_stack
from ..errors import FAILED, INTERRUPTED, MISTYPED, OpsError
from ..local_sandbox import CHOSEN
from ..output import completing, fail, note, note_traceback
from ..project import Project, project_or_none


def _task(name: str) -> str:
    """Refuse an empty name, such as an unset shell variable."""
    if not name:
        raise typer.BadParameter("The name is empty. Pass the name of a task.")
    return name


TaskArgument = Annotated[str, typer.Argument(help="Name of the task.", callback=_task)]
StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack",
        "-s",
        help=f"Name of the stack. {RULE}. Without a project, the only stack in the account and Region.",
    ),
]
GroupOption = Annotated[
    str | None, typer.Option("--group", help="Name of the schedule group, for a stack of another project.")
]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="AWS profile.")]
RegionOption = Annotated[
    str | None,
    typer.Option("--region", help="AWS Region. Default: the Region of the stack, then that of the AWS configuration."),
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Also show the traceback of an error.")]


_COMMAND = re.compile(
    rf"\b{NAME} (dead-letters (?:list|show|redrive|delete)|doctor|history|resume|run|status)\b(?![^.\n]* --stack )"
)
"""A command for a deployment in a text that doesn't know how the user selected it."""


@dataclass(frozen=True, slots=True)
class Where:
    """The deployment that the options select."""

    stack: str | None
    group: str | None
    profile: str | None
    region: str | None
    debug: bool = False

    def deployment(self) -> Deployment:
        """Find the deployment, and tell the user if it is a default. Raises OpsError if there is none."""
        if self.stack and self.group:
            raise OpsError("Pass --stack or --group, not both.", MISTYPED)
        here = None if self.group else project_or_none()
        if not self.stack and not self.group and (default := default_stack(here, os.environ)):
            note(default.sentence)
            return replace(self, stack=default.name)._found(here)
        return self._found(here)

    def _found(self, here: Project | None) -> Deployment:
        """Find the deployment. `here` is the project of the current folder."""
        aws = self.connect()
        if self.stack:
            return find(aws, here.names(self.stack).schedule_group) if here else find_stack(aws, self.stack)
        found = find(aws, self.group)
        if not self.group:
            note(f"Using {found.name}, the only stack in {found.region} of account {found.account_id}.")
        return found

    def command(self, *words: str) -> str:
        """A command line for the same deployment, for messages."""
        given = (
            ("--stack", self.stack),
            ("--group", self.group),
            ("--profile", self.profile),
            ("--region", self.region),
        )
        options = [word for option, value in given if value for word in (option, value)]
        program = [NAME, "--sandbox"] if CHOSEN in os.environ else [NAME]
        return shlex.join([*program, *words, *options])

    def completed(self, text: str) -> str:
        """Add the options that select the deployment to the commands in a text, right after their names."""
        return _COMMAND.sub(lambda found: self.command(*found[1].split()), text)

    def connect(self) -> Aws:
        """Connect to AWS."""
        here = project_or_none() if self.stack and not self.region else None
        return Aws(self.profile, self.region or (here.region(self.stack) if here and self.stack else None), note)


def stack_of(deployment: Deployment) -> tuple[Project, str] | None:
    """The project of the current folder and the stack of a deployment, if the project has its file."""
    here = project_or_none()
    stacks = here.stacks if here else ()
    names = (name for name in stacks if here and here.names(name).schedule_group == deployment.name)
    return next(((here, name) for name in names if here), None)


def ago(text: str) -> datetime:
    """The time before now by a duration. Raises BadParameter for an invalid duration."""
    try:
        return datetime.now(UTC) - durations.delta(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from None
    except OverflowError:
        raise typer.BadParameter(f"{text} is too long: the time is before the year 1.", param_hint="--since") from None


def person() -> str:
    """The name of the local user; `unknown` if there is none, for example in a container."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@contextmanager
def reached(where: Where, exit_code: int = FAILED) -> Generator[Deployment]:
    """Find the deployment. Any error from here on ends the command with one line.

    `exit_code` applies to errors without an exit code of their own.
    """
    with completing(where.completed), explained(debug=where.debug, exit_code=exit_code):
        yield where.deployment()


@contextmanager
def explained(*, debug: bool, exit_code: int = FAILED) -> Generator[None]:
    """End the command with one line if AWS or an argument causes an error."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except OpsError as error:
        _end(str(error), exit_code if error.exit_code is None else error.exit_code, debug=debug)
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        _end(line, exit_code, debug=debug)


def _end(message: str, exit_code: int, *, debug: bool) -> NoReturn:
    if debug:
        note_traceback()
    fail(message, exit_code)
