"""`smoke`: tests in an account what the product assumes about AWS."""

import platform
import secrets
from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ..aws.session import Aws
from ..errors import OpsError
from ..interrupts import terminable
from ..output import note, notes, print_json, say_columns
from ..project import Project, project
from ..smoke.cleaning import clean_up, remove_test
from ..smoke.configuration import IMAGE, LIFETIME_MINUTES, names_of, stack_file, stack_name
from ..smoke.deployer import PulumiCli
from ..smoke.emulator import connected, create_network, given_in
from ..smoke.lock import held
from ..smoke.program import folder_of_tests, variables_of_program, write_program
from ..smoke.record import SmokeRecord
from ..smoke.report import COLUMNS, exit_code, rows, summary
from ..smoke.running import run_steps
from ..smoke.step import AS_ASSUMED, Result, Scene, Step
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
    force: Annotated[
        bool,
        typer.Option("--force", help="With --clean: also delete the resources of tests that are or may be running."),
    ] = False,
    image: Annotated[
        str, typer.Option("--image", help="Image of the containers. It needs a shell, and the network must reach it.")
    ] = IMAGE,
    endpoint: Annotated[
        str | None,
        typer.Option("--endpoint", help="URL of an emulator to test in place of AWS, with a network of its own."),
    ] = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Test in an account what the product assumes about AWS.

    Deploys a small stack of its own beside yours, with the cluster and the network of the chosen stack, runs it for
    about ten minutes, shows what AWS did, and deletes everything, also after Ctrl-C. It needs the Pulumi CLI and the
    permissions of a deployment. Exit code 1: AWS did something else, or something could not be deleted. Exit code 3:
    with --endpoint, the emulator lacks something.
    """
    with explained(debug=debug), terminable():
        if clean:
            clean_up(person(), force=force)
            return
        if force:
            raise OpsError("--force needs --clean.")
        here = project()
        chosen = planned_stack(here, stack)
        stack_config(here, chosen)
        with connected(endpoint) if endpoint else nullcontext():
            aws = Where(chosen, None, None if endpoint else profile, region).connect()
            results = _tested(here, aws, chosen, _Wanted(image, None if endpoint else profile, endpoint or "", yes))
    if as_json:
        print_json([result.as_data() for result in results])
    else:
        say_columns(COLUMNS, rows(results))
        for line in summary(results, in_emulator=bool(endpoint)):
            note(line)
    if code := exit_code(results):
        raise typer.Exit(code)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The options of a test."""

    image: str
    profile: str | None
    endpoint: str
    yes: bool


def _tested(here: Project, aws: Aws, chosen: str, wanted: _Wanted) -> list[Result]:
    """Test, after a confirmation. The folder of the test stays if something is left to delete."""
    if not aws.region:
        raise OpsError("There is no Region. Set `aws:region` in the file of the stack, or pass --region.")
    account = aws.client("sts").get_caller_identity()["Account"]
    began = datetime.now(UTC).isoformat(timespec="seconds")
    record = SmokeRecord(account, aws.region, wanted.profile, wanted.endpoint, began=began, computer=platform.node())
    folder = folder_of_tests() / stack_name(secrets.token_hex(3))
    with held(folder) as lock:
        return _run(here, aws, chosen, wanted, record, folder, lock)


def _run(
    here: Project, aws: Aws, chosen: str, wanted: _Wanted, record: SmokeRecord, folder: Path, lock: int
) -> list[Result]:
    if wanted.endpoint:
        record = replace(record, vpc=create_network(aws))
    given = given_in(aws, record.vpc) if record.vpc else here.source(chosen).values
    try:
        scene = _scene(here, aws, folder, given, wanted, lock, datetime.fromisoformat(record.began))
        record.write(folder)
        _announce(scene, record)
        if not wanted.endpoint and not wanted.yes:
            require_yes("Deploy it?", to="deploy", unchanged="Nothing was deployed.")
    except BaseException:
        remove_test(aws, record, folder)
        raise
    shown = _Shown()
    try:
        with shown:
            return run_steps(scene, shown)
    finally:
        if shown.deleted:
            remove_test(aws, record, folder)
        else:
            note("Something may be left. To delete it, run: scheduled-tasks smoke --clean")


def _scene(
    here: Project, aws: Aws, folder: Path, given: Mapping[str, object], wanted: _Wanted, lock: int, began: datetime
) -> Scene:
    """A new stack in a new folder. Its configuration is checked."""
    stack = folder.name
    content = stack_file(
        here.name,
        given,
        region=str(aws.region),
        stack=stack,
        image=wanted.image,
        began=began,
        until=began + timedelta(minutes=LIFETIME_MINUTES),
    )
    stack_config(write_program(here, folder, stack, content), stack)
    deployer = PulumiCli(folder, stack, variables_of_program(here, wanted.profile), note, lock)
    return Scene(aws, names_of(here.name, stack), deployer, person(), note, in_emulator=bool(wanted.endpoint))


def _announce(scene: Scene, record: SmokeRecord) -> None:
    """Say what is deployed where, and what it costs."""
    if record.endpoint:
        note(
            f"The smoke test deploys the stack {scene.names.prefix} in {record.place}, and deletes "
            "everything at its end. It takes up to 25 minutes, because it waits for effects that an emulator may lack."
        )
        return
    note(
        f"The smoke test deploys the stack {scene.names.prefix} in {record.place}: about "
        f"40 resources, and runs of a minute on Fargate. It takes about 10 minutes, costs {COST}, and deletes "
        "everything at its end."
    )


class _Shown:
    """Shows the running step."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._replace = note
        self._count = 0
        self.deleted = False
        """Whether everything is deleted, also after an interruption."""

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
        self.deleted = result.step is DELETION and result.outcome == AS_ASSUMED
