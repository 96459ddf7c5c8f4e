"""`policies`: writes the IAM policies for the roles that deploy and preview a stack."""

import re
from pathlib import Path
from typing import Annotated

import typer

from components.aws import patterns

from ..deployer.documents import PARTS, files
from ..deployer.existing_roles import role_files, unknown_roles
from ..deployer.key_policies import key_files
from ..deployer.stack import parts_of, place_of
from ..output import fail, note, print_json, say, write_file
from .planning_options import JsonOption, PlannedStackOption, current_project, planned_stack, stack_config

app = typer.Typer(rich_markup_mode=None)


@app.command()
def policies(
    account: Annotated[str, typer.Option("--account", help="The AWS account that the stack is deployed to.")],
    stack: PlannedStackOption = None,
    region: Annotated[str | None, typer.Option("--region", help="AWS Region. Default: that of the stack.")] = None,
    folder: Annotated[Path, typer.Option("--to", help="The folder for the files.")] = Path("policies"),
    as_json: JsonOption = False,
) -> None:
    """Write the IAM policies of the roles that deploy a stack. It also writes those of the roles that preview it, and
    the policies of the existing roles and KMS keys that the configuration names. The policies follow from the
    configuration, so the command doesn't call AWS."""
    if not re.fullmatch(patterns.ACCOUNT, account):
        raise typer.BadParameter(f'"{account}" is not an AWS account. Use its 12 digits.', param_hint="--account")
    here = current_project()
    stack = planned_stack(here, stack)
    region = region or here.region(stack) or fail(f"Stack {stack} sets no aws:region. Pass --region.")
    config = stack_config(here, stack)
    try:
        where = place_of(config, prefix=here.names(stack).prefix, region=region, account_id=account)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--region") from None
    needed = parts_of(config)
    own = {name: text for name, text in files(where).items() if PARTS[name] in needed}
    written = {
        folder / name: text
        for name, text in {**own, **role_files(config, where), **key_files(config, where.account)}.items()
    }
    for file, text in written.items():
        _create_folder(file.parent)
        write_file(file, text)
        if not as_json:
            say(f"Wrote {file}.")
    if unknown := unknown_roles(config):
        note(
            "The configuration doesn't name the roles of existing task definitions. To the PassRoles statement of the "
            f"existing roles, add the task role and the execution role of: {', '.join(unknown)}."
        )
    if as_json:
        print_json({"stack": stack, "files": list(map(str, written))})


def _create_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"Can't create {folder}: {error.strerror}.")
