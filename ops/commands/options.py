"""Options that commands have in common, and the way from them to what is deployed."""

import getpass
import shlex
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer

from components.aws.names import GroupNames
from components.schedules import durations
from components.schedules.of_task import instant
from config import ConfigError, StackConfig
from config.yaml_files import YamlError

from ..aws import errors
from ..aws.deployment import Deployment, find
from ..aws.session import Aws
from ..errors import FAILED, INTERRUPTED, OpsError
from ..output import fail
from ..planning.plans import PROJECT_NAME, known_stacks, load_stack, stack_problem, stack_region

TaskArgument = Annotated[str, typer.Argument(help="Name of the task.")]
StackOption = Annotated[
    str | None,
    typer.Option("--stack", "-s", help="Name of the stack. Default: the only one of the account and Region."),
]
GroupOption = Annotated[
    str | None, typer.Option("--group", help="Name of the schedule group, where its stack is not one of this project.")
]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="Profile of AWS's configuration.")]
RegionOption = Annotated[
    str | None, typer.Option("--region", help="Region. Default: the stack's, then as AWS's tools choose it.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
FromOption = Annotated[str | None, typer.Option("--from", help="ISO 8601 instant to count from. Default: now.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error as well.")]


@dataclass(frozen=True, slots=True)
class Where:
    """Where the options say that something is deployed."""

    stack: str | None
    group: str | None
    profile: str | None
    region: str | None
    debug: bool = False

    def deployment(self) -> Deployment:
        """What is deployed there. Raises OpsError where nothing is."""
        if self.stack and self.group:
            raise OpsError("name a stack, or a schedule group, not both.")
        group = stack_group(self.stack) if self.stack else self.group
        return find(self.connect(), group)

    def command(self, *words: str) -> str:
        """Another command for the same place, to be copied."""
        given = (
            ("--stack", self.stack),
            ("--group", self.group),
            ("--profile", self.profile),
            ("--region", self.region),
        )
        options = [word for option, value in given if value for word in (option, value)]
        return shlex.join(["python", "-m", "ops", *words, *options])

    def connect(self) -> Aws:
        """The way to AWS."""
        return Aws(self.profile, self.region or (stack_region(self.stack) if self.stack else None))


def stack_group(stack: str) -> str:
    """The schedule group of a stack of this project."""
    return GroupNames(f"{PROJECT_NAME}-{stack}").schedule_group


def stack_of(deployment: Deployment) -> str | None:
    """The stack that something was deployed from, where its file is here."""
    return next((name for name in known_stacks() if stack_group(name) == deployment.name), None)


def ago(text: str) -> datetime:
    """The instant that lies so far back. Raises BadParameter for what is no duration."""
    try:
        return datetime.now(UTC) - durations.delta(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from None
    except OverflowError:
        raise typer.BadParameter(f"{text} ago is before all times.", param_hint="--since") from None


def person() -> str:
    """Who calls, as this machine knows them; `unknown` where it does not, as in a container."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@contextmanager
def reached(where: Where, exit_code: int = FAILED) -> Generator[Deployment]:
    """What is deployed there; what goes wrong from here on ends the command with one line, and with `exit_code` where
    the error has none of its own."""
    with explained(debug=where.debug, exit_code=exit_code):
        yield where.deployment()


@contextmanager
def explained(*, debug: bool, exit_code: int = FAILED) -> Generator[None]:
    """Ends the command with one line for an error of AWS, or of the person who called."""
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
        traceback.print_exc()
    fail(message, exit_code)


def stack_config(stack: str) -> StackConfig:
    """The configuration of a stack; what is wrong with it ends the command."""
    try:
        return load_stack(stack)
    except (ConfigError, YamlError) as error:
        fail(stack_problem(stack, error))


def instant_or_now(text: str | None) -> datetime:
    """What `--from` says: an instant, or now where it is not given."""
    try:
        return instant(text) if text else datetime.now(UTC)
    except ValueError as error:
        fail(f"--from: {error}")
