"""`import cut-over`: switch from the imported rules and schedules to those of a stack."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from components.problems import nearest
from components.schedules import durations
from config import ConfigError
from config.yaml_files import YamlError

from ..aws.deployment import Deployment
from ..cells import Cell, Color, colored
from ..columns import Column
from ..errors import FAILED, MISTYPED, OpsError
from ..importing.cut_over import clock
from ..importing.cut_over.cutting_over import CutOver, Rules, Undo
from ..importing.cut_over.gaps import MARGIN
from ..importing.cut_over.live import Reader
from ..importing.cut_over.planning import Result, Verdict
from ..importing.cut_over.switching import Switcher
from ..importing.cut_over.undo import UndoFile
from ..importing.record import FILE, Origin, read_record
from ..output import counted, note, notes, print_json, say_columns
from ..project import project_or_none
from .options import DebugOption, GroupOption, ProfileOption, RegionOption, StackOption, Where, reached, stack_of
from .planning_options import JsonOption

_COLUMNS = (Column("TASK"), Column("OLD"), Column("RESULT"), Column("NOTE", wraps=True))
_COLORS: dict[Result, Color] = {
    "switch": "blue",
    "switched": "green",
    "wait": "yellow",
    "refused": "red",
    "skipped": "magenta",
    "failed": "red",
}


def _margin(text: str) -> str:
    try:
        given = durations.delta(text)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error)) from None
    if not MARGIN <= given <= timedelta(days=1):
        raise typer.BadParameter("Use 2m to 1d.")
    return text


def cut_over(
    task: Annotated[
        list[str] | None, typer.Option("--task", help="Name of a task. Repeat it for several. Default: all.")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Switch back to the old rules and schedules, with the undo file.")
    ] = False,
    undo_file: Annotated[
        Path | None,
        typer.Option("--undo-file", help="The undo file. Default: config/cut-over-<schedule group>.json."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", help=f"The record of the import. Default: config/{FILE}.")
    ] = None,
    margin: Annotated[
        str,
        typer.Option("--margin", callback=_margin, help="The time before and after each run without a switch."),
    ] = "2m",
    accept_differences: Annotated[
        bool,
        typer.Option(
            "--accept-differences",
            help="Also switch tasks without a gap: they run every few minutes, or at a rate without a start. One run "
            "can be doubled or left out.",
        ),
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the gap of each task.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the result, and change nothing.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Switch from imported rules and schedules to the schedules of a stack.

    Deploy the tasks with `enabled: false` first. For each task that `import aws` recorded, this command compares the
    times of both sides. In a gap between two runs, it enables the new schedule and disables the old rule or schedule,
    so that no run is doubled or lost. A rule that has other targets stays, without the target of this task.

    If the command is interrupted, run it again to continue. Before each change, it saves the old settings in the undo
    file.

    Exit code 1: a task wasn't switched.
    """
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        folder = _folder()
        path = undo_file or folder / f"cut-over-{deployment.name}.json"
        switcher = Switcher(deployment, UndoFile(path, deployment.arn), clock.now, note)
        rules = Rules(durations.delta(margin), accept_differences, wait, dry_run)
        if undo:
            names = [name for change in switcher.undo.changes for name in change.schedules]
            origins = dict[str, Origin]()
            chosen = _chosen(task, names, f"The undo file {path}")
            job: CutOver | Undo = Undo(Reader(deployment, origins), switcher, rules, chosen if task else [])
        else:
            recorded = read_record(record or folder / FILE)
            chosen = _chosen(task, list(recorded), f"The record {record or folder / FILE}")
            origins = {name: recorded[name] for name in chosen}
            job = CutOver(Reader(deployment, origins), switcher, rules)
        with _interruptible(where, undo=undo):
            found = job.run()
        _say(found, origins, as_json=as_json, undo=undo, path=path)
        _advise(deployment, found, undo=undo, dry_run=dry_run)
        if any(verdict.result in ("wait", "refused", "failed") for verdict in found):
            raise typer.Exit(FAILED)


def _folder() -> Path:
    """The folder of the record and the undo file."""
    here = project_or_none()
    return (here.folder if here else Path()) / "config"


def _chosen(tasks: Sequence[str] | None, known: Sequence[str], where: str) -> list[str]:
    """The chosen tasks. Raises OpsError if the record or the undo file doesn't have one."""
    if not known:
        raise OpsError(f"{where} has no tasks. `import aws` writes the record, and a cut-over the undo file.")
    for name in tasks or ():
        if name not in known:
            raise OpsError(f'{where} has no task "{name}".{nearest(name, known)}', MISTYPED)
    return list(dict.fromkeys(tasks or known))


@contextmanager
def _interruptible(where: Where, *, undo: bool) -> Generator[None]:
    try:
        with notes.progress("Waiting for AWS"):
            yield
    except KeyboardInterrupt:
        command = where.command("import", "cut-over", *(["--undo"] if undo else []))
        note(f"Interrupted. Some tasks may be unchanged. To continue, run: {command}")
        raise


def _say(found: Sequence[Verdict], origins: dict[str, Origin], *, as_json: bool, undo: bool, path: Path) -> None:
    if as_json:
        print_json(
            {
                "undo": undo,
                "undoFile": str(path) if path.exists() else None,
                "tasks": [_as_data(verdict, origins) for verdict in found],
            }
        )
        return
    say_columns(_COLUMNS, [_row(verdict, origins) for verdict in found])
    counts = ", ".join(
        f"{count} {result}" for result in _COLORS if (count := sum(verdict.result == result for verdict in found))
    )
    note(f"{counted(len(found), 'task')}: {counts}." if found else "Nothing to do.")
    if path.exists() and not undo:
        note(f"The undo file is {path}. It can hold secrets: don't commit it.")


def _as_data(verdict: Verdict, origins: dict[str, Origin]) -> dict[str, object]:
    origin = origins.get(verdict.task)
    return {
        "task": verdict.task,
        "old": origin.arn if origin else None,
        "result": verdict.result,
        "why": verdict.why,
        "gapStart": verdict.gap.start if verdict.gap else None,
        "gapEnd": verdict.gap.end if verdict.gap else None,
    }


def _row(verdict: Verdict, origins: dict[str, Origin]) -> tuple[Cell, ...]:
    origin = origins.get(verdict.task)
    old = f"{origin.kind} {origin.name}" if origin else ""
    return verdict.task, old, colored(verdict.result, _COLORS[verdict.result]), verdict.why


def _advise(deployment: Deployment, found: Sequence[Verdict], *, undo: bool, dry_run: bool) -> None:
    """Print what the user has to change in files, so that no deployment reverts the switch."""
    switched = [verdict.task for verdict in found if verdict.result == "switched"]
    if not switched or dry_run:
        return
    if undo:
        note("Set `enabled: false` for these tasks. Otherwise, a deployment that changes a schedule enables it again.")
        return
    if disabled := _disabled(deployment, switched):
        note(
            f"The configuration still disables {', '.join(disabled)}. Remove `enabled: false`. Otherwise, a deployment "
            "that changes a schedule or uses --refresh disables it again."
        )
    note("Remove the old rules and schedules from the tool that deployed them. Otherwise, it may enable them again.")


def _disabled(deployment: Deployment, tasks: Sequence[str]) -> list[str]:
    """The tasks that the configuration disables; none if there is no configuration here."""
    if (here := stack_of(deployment)) is None:
        return []
    project, stack = here
    try:
        config = project.load(stack)
    except (ConfigError, YamlError):
        return []
    known = [name for name in tasks if name in config.tasks]
    return [
        name
        for name in known
        if not config.group.enabled or not all(schedule.enabled for schedule in config.tasks[name].schedules)
    ]
