"""Options of commands that read only the configuration. Nothing imported here calls AWS, so the commands start fast."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from components.schedules.instants import instant
from config import ConfigError, StackConfig
from config.yaml_files import YamlError

from ..default_stack import RULE, default_stack
from ..errors import FAILED, MISTYPED, OpsError
from ..output import fail, note
from ..project import NoProjectError, Project, project

PlannedStackOption = Annotated[
    str | None, typer.Option("--stack", "-s", help=f"Name of the stack in Pulumi.<stack>.yaml. {RULE}.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of columns.")]
FromOption = Annotated[str | None, typer.Option("--from", help="Start time in ISO 8601. Default: now.")]


def current_project() -> Project:
    """The project of the current folder. Ends the command if there is none."""
    try:
        return project()
    except NoProjectError as error:
        fail(str(error))


def refuse_both(stack: str | None, *, every: bool) -> None:
    """Refuse `--stack` with `--all`. Raises BadParameter."""
    if stack and every:
        raise typer.BadParameter("Pass --stack or --all, not both.", param_hint="--all")


def planned_stack(here: Project, given: str | None, exit_code: int = FAILED) -> str:
    """The stack whose configuration a command reads, with a note if it is a default.

    Ends the command if the project has several stacks, or with `exit_code` if it has none.
    """
    try:
        found = None if given else default_stack(here, os.environ)
    except OpsError as error:
        fail(str(error), MISTYPED)
    if found:
        note(found.sentence)
        return found.name
    return given or fail(f"{here.name} has no stacks: {here.folder} has no Pulumi.<stack>.yaml.", exit_code)


def stack_config(here: Project, stack: str) -> StackConfig:
    """The configuration of a stack. A problem in it ends the command."""
    try:
        return here.load(stack)
    except (ConfigError, YamlError) as error:
        fail(here.problem(stack, error))


def instant_or_now(text: str | None, option: str = "--from") -> datetime:
    """The time in an option, in UTC, or now if it isn't set. Raises BadParameter for an invalid time."""
    try:
        return instant(text) if text else datetime.now(UTC)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
