"""`policies`: writes the IAM policies for the roles that deploy and preview a stack."""

from pathlib import Path
from typing import Annotated

import typer

from components.aws import patterns

from ..deployer.documents import PARTS, files
from ..deployer.stack import parts_of, place_of
from ..output import fail, say, write_file
from ..planning.plans import DEFAULT_STACK, PROJECT_NAME, stack_region
from .options import stack_config
from .planning import StackOption

app = typer.Typer()


@app.command()
def policies(
    account: Annotated[str, typer.Option("--account", help="The AWS account that the stack is deployed to.")],
    stack: StackOption = DEFAULT_STACK,
    region: Annotated[str | None, typer.Option("--region", help="AWS Region. Default: that of the stack.")] = None,
    folder: Annotated[Path, typer.Option("--to", help="The folder for the files.")] = Path("policies"),
) -> None:
    """Write the IAM policies for the roles that deploy and preview a stack, from its configuration. Calls no AWS."""
    if not patterns.ACCOUNT.fullmatch(account):
        fail(f'--account: "{account}" is not an AWS account. Use its 12 digits.')
    region = region or stack_region(stack) or fail(f"Stack {stack} sets no aws:region. Pass --region.")
    config = stack_config(stack)
    try:
        where = place_of(config, prefix=f"{PROJECT_NAME}-{stack}", region=region, account_id=account)
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
