"""`history`: the last runs of a task."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from components.monitoring import events

from ..aws.deployment import Deployment
from ..aws.errors import read_part
from ..cells import Cell, colored
from ..columns import Column
from ..errors import FAILED
from ..output import OUTCOME_COLORS, exit_cell, in_words, note, print_json, say_columns, short_time
from ..runs import records
from ..runs.call_runs import call_runs
from ..runs.durations import LEAST, is_slow, known_durations, usual_duration
from ..runs.executions import with_waits
from ..runs.history import history
from ..runs.home import Home, NoContainerError, home_of
from ..runs.records import Run
from .options import (
    DebugOption,
    GroupOption,
    ProfileOption,
    RegionOption,
    StackOption,
    TaskArgument,
    Where,
    ago,
    reached,
)
from .planning_options import JsonOption

app = typer.Typer(rich_markup_mode=None)


@app.command("history")
def history_(
    task: TaskArgument,
    number: Annotated[int, typer.Option("-n", min=1, max=1000, help="Number of runs, newest first.")] = 20,
    since: Annotated[str, typer.Option("--since", help="How far back, for example 26h or 7d.")] = "30d",
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show the last runs of a task: start, duration and outcome. Times are in UTC.

    Exit code 1: some runs or their outcomes could not be read. The others are shown.
    """
    start = ago(since)
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        failed: list[str] = []
        runs, of_call = _runs(deployment, task, start, number, failed)
        if as_json:
            print_json([run.as_data() for run in runs])
        elif runs:
            now, usual = datetime.now(UTC), usual_duration(runs) if len(known_durations(runs)) >= LEAST else None
            say_columns(_COLUMNS, _rows(runs, usual, now))
            if usual:
                note(f"Usual duration: {in_words(usual)} (median of {len(known_durations(runs))} runs that succeeded).")
            note(_OF_CALL if of_call else _newest(where, task, runs))
        elif not failed:
            note(f"{task} has not run in the last {since}. To see its next run: {where.command('status')}")
        if failed:
            for line in failed:
                note(line)
            raise typer.Exit(FAILED)


_OF_CALL = "These are the ends of the work that the call starts, and of work that others start on the same resource."


def _newest(where: Where, task: str, runs: Sequence[Run]) -> str:
    """The command for the log of the last failure, or of the newest run."""
    failure = next((run for run in runs if run.outcome == events.FAILED), None)
    which = "Newest run" if failure is None else "Last failure"
    return f"{which}: {where.command('logs', task, '--run', (failure or runs[0]).short_id)}"


def _runs(deployment: Deployment, task: str, since: datetime, most: int, failed: list[str]) -> tuple[list[Run], bool]:
    """The runs of a task, and whether it makes API calls. Raises OpsError for a call whose end no service reports."""
    now = datetime.now(UTC)
    try:
        home = home_of(deployment, task)
    except NoContainerError as error:
        if not error.schedule.has_call_machine:
            found = call_runs(deployment, task, error.schedule, since, now, most)
            if found is None:
                raise
            runs, lost = found
            for line in lost:
                note(line)
            return runs, True
        home = Home("", "", error.schedule.target_arn)
    runs = history(deployment, task, home, since=since, until=now, most=most, tell=note, failed=failed)
    if not (machine := home.state_machine_arn):
        return runs, False
    no_waits: tuple[list[Run], list[str]] = (runs, [])
    runs, unknown = read_part(
        "The reasons why runs wait", no_waits, lambda: with_waits(deployment, {task: machine}, runs), failed
    )
    for line in unknown:
        note(line)
    return runs, False


_COLUMNS = (
    Column("RUN"),
    Column("STARTED"),
    Column("DURATION"),
    Column("STATUS"),
    Column("EXIT", right=True),
    Column("REASON", wraps=True),
)


def _rows(runs: Iterable[Run], usual: timedelta | None, now: datetime) -> Iterator[tuple[Cell, ...]]:
    for run in runs:
        by = f"by {run.by}" if run.by not in ("", records.SCHEDULE) else ""
        slow = "longer than usual" if is_slow(run, usual, now) else ""
        waits = run.waiting.words if run.waiting else ""
        attempts = f"{run.attempts} attempts" if run.attempts > 1 else ""
        yield (
            run.short_id,
            short_time(run.started),
            in_words(run.duration) if run.duration is not None else "",
            colored("waiting" if run.waiting else run.outcome, OUTCOME_COLORS[run.outcome]),
            exit_cell(run.outcome, run.exit_code),
            "; ".join(part for part in (run.reason, waits, slow, attempts, by) if part),
        )
