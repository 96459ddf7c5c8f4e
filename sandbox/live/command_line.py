"""The commands `live`, `mail`, `faults` and `fire` of the sandbox."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.planning.plans import plans
from ops.project import project_at

from ..command_line import (
    ExampleOption,
    fail,
    home_of,
    options_of,
    or_fail,
    print_changes,
    print_next_runs,
    sandbox_of,
    succeeded,
    tell,
    tell_columns,
)
from ..errors import SandboxError
from ..events import STACK
from ..next_steps import command, first_fault, interrupted, task_to_try
from . import commands
from .faults import Faults
from .mailbox import Mailbox
from .requests import Requests
from .session import FOLDER, Session

app = typer.Typer(rich_markup_mode=None)


@app.command()
def live(
    example: ExampleOption = None,
    stand_ins: Annotated[
        bool, typer.Option("--stand-ins", help="Start no containers, even if there is an engine.")
    ] = False,
) -> None:
    """Deploy the stack, and let its schedules run until Ctrl-C. Print what happens.

    Runs are containers of Docker or Podman. Without an engine, they are stand-ins that end after 5 seconds with exit
    code 0. Runs that have not ended continue after Ctrl-C.
    """
    box, options = sandbox_of(None, "sandbox", example), options_of(example=example)
    outcome = succeeded(box.up, interrupted("up", options))
    print_changes(outcome)
    session = Session(box.home)
    found = commands.settings(os.environ, stand_ins=stand_ins)
    tell(f"Runs are containers of {found.engine}." if found.engine else f"Runs are stand-ins: {found.why}")
    print_next_runs(box.project)
    try:
        # The server looks for the lock. Nobody but this command holds it.
        with session.hold(found):
            tell("The schedules run. To stop them, press Ctrl-C.")
            every = plans(STACK, project_at(box.project).load(STACK))
            for line in first_fault(task_to_try(every, datetime.now(UTC)), options, command=command(Path.cwd())):
                tell(line)
            for moment, task, text in session.log.follow(lambda: time.sleep(0.2), ended=lambda: box.endpoint() is None):
                tell(f"{moment[11:19]}  {task or '-'}  {text}")
            fail("The emulator has ended. Start it with: make live")
    except SandboxError as error:
        fail(str(error))
    except KeyboardInterrupt:
        tell("The schedules have stopped. To continue, run: make live. To remove everything, run: make down")


@app.command()
def mail(
    number: Annotated[int | None, typer.Argument(help="The number of a mail to show. Default: list all.")] = None,
    example: ExampleOption = None,
) -> None:
    """List the mails of topics and the requests to API destinations during `live`, or show one."""
    mails = Mailbox(home_of(example) / FOLDER / "mail.jsonl").read()
    if number is not None:
        for line in or_fail(lambda: list(commands.mail_lines(mails, number))):
            tell(line)
    elif mails:
        tell_columns(commands.MAILS, commands.mail_rows(mails))
    else:
        tell("The mailbox is empty. Mails arrive while the schedules run: make live")


@app.command()
def faults(
    kind: Annotated[str | None, typer.Argument(help=f"One of {', '.join(commands.ALL_KINDS)}.")] = None,
    task: Annotated[str | None, typer.Argument(help="The task that it happens to. clock-jump concerns all.")] = None,
    times: Annotated[
        int, typer.Option("--times", "-n", min=1, max=1000, help="How many next runs or deliveries it affects.")
    ] = 1,
    by: Annotated[str, typer.Option("--by", help="How far clock-jump jumps, for example 2h.")] = "1h",
    clear: Annotated[bool, typer.Option("--clear", help="Remove the faults that have not happened yet.")] = False,
    example: ExampleOption = None,
) -> None:
    """Let the next runs of a task fail during `live`, or list the faults that have not happened yet.

    events-throttled affects no run: targets of rules refuse the next deliveries of events about the task.
    """
    folder = _live_folder(example)
    waiting = Faults(folder / "faults.json")
    if clear:
        waiting.clear()
    if kind == commands.CLOCK_JUMP:
        Requests(folder / "requests").add(or_fail(lambda: commands.new_jump(by)))
        tell(f"The clock of the schedules jumps ahead by {by}. Scheduled times in between are delivered at once.")
        return
    if kind is not None:
        known = commands.tasks_of(_schedules(example))
        waiting.add(or_fail(lambda: commands.new_fault(kind, task or "", times, known)))
    if waiting.all:
        tell_columns(commands.FAULTS, commands.fault_rows(waiting.all))
    else:
        tell("There are no faults. To add one, run: python -m sandbox faults KIND TASK")


@app.command()
def fire(
    task: Annotated[str, typer.Argument(help="Name of the task.")],
    schedule: Annotated[str | None, typer.Option("--schedule", help="The schedule, if the task has several.")] = None,
    example: ExampleOption = None,
) -> None:
    """Let EventBridge Scheduler start a task now, during `live`. It needs the rights and retries of its schedule."""
    folder = _live_folder(example)
    request = or_fail(lambda: commands.fires(_schedules(example), task, schedule))
    Requests(folder / "requests").add(request)
    tell(f"The schedule {request.schedule} fires now. `make live` prints what happens.")


def _live_folder(example: str | None) -> Path:
    """The folder of a session that runs."""
    home = home_of(example)
    if not Session(home).on:
        fail("The schedules don't run. In another terminal, start them with: make live")
    return home / FOLDER


def _schedules(example: str | None) -> list[Mapping[str, Any]]:
    """All schedules in the emulator."""
    return or_fail(sandbox_of(None, "sandbox", example).schedules)
