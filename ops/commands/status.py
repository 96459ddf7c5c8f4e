"""`status`: how a stack stands."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import typer
from rich.markup import escape
from rich.table import Column, Table

from config import ConfigError
from config.yaml_files import YamlError

from ..aws.deployment import Deployment
from ..output import console, in_words, note, notes, outcome_in_words, print_json, say, short_time
from ..pauses.record import ALL
from ..planning.plans import load_stack, plans, stack_problem
from ..state.rows import Planned, Row
from ..state.status import Status, status
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

app = typer.Typer()


@app.command("status")
def status_(
    since: Annotated[str, typer.Option("--since", help="How far back to look for last runs.")] = "8d",
    full: Annotated[
        bool, typer.Option("--full", help="Compare every schedule with the configuration: two or three calls for each.")
    ] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Show how each task of a stack stands. Times are in UTC.

    Where the stack's configuration is here, what differs in AWS is shown as well. It makes at most 40 calls, and more
    only where it waits for a slow query, or is not told the stack; so of more than a dozen schedules those are compared
    that were changed last. --full compares all.
    """
    start, now = ago(since), datetime.now(UTC)
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        with notes.status("asking AWS") if notes.is_terminal else nullcontext():
            found = status(deployment, _planned(deployment), since=start, now=now, full=full)
        if as_json:
            print_json(found.as_data())
            return
        for line in _summary(found):
            say(line)
        console.print(_status_table(found.rows, since))
        for line in _limits(found):
            note(line)


def _planned(deployment: Deployment) -> Planned | None:
    """What the configuration says of it, where its stack's files are here and right."""
    stack = stack_of(deployment)
    if stack is None:
        return None
    try:
        config = load_stack(stack)
    except (ConfigError, YamlError) as error:
        note(f"the configuration of {stack} is not compared: {stack_problem(stack, error).splitlines()[0]}")
        return None
    tasks = cast("Mapping[str, Mapping[str, Any]]", config.tasks)
    network = cast("Mapping[str, Any]", config.group.get("network", {}))
    return Planned(tasks, plans(stack, config), config.group.get("enabled", True), network)


def _summary(found: Status) -> list[str]:
    where = found.deployment
    return [
        f"{where.name} in {where.region}, account {where.account_id}",
        f"dead letters: {', '.join(_letters(found)) or 'none'}",
        f"alarms: {', '.join(found.alarms) or 'none'}",
        *(f"paused by hand: {_pause_in_words(task, found)}" for task in sorted(found.pauses)),
    ]


def _letters(found: Status) -> Iterator[str]:
    launches, events = (found.dead_letters[what] for what in ("launches", "events"))
    if launches is None:
        queue = found.deployment.names.dead_letter_queue
        yield f"the queue {queue} is not there: a launch that is given up is lost"
    elif launches:
        yield f"{launches} launch{'' if launches == 1 else 'es'} given up"
    if events:
        yield f"{events} event{'' if events == 1 else 's'} not delivered"


def _pause_in_words(task: str, found: Status) -> str:
    whom = "all tasks" if task == ALL else task
    over = "; nothing is paused by it any more" if task in found.over else ""
    return f"{whom} {found.pauses[task].words}{over}"


def _status_table(rows: Sequence[Row], since: str) -> Table:
    table = Table(
        Column("task", overflow="fold"),
        "state",
        Column("next run", no_wrap=True),
        Column("last run", no_wrap=True),
        "how",
    )
    for row in rows:
        last = row.last
        table.add_row(
            row.task,
            row.state,
            _next_run(row),
            short_time(last.started) if last else f"none in {since}",
            "\n".join(_how(row)),
        )
    return table


def _next_run(row: Row) -> str:
    return f"within {in_words(row.within)}" if row.within else short_time(row.next_run)


def _how(row: Row) -> list[str]:
    lines: list[str] = []
    if row.last:
        lines.append(outcome_in_words(row.last.outcome, row.last.exit_code))
    lines += [f"[red]alarm {escape(what.split('/')[-1])}[/]" for what in row.alarms]
    return lines + [f"[yellow]{escape(words)}[/]" for words in row.drift]


def _limits(found: Status) -> list[str]:
    """What was not looked at."""
    lines: list[str] = []
    if found.compared is None:
        lines.append("the stack's configuration is not here: what differs from it, and some next runs, are not known")
    elif found.compared < found.schedules:
        lines.append(
            f"{found.compared} of {found.schedules} schedules were compared with the configuration, those that were "
            "changed last: --full compares all"
        )
    return [*lines, *found.unknown]
