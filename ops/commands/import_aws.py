"""`import aws`, `import cloudformation` and `import terraform`: rules and schedules of AWS."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ..importing.aws.mapping import Origin, reading_of
from ..importing.aws.records import origins_of
from ..importing.formats import cloudformation as cloudformation_format
from ..importing.formats import terraform as terraform_format
from ..importing.importing import Imported
from ..importing.model import Answers, Reading
from ..importing.record import record_file, write_record
from .import_options import (
    DEFAULT_FOLDER,
    AcceptOption,
    DryRunOption,
    ForceOption,
    LeaveOutOption,
    PathsArgument,
    ToOption,
    pairs,
    target_of,
)
from .import_results import run_import, run_reading
from .options import ProfileOption, RegionOption, Where, explained
from .planning_options import JsonOption

_BOTH_RUN = (
    "The old rules and schedules still start runs. Deploy the new tasks with `enabled: false`, and then run: "
    "scheduled-tasks import cut-over"
)
ExpandOption = Annotated[
    bool,
    typer.Option(
        "--expand",
        help="Rewrite task definitions into keys, instead of keeping them. Fails for members without a key.",
    ),
]
ContainerOption = Annotated[
    str | None,
    typer.Option("--container", help="Name of the main container, for task definitions with several."),
]


def aws(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Names of rules and schedules, also with *. Default: all."),
    ] = None,
    expand: ExpandOption = False,
    container: ContainerOption = None,
    to: ToOption = DEFAULT_FOLDER,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each rule and schedule of an account that starts ECS tasks.

    Reads the rules of all event buses, the schedules of all schedule groups, and their task definitions, in one Region.
    It changes nothing in AWS. The file imported.json beside the folder of the tasks records where they come from.

    Exit code 1: a call failed, a task wasn't written, or something isn't possible and --leave-out doesn't name it.
    """
    from ..importing.aws.live import read_account

    where = Where(None, None, profile, region)
    answers = Answers(container=container or "", expand=expand)
    target = target_of(to, "aws", force=force, accept_differences=accept_differences)
    origins: list[Origin] = []

    def read() -> Reading:
        reading, found = reading_of(read_account(where.connect(), names or [], expand=expand), answers)
        origins.extend(found)
        if found:
            reading.remarks.append(_BOTH_RUN)
        return reading

    def written(tasks: Sequence[Imported]) -> None:
        names = {task.draft.name for task in tasks if task.written}
        write_record(record_file(to), origins_of([each for each in origins if each.draft.name in names]))

    with explained(debug=where.debug):
        run_reading(read, target, leave_out or [], dry_run=dry_run, as_json=as_json, written=written)


def cloudformation(
    paths: PathsArgument,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            help="NAME=VALUE for a parameter, a resource, Resource.Attribute, an export, or AWS::Region and its like. "
            "Repeat it for several.",
        ),
    ] = None,
    expand: ExpandOption = False,
    container: ContainerOption = None,
    to: ToOption = DEFAULT_FOLDER,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each rule and schedule of CloudFormation templates that starts ECS tasks.

    For CDK, pass the output of `cdk synth`. Parameters have their defaults. For a deployed stack, `import aws` needs no
    parameters.

    Exit code 1: a task wasn't written, or something isn't possible and --leave-out doesn't name it.
    """
    parameters = pairs(parameter or [], "--parameter", "NAME=VALUE, such as Stage=prod")
    answers = Answers(container=container or "", expand=expand, parameters=parameters)
    target = target_of(to, "cloudformation", force=force, accept_differences=accept_differences)
    patterns = ("*.yaml", "*.yml", "*.json", "*.template")
    run_import(
        cloudformation_format.read, paths, patterns, answers, target, leave_out or [], dry_run=dry_run, as_json=as_json
    )


def terraform(
    paths: PathsArgument,
    expand: ExpandOption = False,
    container: ContainerOption = None,
    to: ToOption = DEFAULT_FOLDER,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each rule and schedule of a Terraform state that starts ECS tasks.

    Pass the output of `terraform show -json`: of the state, or of a plan. OpenTofu has the same format.

    Exit code 1: a task wasn't written, or something isn't possible and --leave-out doesn't name it.
    """
    answers = Answers(container=container or "", expand=expand)
    target = target_of(to, "terraform", force=force, accept_differences=accept_differences)
    run_import(
        terraform_format.read, paths, ("*.json",), answers, target, leave_out or [], dry_run=dry_run, as_json=as_json
    )
