"""`import copilot` and `import ecschedule`: manifests of other deployment tools for ECS."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..importing.formats import copilot as copilot_format
from ..importing.formats import ecschedule as ecschedule_format
from ..importing.model import Answers, Format, Reading, Source
from ..importing.neighbors import neighbors
from .import_options import (
    DEFAULT_FOLDER,
    AcceptOption,
    DryRunOption,
    ForceOption,
    ImageOption,
    LeaveOutOption,
    PathsArgument,
    SecretOption,
    ToOption,
    check_image,
    pairs,
    secret_values,
    target_of,
)
from .import_results import run_import
from .planning_options import JsonOption

_STACK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="NAME=VALUE for a variable that the files refer to. Repeat it for several."),
]


def _region(value: str | None) -> str | None:
    if value is None or re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", value, re.ASCII):
        return value
    raise typer.BadParameter(f'"{value}" isn\'t a Region such as eu-west-1.')


def _account(value: str | None) -> str | None:
    if value is None or re.fullmatch(r"\d{12}", value, re.ASCII):
        return value
    raise typer.BadParameter(f'"{value}" isn\'t an account: its ID has 12 digits.')


def copilot(
    paths: PathsArgument,
    app: Annotated[str | None, typer.Option("--app", help="Name of the Copilot application.")] = None,
    env: Annotated[
        list[str] | None,
        typer.Option(
            "--env",
            help="An environment of the application that a manifest doesn't name. Repeat it for several.",
        ),
    ] = None,
    stack: Annotated[
        list[str] | None,
        typer.Option("--stack", help="ENVIRONMENT=STACK if the names differ. Repeat it for several."),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", callback=_region, help="Region of secrets without an ARN.")
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", callback=_account, help="Account of secrets without an ARN.")
    ] = None,
    set_: SetOption = None,
    image: ImageOption = None,
    secret: SecretOption = None,
    to: ToOption = DEFAULT_FOLDER,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each manifest of a scheduled job of AWS Copilot.

    The overrides of an environment become an entry in Pulumi.<environment>.yaml. A folder, such as copilot/, is
    searched for manifests. Addons and overrides in other files aren't read.

    Exit code 1: a task wasn't written, or a key isn't possible and --leave-out doesn't name it.
    """
    check_image(image)
    stacks = pairs(stack or [], "--stack", "ENVIRONMENT=STACK, such as prod=production")
    for name in [*stacks.values(), *(env or [])]:
        if not _STACK.fullmatch(name):
            raise typer.BadParameter(f'"{name}" isn\'t a name of letters, digits, "-", "_" and ".".')
    answers = Answers(
        image=image or "",
        secrets=secret_values(secret or []),
        values=pairs(set_ or [], "--set", "NAME=VALUE, such as TAG=7"),
        app=app or "",
        environments=tuple(env or ()),
        stacks=stacks,
        region=region or "",
        account=account or "",
    )
    target = target_of(to, "copilot", force=force, accept_differences=accept_differences)
    patterns = ("manifest.yml", "manifest.yaml")
    read = _with_neighbors(copilot_format.read)
    run_import(read, paths, patterns, answers, target, leave_out or [], dry_run=dry_run, as_json=as_json)


def _with_neighbors(read: Format) -> Format:
    """A format that also reports the folders beside a manifest which Copilot reads."""

    def found(sources: Sequence[Source], answers: Answers) -> Reading:
        reading = read(sources, answers)
        reading.decisions += neighbors([Path(draft.file) for draft in reading.drafts])
        return reading

    return found


def ecschedule(
    paths: PathsArgument,
    set_: SetOption = None,
    to: ToOption = DEFAULT_FOLDER,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each rule of an ecschedule file.

    The tasks use the existing task definitions. --set gives the values of template functions such as must_env and
    tfstate: NAME is their argument.

    Exit code 1: a task wasn't written, or a key isn't possible and --leave-out doesn't name it.
    """
    answers = Answers(values=pairs(set_ or [], "--set", "NAME=VALUE, such as TAG=7"))
    target = target_of(to, "ecschedule", force=force, accept_differences=accept_differences)
    patterns = ("*.yaml", "*.yml", "*.json")
    run_import(
        ecschedule_format.read, paths, patterns, answers, target, leave_out or [], dry_run=dry_run, as_json=as_json
    )
