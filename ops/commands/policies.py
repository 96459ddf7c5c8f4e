"""`policies`: writes the IAM policies for the roles that deploy and preview a stack."""

from pathlib import Path
from typing import Annotated

import typer

from components.aws import patterns

from ..deployer.documents import PARTS, files
from ..deployer.stack import parts_of, place_of
from ..output import fail, say, write_file
from ..project import DEFAULT_STACK
from .options import current_project, stack_config
from .planning import StackOption

app = typer.Typer(rich_markup_mode=None)


@app.command()
def policies(
    account: Annotated[str, typer.Option("--account", help="The AWS account that the stack is deployed to.")],
    stack: StackOption = DEFAULT_STACK,
    region: Annotated[str | None, typer.Option("--region", help="AWS Region. Default: that of the stack.")] = None,
    folder: Annotated[Path, typer.Option("--to", help="The folder for the files.")] = Path("policies"),
) -> None:
    """Write the IAM policies of the roles that deploy a stack. It also writes those of the roles that preview it. The
    policies follow from the configuration, so the command doesn't call AWS."""
    if not patterns.ACCOUNT.fullmatch(account):
        fail(f'--account: "{account}" is not an AWS account. Use its 12 digits.')
    here = current_project()
    region = region or here.region(stack) or fail(f"Stack {stack} sets no aws:region. Pass --region.")
    config = stack_config(stack)
    try:
        where = place_of(config, prefix=here.names(stack).prefix, region=region, account_id=account)
    except ValueError as error:
        fail(f"--region: {error}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"Can't create {folder}: {error.strerror}.")
    needed = parts_of(config)
    for name, text in files(where).items():
        if PARTS[name] in needed:
            write_file(folder / name, text)
            say(f"Wrote {folder / name}.")
