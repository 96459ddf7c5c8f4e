"""`import`: creates tasks from the schedules of other tools. One subcommand per format."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from components.schedules import known_timezone, nearest_timezones

from .. import NAME
from ..cells import Cell, Color, colored
from ..columns import Column
from ..creation import questions
from ..errors import FAILED, OpsError
from ..importing.formats import crontab as crontab_format
from ..importing.formats import kubernetes as kubernetes_format
from ..importing.importing import Imported, Target, prepared, undecided, write
from ..importing.model import Answers, Decision, Format, Outcome, Reading, SourceError
from ..importing.proof import DAYS
from ..importing.sources import read_sources
from ..output import counted, fail, note, print_json, say, say_columns
from .planning_options import JsonOption

app = typer.Typer(rich_markup_mode=None)
import_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(import_app, name="import")

_COLUMNS = (
    Column("SOURCE"),
    Column("KEY"),
    Column("RESULT"),
    Column("BECOMES"),
    Column("NOTE", wraps=True),
)
_COLORS: dict[Outcome, Color] = {"taken": "green", "changed": "blue", "not possible": "yellow", "undecided": "red"}
_DEFAULT = Path("config/tasks")


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
LeaveOutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--leave-out",
        help="A key that isn't possible and that you don't need, or `all`. It no longer causes exit code 1. Repeat it "
        "for several.",
    ),
]


@import_app.callback()
def import_() -> None:
    """Create tasks from the schedules of another tool.

    Each subcommand reads the files of one tool and prints a result for each of their keys: taken, changed, not
    possible, or undecided. It writes one file per task. Before that, it compares the times of the source with those of
    the task for the next 366 days. A task whose times differ isn't written.

    Exit code 1: a task wasn't written, or a key isn't possible and --leave-out doesn't name it.
    """


@import_app.command("crontab")
def crontab(
    paths: PathsArgument,
    image: ImageOption = None,
    timezone: TimezoneOption = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            help="Column of the lines besides five time fields and a command: user (as in /etc/crontab), seconds or "
            "none. Default: found from the lines.",
        ),
    ] = None,
    to: ToOption = _DEFAULT,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each line of a crontab.

    The lines run in a container, so pass its --image. A crontab doesn't name the time zone of its server either: pass
    --timezone, unless it sets CRON_TZ.

    Exit code 1: a task wasn't written, or something isn't possible and --leave-out doesn't name it.
    """
    if columns not in (None, *crontab_format.COLUMNS):
        raise typer.BadParameter("Use user, seconds or none.", param_hint="--columns")
    _check_image(image)
    answers = Answers(image=image or "", timezone=timezone or "", columns=columns or "")
    target = _target(to, "crontab", force=force, accept_differences=accept_differences)
    _run(crontab_format.read, paths, ("*",), answers, target, leave_out or [], dry_run=dry_run, as_json=as_json)


@import_app.command("kubernetes")
def kubernetes(
    paths: PathsArgument,
    timezone: TimezoneOption = None,
    image: ImageOption = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            help="VARIABLE=VALUE for a variable whose value is in a Secret. The value is the ARN of a secret, or the "
            "name of an SSM parameter such as /prod/password. Repeat it for several.",
        ),
    ] = None,
    container: Annotated[
        str | None, typer.Option("--container", help="Name of the main container, for pods with several.")
    ] = None,
    to: ToOption = _DEFAULT,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    accept_differences: AcceptOption = False,
    leave_out: LeaveOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a task from each CronJob of Kubernetes manifests.

    A CronJob without timeZone has the time zone of the cluster's controller: pass --timezone. Render Helm charts and
    kustomizations first.

    Exit code 1: a task wasn't written, or a key isn't possible and --leave-out doesn't name it.
    """
    _check_image(image)
    answers = Answers(
        image=image or "", timezone=timezone or "", secrets=_secrets(secret or []), container=container or ""
    )
    target = _target(to, "kubernetes", force=force, accept_differences=accept_differences)
    patterns = ("*.yaml", "*.yml", "*.json")
    _run(kubernetes_format.read, paths, patterns, answers, target, leave_out or [], dry_run=dry_run, as_json=as_json)


def _secrets(given: Sequence[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    if any(not name or not value for name, _, value in pairs):
        raise typer.BadParameter("Write VARIABLE=VALUE, such as PASSWORD=/prod/password.", param_hint="--secret")
    return {name: value for name, _, value in pairs}


def _check_image(image: str | None) -> None:
    try:
        if image is not None:
            questions.image(image)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--image") from None


def _target(to: Path, word: str, *, force: bool, accept_differences: bool) -> Target:
    schema = (to.parent / "schema.json").exists()
    return Target(to, force, accept_differences, schema, f"{NAME} import {word}")


def _run(
    read: Format,
    paths: Sequence[Path],
    patterns: Sequence[str],
    answers: Answers,
    target: Target,
    left_out: Sequence[str],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import, print the result, and end the command with its exit code."""
    try:
        reading = read(read_sources(paths, patterns), answers)
        tasks = prepared(reading, target, datetime.now(UTC))
        if not dry_run:
            write(tasks, force=target.force)
    except SourceError as error:
        fail(f"{error} Nothing was written.")
    except OpsError as error:
        fail(str(error), error.exit_code or FAILED)
    open_ = undecided(reading.every, left_out)
    if as_json:
        _print_json(reading, tasks, open_)
    else:
        _print(reading, tasks, open_, dry_run=dry_run)
    if open_:
        raise typer.Exit(FAILED)


def _print_json(reading: Reading, tasks: Sequence[Imported], open_: Sequence[Decision]) -> None:
    print_json(
        {
            "tasks": [task.as_data() for task in tasks],
            "decisions": [decision.as_data() for decision in reading.decisions],
            "remarks": reading.remarks,
            "sourceKeys": reading.keys,
            "undecided": len(open_),
        }
    )


def _print(reading: Reading, tasks: Sequence[Imported], open_: Sequence[Decision], *, dry_run: bool) -> None:
    say_columns(_COLUMNS, [_row(decision) for decision in reading.every])
    say("")
    for task in tasks:
        say(_summary(task, dry_run=dry_run))
    for remark in reading.remarks:
        note(remark)
    counts = ", ".join(
        f"{sum(decision.outcome == outcome for decision in reading.every)} {outcome}" for outcome in _COLORS
    )
    note(f"{counted(len(tasks), 'task')}: {counts}.")
    if open_:
        note(f"{counted(len(open_), 'entry needs', 'entries need')} a decision. The notes name the options.")
    elif not dry_run:
        note(f"To check all stacks: {NAME} check")


def _row(decision: Decision) -> tuple[Cell, ...]:
    result = colored(decision.outcome, _COLORS[decision.outcome])
    return decision.place, decision.key, result, decision.to, decision.note


def _summary(task: Imported, *, dry_run: bool) -> str:
    if not task.ready:
        return f"{task.draft.name}: not written. The notes say why."
    verb = "Would write" if dry_run else "Wrote"
    if task.proof is None:
        return f"{verb} {task.path}, without a schedule."
    runs = counted(task.proof.runs, "run")
    if task.proof.differences:
        return f"{verb} {task.path}: {runs} in {DAYS} days, {counted(len(task.proof.differences), 'difference')}."
    return f"{verb} {task.path}: the same {runs} in {DAYS} days as the source."
