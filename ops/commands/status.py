"""`status`: the status of a stack."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from components.aws.names import task_of_schedule
from components.monitoring.events import SUCCEEDED
from config import ConfigError
from config.yaml_files import YamlError

from ..aws.deployment import Deployment
from ..cells import Cell, Color, colored, joined
from ..columns import Column
from ..dead_letters.message import EVENTS, LAUNCHES
from ..errors import FAILED
from ..output import (
    OUTCOME_COLORS,
    counted,
    exit_cell,
    in_words,
    note,
    notes,
    print_json,
    say_columns,
    say_wrapped,
    short_time,
)
from ..pauses.record import ALL
from ..planning.plans import plans
from ..state.rows import NOT_DEPLOYED, WAITING, Planned, Row
from ..state.status import Status, status
from .options import DebugOption, GroupOption, ProfileOption, RegionOption, StackOption, Where, ago, reached, stack_of
from .planning_options import JsonOption

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
    if a query is slow or you omit the stack, and 20 more for the waiting runs of supervised tasks. So it compares only
    the last changed schedules, about a dozen. --full compares all.

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
                say_wrapped(line, continued="  ")
            say_columns(_COLUMNS, _rows(found.rows, f"none in {since}" if found.last_runs_known else "not known"))
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
    return Planned(config.scheduled, plans(stack, config), config.group)


def _summary(found: Status) -> list[str]:
    where = found.deployment
    return [
        f"{where.name} in {where.region}, account {where.account_id}",
        _counts(found),
        f"Dead-letter queues: {', '.join(_dead_letters(found)) or 'none'}",
        f"Firing alarms: {'not known' if found.alarms is None else ', '.join(found.alarms) or 'none'}",
        *(f"Paused by hand: {_pause(task, found)}" for task in sorted(found.pauses)),
        *(
            f"Left closed: {each.resource}, which no opening of {each.task} restores. {_HOW}"
            for each in found.left_closed
        ),
        *([f"Catching up after a pause: {_catch_ups(found)}"] if found.catch_ups else []),
    ]


def _counts(found: Status) -> str:
    compared = "" if found.compared is None else f", {found.compared:,} compared with the configuration"
    return f"{counted(len(found.rows), 'task')}, {counted(found.schedules, 'schedule')}{compared}"


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
    ended = found.pauses[task].has_ended(datetime.now(UTC))
    over = (" (ended)" if ended else " (no effect: enabled or changed since)") if task in found.over else ""
    words = found.skipped[task].words
    return f"{'all tasks' if task == ALL else task} {found.pauses[task].words}{over}{f'; {words}' if words else ''}"


def _catch_ups(found: Status) -> str:
    shown = [f"{task_of_schedule(name)} {short_time(time)}" for name, time in found.catch_ups.items()]
    more = len(shown) - _MOST_CATCH_UPS
    return ", ".join(shown[:_MOST_CATCH_UPS]) + (f" and {more:,} more" if more > 0 else "")


_HOW = "To get the commands that restore it, run: scheduled-tasks doctor"
_MOST_CATCH_UPS = 5
"""The most times of pauses that one line shows. --json has all."""
_COLUMNS = (
    Column("TASK"),
    Column("STATUS"),
    Column("NEXT RUN"),
    Column("LAST RUN"),
    Column("EXIT", right=True),
    Column("DETAILS", wraps=True),
)
_EXITED = "Essential container in task exited"
"""AWS gives this reason for each run whose container exited, so the exit code says more.

AWS: ECS developer guide, "Amazon ECS stopped tasks error messages".
"""
_STATE_COLORS: Mapping[str, Color] = {
    "paused": "yellow",
    "partly paused": "yellow",
    NOT_DEPLOYED: "yellow",
    WAITING: "blue",
}


def _rows(rows: Sequence[Row], no_run: str) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        last = row.last
        color = _STATE_COLORS.get(row.state) or OUTCOME_COLORS.get(row.state)
        yield (
            row.task,
            colored(row.state, color) if color else row.state,
            _next_run(row),
            short_time(last.started or last.stopped) if last else no_run if row.reports_end else "not reported",
            exit_cell(last.outcome, last.exit_code) if last else "",
            joined(_details(row), "; "),
        )


def _next_run(row: Row) -> str:
    return f"within {in_words(row.within)}" if row.within else short_time(row.next_run)


def _details(row: Row) -> list[Cell]:
    """Return what needs attention: a success with exit code 0 and a running task are in the other columns."""
    lines: list[Cell] = [colored(row.waits, "yellow")] if row.waits else []
    if (
        (last := row.last)
        and not last.waiting
        and last.outcome != row.state
        and (last.outcome, last.exit_code) != (SUCCEEDED, 0)
    ):
        reason = f": {last.reason}" if last.reason and last.reason != _EXITED else ""
        lines.append(colored(f"{last.outcome}{reason}", OUTCOME_COLORS[last.outcome]))
    if row.left_out:
        time, reason = row.left_out
        lines.append(f"left out {short_time(time.astimezone(UTC))}: {reason}")
    lines += [colored(note_, "yellow") for note_ in row.notes]
    lines += [colored(f"alarm {alarm.split('/')[-1]}", "red") for alarm in row.alarms]
    return [*lines, *(colored(difference, "yellow") for difference in row.drift)]


def _limits(found: Status) -> list[str]:
    """Return sentences about what was not compared or could not be read."""
    lines: list[str] = []
    if found.compared is None:
        lines.append("The stack's configuration isn't here, so differences and some next runs are unknown.")
    elif found.compared < found.schedules:
        others = "the others could not be read" if found.full else "the last changed ones. To compare all, pass --full"
        counts = f"{found.compared} of {found.schedules} schedules"
        lines.append(f"Compared {counts} with the configuration: {others}.")
    return [*lines, *found.unknown]
