"""Imports, prints the result for each key, and ends a subcommand of `import` with its exit code."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from .. import NAME
from ..cells import Cell, Color, colored
from ..columns import Column
from ..errors import FAILED, OpsError
from ..importing.importing import Imported, Target, other_stacks, prepared, stack_files, undecided, write
from ..importing.model import Answers, Decision, Format, Outcome, Reading, SourceError
from ..importing.proof import DAYS, Proof
from ..importing.sources import read_sources
from ..importing.stack_entries import StackFile
from ..importing.trial import BASE
from ..output import counted, fail, note, print_json, say, say_columns

_COLUMNS = (
    Column("SOURCE"),
    Column("KEY"),
    Column("RESULT"),
    Column("BECOMES"),
    Column("NOTE", wraps=True),
)
_UNCOUNTED = (
    "The import has a fault: its decisions don't cover each key of the files exactly once. Nothing was written. Report "
    "it, with the files."
)
_COLORS: dict[Outcome, Color] = {"taken": "green", "changed": "blue", "not possible": "yellow", "undecided": "red"}


def run_import(
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
    """Import files, print the result, and end the command with its exit code."""

    def reading() -> Reading:
        return read(read_sources(paths, patterns), answers)

    run_reading(reading, target, left_out, dry_run=dry_run, as_json=as_json)


def run_reading(
    read: Callable[[], Reading],
    target: Target,
    left_out: Sequence[str],
    *,
    dry_run: bool,
    as_json: bool,
    written: Callable[[Sequence[Imported]], None] | None = None,
) -> None:
    """Import, print the result, and end the command with its exit code.

    Args:
        read: Reads the source.
        target: The files to write.
        left_out: Keys that the user doesn't need.
        dry_run: Whether nothing is written.
        as_json: Whether the result is printed as JSON.
        written: Called with the tasks after they were written.
    """
    try:
        reading = read()
        if reading.uncounted:
            fail(_UNCOUNTED)
        tasks = prepared(reading, target, datetime.now(UTC))
        files = stack_files(tasks, target)
        reading.remarks += other_stacks(tasks, target)
        if not dry_run:
            write(tasks, files, force=target.force)
            if written:
                written(tasks)
    except SourceError as error:
        fail(f"{error} Nothing was written.")
    except OpsError as error:
        fail(str(error), error.exit_code or FAILED)
    open_ = undecided(reading.every, left_out)
    if as_json:
        _print_json(reading, tasks, files, open_)
    else:
        _print(reading, tasks, files, open_, dry_run=dry_run)
    if open_:
        raise typer.Exit(FAILED)


def _print_json(
    reading: Reading, tasks: Sequence[Imported], files: Sequence[StackFile], open_: Sequence[Decision]
) -> None:
    print_json(
        {
            "tasks": [task.as_data() for task in tasks],
            "stackFiles": [{"file": str(each.path), "lines": each.lines} for each in files],
            "decisions": [decision.as_data() for decision in reading.decisions],
            "remarks": reading.remarks,
            "sourceKeys": reading.keys,
            "undecided": len(open_),
        }
    )


def _print(
    reading: Reading,
    tasks: Sequence[Imported],
    files: Sequence[StackFile],
    open_: Sequence[Decision],
    *,
    dry_run: bool,
) -> None:
    say_columns(_COLUMNS, [_row(decision) for decision in reading.every])
    say("")
    for task in tasks:
        say(_summary(task, dry_run=dry_run))
    for each in files:
        say(f"{'Would write' if dry_run else 'Wrote'} {each.path}, with these lines:")
        for line in each.lines:
            say(f"  {line}")
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
    base = [_runs(task.proofs.get(BASE))] if task.draft.complete else []
    stacks = [f"{stack} has {_runs(task.proofs.get(stack))}" for stack in task.draft.stacks]
    return f"{verb} {task.path}: {'; '.join([*base, *stacks])}."


def _runs(found: Proof | None) -> str:
    """The comparison of a task's times, as a phrase."""
    if found is None:
        return "no schedule"
    runs = counted(found.runs, "run")
    if found.differences:
        return f"{runs} in {DAYS} days, {counted(len(found.differences), 'difference')}"
    return f"the same {runs} in {DAYS} days as the source"
