"""`policies`: writes the IAM policies for the roles that deploy and preview a stack."""

import re
from pathlib import Path
from typing import Annotated

import typer

from components.aws import patterns
from components.aws.account import Account

from ..deployer.documents import PARTS, files
from ..deployer.existing_roles import role_files, unknown_roles
from ..deployer.key_policies import key_files
from ..deployer.pipelines import PipelineError, github, gitlab, state_files, trust_files
from ..deployer.stack import parts_of, place_of
from ..output import fail, note, print_json, say, write_file
from .planning_options import JsonOption, PlannedStackOption, current_project, planned_stack, stack_config

app = typer.Typer(rich_markup_mode=None)


@app.command()
def policies(
    account: Annotated[str, typer.Option("--account", help="The AWS account that the stack is deployed to.")],
    stack: PlannedStackOption = None,
    region: Annotated[str | None, typer.Option("--region", help="AWS Region. Default: that of the stack.")] = None,
    github_repository: Annotated[
        str | None,
        typer.Option(
            "--github",
            metavar="REPOSITORY",
            help="Also write trust policies for this GitHub repository, such as acme@1234/jobs@5678.",
        ),
    ] = None,
    gitlab_project: Annotated[
        str | None,
        typer.Option("--gitlab", metavar="PROJECT", help="Also write trust policies for this project on gitlab.com."),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="BUCKET", help="Also write policies for Pulumi's state in this S3 bucket."),
    ] = None,
    folder: Annotated[Path, typer.Option("--to", help="The folder for the files.")] = Path("policies"),
    as_json: JsonOption = False,
) -> None:
    """Write the IAM policies of the roles that deploy a stack. It also writes those of the roles that preview it, and
    the policies of the existing roles and KMS keys that the configuration names. The policies follow from the
    configuration, so the command doesn't call AWS.

    With --github or --gitlab, it writes who may assume the two roles: jobs of main and of pull requests preview, and
    the environment of the stack (GitHub) or main (GitLab) deploys. GitHub repositories that were created, renamed or
    transferred since 2026-07-15 need their IDs, as in acme@1234/jobs@5678. --state also allows the KMS key that
    encrypts the stack's secrets."""
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
    try:
        of_ci = {
            **_trust_files(github_repository, gitlab_project, stack, where.account),
            **(state_files(state, here.secrets_provider(stack), where.account) if state else {}),
        }
    except PipelineError as error:
        raise typer.BadParameter(str(error)) from None
    needed = parts_of(config)
    own = {name: text for name, text in files(where).items() if PARTS[name] in needed}
    written = {
        folder / name: text
        for name, text in {**own, **of_ci, **role_files(config, where), **key_files(config, where.account)}.items()
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


def _trust_files(
    github_repository: str | None, gitlab_project: str | None, stack: str, account: Account
) -> dict[str, str]:
    """Who may assume the roles; empty without a CI. Raises BadParameter for two, and PipelineError."""
    if github_repository and gitlab_project:
        raise typer.BadParameter("Pass --github or --gitlab, not both.", param_hint="--gitlab")
    if github_repository:
        return trust_files(github(github_repository, stack), account)
    return trust_files(gitlab(gitlab_project), account) if gitlab_project else {}


def _create_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"Can't create {folder}: {error.strerror}.")
