"""`board`: one page with the past and next runs of stacks."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from components.json_values import Json
from components.schedules import durations

from ..aws.deployment import Deployment
from ..aws.errors import explained
from ..board.data import board_data
from ..board.json_output import json_data
from ..board.page import page
from ..board.period import Period
from ..board.reading import Reader, Reading
from ..board.server import ADDRESS, Board, BoardServer
from ..default_stack import RULE, default_stack
from ..errors import FAILED, OpsError
from ..output import note, notes, print_json, say, write_file
from ..project import project_or_none
from . import options
from .options import DebugOption, ProfileOption, RegionOption, Where, stack_of
from .status import planned_of

app = typer.Typer(rich_markup_mode=None)

PORT = 8417
SHORTEST = 15
"""Seconds. Each refresh queries the outcome logs."""


@app.command("board")
def board_(
    html: Annotated[Path | None, typer.Option("--html", help="Write the page to this file.")] = None,
    serve: Annotated[bool, typer.Option("--serve", help=f"Serve the page on {ADDRESS} until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of --serve; 0: any free one.")] = PORT,
    every: Annotated[str, typer.Option("--every", help="How often --serve reads AWS while a browser shows it.")] = "1m",
    stack: Annotated[
        list[str] | None,
        typer.Option("--stack", "-s", help=f"Name of a stack; repeat it for more. {RULE}."),
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", help="Name of a schedule group, for a stack of another project.")
    ] = None,
    logs: Annotated[bool, typer.Option("--logs/--no-logs", help="Include the last log lines of failed runs.")] = True,
    full: Annotated[bool, typer.Option("--full", help="Read every schedule. Makes two or three calls each.")] = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the data of the page as JSON.")] = False,
    debug: DebugOption = False,
) -> None:
    """Show the runs of the last and next 7 days on a web page.

    The page needs no server and no external files. It has the tasks of one stack or several with firing alarms, failed
    launches and pauses. The command reads the same data as `status`, `history` and `next`. It changes nothing in AWS.

    Exit code 1: a part could not be read. The page says which one.
    """
    if [html is not None, serve, as_json].count(True) != 1:
        raise typer.BadParameter("Pass one of --html FILE, --serve and --json.")
    interval = _interval(every)
    names = [*((name, None) for name in stack or ()), *((None, name) for name in group or ())]
    wheres = [Where(*name, profile, region, debug) for name in names or [(None, None)]]
    stacks = [_Stack(where, Reader(full=full, logs=logs)) for where in wheres]
    with options.explained(debug=debug):
        if not names:
            default_stack(project_or_none(), os.environ)  # Refuses several stacks before AWS is called.
        if serve:
            _serve(stacks, port, interval)
        else:
            _show(html, stacks)


def _interval(text: str) -> int:
    try:
        seconds = round(durations.delta(text).total_seconds())
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error), param_hint="--every") from None
    if seconds < SHORTEST:
        raise typer.BadParameter(f"Must be at least {SHORTEST}s.", param_hint="--every")
    return seconds


@dataclass(frozen=True, slots=True)
class _Stack:
    """A stack to read, again and again if the page is served."""

    where: Where
    reader: Reader

    def read(self, period: Period) -> Reading:
        """Read the stack. If it can't be read, the result has the reason."""
        try:
            deployment = self.where.deployment()
            return self.reader.read(deployment, planned_of(deployment), self._command(deployment), period)
        except Exception as error:
            if (line := explained(error)) is None:
                raise
            name = self.where.stack or self.where.group or "The stack"
            return Reading(name, self.where.command("@"), problems=[line])

    def _command(self, deployment: Deployment) -> str:
        """A command that finds the same stack, also where several are deployed."""
        if self.where.stack or self.where.group:
            return self.where.command("@")
        found = stack_of(deployment)
        where = replace(self.where, group=deployment.name) if found is None else replace(self.where, stack=found[1])
        return where.command("@")


def _read(stacks: Sequence[_Stack]) -> tuple[list[Reading], Period]:
    period = Period(datetime.now(UTC))
    return [stack.read(period) for stack in stacks], period


def _show(file: Path | None, stacks: Sequence[_Stack]) -> None:
    """Write the page to a file, or print the data."""
    with notes.progress("Waiting for AWS"):
        readings, period = _read(stacks)
    if file is None:
        print_json(json_data(readings, period))
    else:
        write_file(file, page(board_data(readings, period)))
        say(f"Wrote {file}.")
    for sentence in _unread(readings):
        note(sentence)
    if not all(reading.complete for reading in readings):
        raise typer.Exit(FAILED)


def _unread(readings: Sequence[Reading]) -> list[str]:
    found = [sentence for reading in readings for sentence in reading.problems]
    unknown = [sentence for reading in readings if reading.status for sentence in reading.status.unknown]
    return list(dict.fromkeys([*found, *unknown]))


def _data(stacks: Sequence[_Stack]) -> Mapping[str, Json]:
    """The data for a server. Raises OpsError if no stack could be read, so that the server keeps the last data."""
    readings, period = _read(stacks)
    if all(reading.status is None for reading in readings):
        raise OpsError("\n".join(_unread(readings)))
    return board_data(readings, period)


def _serve(stacks: Sequence[_Stack], port: int, interval: int) -> None:
    with notes.progress("Waiting for AWS"):
        board = Board(lambda: _data(stacks), interval)
    try:
        server = BoardServer(board, port, interval)
    except OSError as error:
        raise OpsError(
            f"Can't listen on port {port} of {ADDRESS}: {error.strerror}. Pass another --port, or 0 for any free one."
        ) from None
    say(f"Serving {server.url} To end: Ctrl-C.")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            note("Stopped.")
