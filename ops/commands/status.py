"""`status`: the status of a stack."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Column

from config import ConfigError
from config.yaml_files import YamlError

from ..aws.deployment import Deployment
from ..dead_letters.message import EVENTS, LAUNCHES
from ..errors import FAILED
from ..output import in_words, note, notes, outcome_in_words, print_json, say, say_table, short_time
from ..pauses.record import ALL
from ..planning.plans import plans
from ..state.rows import Planned, Row
from ..state.status import Status, status
from ..tables import Cell, Table, colored, joined
from .options import (
    DebugOption,
    GroupOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    StackOption,
    Where,
    ago,
    reached,
    stack_of,
)

app = typer.Typer(rich_markup_mode=None)


@app.command("status")
def status_(
    since: Annotated[str, typer.Option("--since", help="How far back to look for the last runs.")] = "8d",
    full: Annotated[
        bool,
        typer.Option("--full", help="Compare every schedule with the configuration. Makes two or three calls each."),
    ] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show the status of each task of a stack. Times are in UTC.

    If the stack's configuration is here, differences in AWS are shown too. The command makes at most 40 calls, or more
    if a query is slow or you omit the stack. So it compares only the last changed schedules, about a dozen. --full
    compares all.

    Exit code 1: AWS failed to return a part. The other parts are shown.
    """
    start, now = ago(since), datetime.now(UTC)
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        with notes.progress("Waiting for AWS"):
            found = status(deployment, planned_of(deployment), since=start, now=now, full=full)
        if as_json:
            print_json(found.as_data())
        else:
            for line in _summary(found):
                say(line)
            say_table(_status_table(found.rows, f"none in {since}" if found.last_runs_known else "not known"))
            for line in _limits(found):
                note(line)
        if found.failed:
            raise typer.Exit(FAILED)


def planned_of(deployment: Deployment) -> Planned | None:
    """Return the configuration of a deployment if its stack's files are here and valid."""
    found = stack_of(deployment)
    if found is None:
        return None
    here, stack = found
    try:
        config = here.load(stack)
    except (ConfigError, YamlError) as error:
        first = here.problem(stack, error).splitlines()[0]
        note(f"The configuration of {stack} is invalid and not compared: {first}")
        return None
    return Planned(config.tasks, plans(stack, config), config.group.enabled, config.group.network)


def _summary(found: Status) -> list[str]:
    where = found.deployment
    return [
        f"{where.name} in {where.region}, account {where.account_id}",
        f"Dead-letter queues: {', '.join(_dead_letters(found)) or 'none'}",
        f"Firing alarms: {'not known' if found.alarms is None else ', '.join(found.alarms) or 'none'}",
        *(f"Paused by hand: {_pause(task, found)}" for task in sorted(found.pauses)),
    ]


def _dead_letters(found: Status) -> Iterator[str]:
    if found.dead_letters is None:
        yield "not known"
        return
    launches, events = found.dead_letters[LAUNCHES], found.dead_letters[EVENTS]
    if launches is None:
        queue = found.deployment.names.dead_letter_queue
        yield f"the queue {queue} doesn't exist, so failed launches are lost"
    elif launches:
        yield f"{launches} failed launch{'' if launches == 1 else 'es'}"
    if events:
        yield f"{events} undelivered event{'' if events == 1 else 's'}"


def _pause(task: str, found: Status) -> str:
    over = " (no effect: enabled or changed since)" if task in found.over else ""
    return f"{'all tasks' if task == ALL else task} {found.pauses[task].words}{over}"


def _status_table(rows: Sequence[Row], no_run: str) -> Table:
    table = Table(
        Column("Task", overflow="fold"),
        "State",
        Column("Next run", no_wrap=True),
        Column("Last run", no_wrap=True),
        "Details",
    )
    for row in rows:
        last = row.last
        table.add_row(
            row.task,
            row.state,
            _next_run(row),
            short_time(last.started) if last else no_run,
            joined(_details(row)),
        )
    return table


def _next_run(row: Row) -> str:
    return f"within {in_words(row.within)}" if row.within else short_time(row.next_run)


def _details(row: Row) -> list[Cell]:
    lines: list[Cell] = []
    if row.last:
        lines.append(outcome_in_words(row.last.outcome, row.last.exit_code))
    lines += [colored(f"alarm {alarm.split('/')[-1]}", "red") for alarm in row.alarms]
    return [*lines, *(colored(difference, "yellow") for difference in row.drift)]


def _limits(found: Status) -> list[str]:
    """Return sentences about what was not compared or could not be read."""
    lines: list[str] = []
    if found.compared is None:
        lines.append("The stack's configuration isn't here, so differences and some next runs are unknown.")
    elif found.compared < found.schedules:
        lines.append(
            f"Compared {found.compared} of {found.schedules} schedules with the configuration: the last changed ones. "
            "To compare all, pass --full."
        )
    return [*lines, *found.unknown]
