"""`smoke`: tests in an account what the product assumes about AWS."""

import secrets
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ..aws.session import Aws
from ..errors import FAILED, OpsError
from ..interrupts import terminable
from ..output import note, notes, print_json, say, say_columns
from ..project import Project, project, project_at
from ..smoke.configuration import IMAGE, LIFETIME_MINUTES, names_of, stack_file, stack_name
from ..smoke.deletion import is_deleted
from ..smoke.deployer import PulumiCli
from ..smoke.program import folder_of_tests, remove, variables_of_program, write_program
from ..smoke.report import COLUMNS, rows, summary
from ..smoke.running import run_steps
from ..smoke.step import AS_ASSUMED, DIFFERENT, Result, Scene, Step
from ..smoke.steps import DELETION, STEPS
from .confirming import require_yes
from .options import DebugOption, ProfileOption, RegionOption, Where, explained, person
from .planning_options import JsonOption, PlannedStackOption, planned_stack, stack_config

app = typer.Typer(rich_markup_mode=None)

COST = "less than $0.05"
"""About 30 runs of a minute with 0.25 vCPU and 0.5 GB on Fargate, and logs. AWS: pricing pages of AWS Fargate."""


@app.command()
def smoke(
    stack: PlannedStackOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation.")] = False,
    clean: Annotated[
        bool, typer.Option("--clean", help="Only delete what earlier tests on this computer left.")
    ] = False,
    image: Annotated[
        str, typer.Option("--image", help="Image of the containers. It needs a shell, and the network must reach it.")
    ] = IMAGE,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Test in an account what the product assumes about AWS.

    Deploys a small stack of its own beside yours, with the cluster and the network of the chosen stack, runs it for
    about ten minutes, shows what AWS did, and deletes everything, also after Ctrl-C. It needs the Pulumi CLI and the
    permissions of a deployment. Exit code 1: AWS did something else, or something could not be deleted.
    """
    with explained(debug=debug), terminable():
        if clean:
            _clean(profile)
            return
        here = project()
        chosen = planned_stack(here, stack)
        stack_config(here, chosen)
        aws = Where(chosen, None, profile, region).connect()
        if not aws.region:
            raise OpsError("There is no Region. Set `aws:region` in the file of the stack, or pass --region.")
        account = aws.client("sts").get_caller_identity()["Account"]
        scene, folder = _scene(here, aws, chosen, profile, image)
        try:
            note(
                f"The smoke test deploys the stack {scene.names.prefix} in {aws.region} of account {account}: about 40 "
                f"resources, and runs of a minute on Fargate. It takes about 10 minutes, costs {COST}, and deletes "
                "everything at its end."
            )
            if not yes:
                require_yes("Deploy it?", to="deploy", unchanged="Nothing was deployed.")
        except BaseException:
            remove(folder)
            raise
        results = _run(scene, folder)
    if as_json:
        print_json([result.as_data() for result in results])
    else:
        say_columns(COLUMNS, rows(results))
        for line in summary(results):
            note(line)
    if any(result.outcome == DIFFERENT for result in results):
        raise typer.Exit(FAILED)


def _scene(here: Project, aws: Aws, chosen: str, profile: str | None, image: str) -> tuple[Scene, Path]:
    """A new stack, whose configuration is checked, and its folder."""
    stack = stack_name(secrets.token_hex(3))
    content = stack_file(
        here.name,
        here.source(chosen).values,
        region=str(aws.region),
        stack=stack,
        image=image,
        until=datetime.now(UTC) + timedelta(minutes=LIFETIME_MINUTES),
    )
    folder = folder_of_tests() / stack
    written = write_program(here, folder, stack, content)
    try:
        stack_config(written, stack)
    except BaseException:
        remove(folder)
        raise
    deployer = PulumiCli(folder, stack, variables_of_program(here, profile))
    return Scene(aws, names_of(here.name, stack), deployer, person(), note), folder


def _run(scene: Scene, folder: Path) -> list[Result]:
    """Run the steps. The folder stays if something is left to delete."""
    deleted = False
    try:
        with _Shown() as shown:
            results = run_steps(scene, shown)
        deleted = results[-1].outcome == AS_ASSUMED
    finally:
        if deleted:
            remove(folder)
        else:
            note("Something may be left. To delete it, run: scheduled-tasks smoke --clean")
    return results


def _clean(profile: str | None) -> None:
    """Delete what earlier tests left."""
    folders = sorted(folder_of_tests().glob("*/"))
    for folder in folders:
        here = project_at(folder)
        stack = folder.name
        aws = Where(stack, None, profile, here.region(stack)).connect()
        scene = Scene(aws, names_of(here.name, stack), PulumiCli(folder, stack, {}), person(), note)
        note(f"Deleting {scene.names.prefix}.")
        say(f"{scene.names.prefix}: {is_deleted(scene)}")
        remove(folder)
    if not folders:
        note("Earlier tests left nothing.")


class _Shown:
    """Shows the running step."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._replace = note
        self._count = 0

    def __enter__(self) -> "_Shown":
        self._replace = self._stack.enter_context(notes.progress("Starting"))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self, step: Step) -> None:
        """A step begins."""
        self._count += 1
        of = len(STEPS) + 1
        self._replace(f"{of if step is DELETION else self._count}/{of} {step.name}: {step.assumption}")

    def end(self, result: Result) -> None:
        """A step has ended."""
