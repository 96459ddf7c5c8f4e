"""Options that the subcommands of `import` share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from components.schedules import known_timezone, nearest_timezones

from .. import NAME
from ..creation import questions
from ..importing.importing import Target

DEFAULT_FOLDER = Path("config/tasks")


def _timezone(name: str | None) -> str | None:
    if name is None or known_timezone(name):
        return name
    near = nearest_timezones(name)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise typer.BadParameter(f'"{name}" isn\'t an IANA time zone such as Europe/Berlin.{hint}')


PathsArgument = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders with such files.")]
ImageOption = Annotated[str | None, typer.Option("--image", help="Container image of the commands.")]
TimezoneOption = Annotated[
    str | None,
    typer.Option("--timezone", callback=_timezone, help="IANA time zone of schedules that don't name one."),
]
ToOption = Annotated[Path, typer.Option("--to", help="The folder for the tasks' files.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show the result, and write nothing.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace existing files of tasks.")]
AcceptOption = Annotated[
    bool,
    typer.Option(
        "--accept-differences",
        help="Also write tasks that differ from the source only at clock changes, or where two of their schedules have "
        "the same time. A comment lists these times.",
    ),
]
SecretOption = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        help="VARIABLE=VALUE for a variable whose value is in a Secret. The value is the ARN of a secret, or the "
        "name of an SSM parameter such as /prod/password. Repeat it for several.",
    ),
]
LeaveOutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--leave-out",
        help="A key that isn't possible and that you don't need, or `all`. It no longer causes exit code 1. Repeat it "
        "for several.",
    ),
]


def secret_values(given: Sequence[str]) -> dict[str, str]:
    """The values of --secret by variable."""
    return pairs(given, "--secret", "VARIABLE=VALUE, such as PASSWORD=/prod/password")


def pairs(given: Sequence[str], option: str, form: str) -> dict[str, str]:
    """The values of an option that is NAME=VALUE, by name."""
    found = [pair.partition("=") for pair in given]
    if any(not name or not value for name, _, value in found):
        raise typer.BadParameter(f"Write {form}.", param_hint=option)
    return {name: value for name, _, value in found}


def check_image(image: str | None) -> None:
    """Refuse an --image that is none."""
    try:
        if image is not None:
            questions.image(image)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--image") from None


def target_of(to: Path, word: str, *, force: bool, accept_differences: bool) -> Target:
    """The files to write. `word` is the subcommand."""
    schema = (to.parent / "schema.json").exists()
    return Target(to, force, accept_differences, schema, f"{NAME} import {word}")
