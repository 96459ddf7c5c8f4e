"""`check`: validates the configuration. It needs no engine, AWS or network."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from components.garbage import without_garbage_collection
from config import outside_links

from ..checking.findings import Checked, Checker
from ..checking.formats import FORMATS, Format
from ..output import fail, write
from .planning_options import current_project, refuse_both

app = typer.Typer(rich_markup_mode=None)


@app.command()
def check(
    stack: Annotated[str | None, typer.Option("--stack", "-s", help="Name of one stack. Default: all stacks.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All stacks with a Pulumi.<stack>.yaml (the default).")] = False,
    format_: Annotated[
        Format,
        typer.Option("--format", help="text, json, github (annotations of GitHub Actions) or sarif (code scanning)."),
    ] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="Same as --format json.")] = False,
) -> None:
    """Validate the configuration without AWS or a network.

    Exit code 1: there are problems.
    """
    refuse_both(stack, every=every)
    if as_json and format_ not in ("text", "json"):
        raise typer.BadParameter("Pass --json or --format, not both.", param_hint="--format")
    format_ = "json" if as_json else format_
    here = current_project()
    stacks = [stack] if stack else here.stacks
    if not stacks:
        fail("There are no stacks to check: the project folder has no Pulumi.<stack>.yaml.")
    if links := outside_links(here.folder):
        # The files aren't read: a message could show a part of them.
        _print_checked([Checked(None, errors=links)], format_, here.folder)
    with without_garbage_collection():
        checker = Checker(here, datetime.now(UTC))
        checked = [checker.stack(name) for name in stacks]
        if not stack and (others := checker.other_files(stacks)) != Checked(None):
            checked.append(others)
        _print_checked(checked, format_, here.folder)


def _print_checked(checked: Sequence[Checked], format_: Format, folder: Path) -> NoReturn:
    write(FORMATS[format_](checked, folder))
    raise typer.Exit(1 if any(found.errors for found in checked) else 0)
