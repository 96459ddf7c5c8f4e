"""`history`: the last runs of a task."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Column

from ..errors import FAILED
from ..output import in_words, note, outcome_in_words, print_json, say_table, short_time
from ..runs import records
from ..runs.history import history
from ..runs.home import home_of
from ..runs.records import Run
from ..runs.request import MANUAL
from ..tables import Table
from .options import (
    DebugOption,
    GroupOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    StackOption,
    TaskArgument,
    Where,
    ago,
    reached,
)

app = typer.Typer(rich_markup_mode=None)

ID_LENGTH = 8
"""Characters of a run's id in the table. The commands accept such a prefix."""


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
        home = home_of(deployment, task)
        failed: list[str] = []
        runs = history(
            deployment, task, home, since=start, until=datetime.now(UTC), most=number, tell=note, failed=failed
        )
        if as_json:
            print_json([run.as_data() for run in runs])
        elif runs:
            say_table(_runs_table(runs))
        elif not failed:
            note(f"{task} has not run in the last {since}. To see its next run: {where.command('status')}")
        if failed:
            for line in failed:
                note(line)
            raise typer.Exit(FAILED)


def _runs_table(runs: list[Run]) -> Table:
    table = Table("Run", Column("Started", no_wrap=True), "Duration", "Outcome", Column("Reason", overflow="fold"))
    for run in runs:
        by = f"by {run.by}" if run.by not in ("", records.SCHEDULE) else ""
        attempts = f"{run.attempts} attempts" if run.attempts > 1 else ""
        table.add_row(
            _short(run.id),
            short_time(run.started),
            in_words(run.duration) if run.duration is not None else "",
            outcome_in_words(run.outcome, run.exit_code),
            "; ".join(part for part in (run.reason, attempts, by) if part),
        )
    return table


def _short(id_: str) -> str:
    """Return the first characters of an id, enough to tell it from others."""
    length = ID_LENGTH + (len(MANUAL) if id_.startswith(MANUAL) else 0)
    return id_[:length]
