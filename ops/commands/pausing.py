"""`pause` and `resume`: in an emergency, in AWS itself."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Annotated

import typer

from ..aws.deployment import Deployment
from ..errors import FAILED, OpsError
from ..output import note, notes, print_json, say
from ..pauses.record import ALL, pause_now, read_record
from ..pauses.switching import Switched, pause, resume
from .options import (
    DebugOption,
    GroupOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    StackOption,
    Where,
    reached,
)

app = typer.Typer()

OptionalTask = Annotated[str | None, typer.Argument(help="Name of the task.")]


@app.command("pause")
def pause_(
    why: Annotated[str, typer.Option("--why", help="Why: it is kept, with your name and the time.")],
    task: OptionalTask = None,
    every: Annotated[bool, typer.Option("--all", help="All tasks of the stack.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Pause a task, or all, now and in AWS itself: nothing is started until it is resumed.

    Runs that are going on are not stopped. Who paused it, when and why is kept as a tag of the schedule group. Exit
    code 1: not all could be paused; do it again.
    """
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        chosen = _chosen(deployment, task, every=every)
        who = deployment.client("sts").get_caller_identity()["Arn"]
        with _interruptible("pause"):
            done = pause(deployment, chosen, pause_now(who, why, datetime.now(UTC)), note)
        _say_switched(done, "paused", as_json=as_json)
        if done.left:
            note(f"paused before: {', '.join(done.left)}")
        note(
            f"the configuration has to follow: enabled: false {'of the stack' if chosen == ALL else f'of {chosen}'}. A "
            "deployment that changes a schedule, or one with --refresh, enables it again otherwise."
        )
        note(f"end it with: ops resume {chosen or '--all'}")
        if not done.complete:
            raise typer.Exit(FAILED)


@app.command("resume")
def resume_(
    task: OptionalTask = None,
    every: Annotated[bool, typer.Option("--all", help="All tasks of the stack.")] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Also what the configuration pauses, and what has missed its one time."),
    ] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Resume what was paused by hand; what the configuration pauses stays as it is.

    Exit code 1: not all could be resumed; do it again.
    """
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        chosen = _chosen(deployment, task, every=every)
        with _interruptible("resume"):
            done = resume(deployment, chosen, datetime.now(UTC), note, force=force)
        _say_switched(done, "resumed", as_json=as_json)
        if done.left:
            note(f"not paused by hand, and left as they are: {', '.join(done.left)}. --force resumes them as well.")
        if done.done:
            note("the configuration has to follow, where it was changed to enabled: false")
        if not done.complete:
            raise typer.Exit(FAILED)


def _chosen(deployment: Deployment, task: str | None, *, every: bool) -> str:
    if (task is None) != every:
        pauses = read_record(deployment.tags).pauses
        known = [f"paused by hand: {name or '--all'} {pause.words}" for name, pause in sorted(pauses.items())]
        raise OpsError("\n".join(["say which: the name of a task, or --all.", *known]))
    return task or ALL


@contextmanager
def _interruptible(command: str) -> Generator[None]:
    try:
        with notes.status("asking AWS") if notes.is_terminal else nullcontext():
            yield
    except KeyboardInterrupt:
        note(f"interrupted: some schedules are switched and others are not. Do it again: ops {command}")
        raise


def _say_switched(switched: Switched, done: str, *, as_json: bool) -> None:
    if as_json:
        print_json({done: switched.done, **switched.as_data()})
    else:
        for name in switched.done:
            say(f"{done} {name}")
    for name, why in switched.failed.items():
        note(f"not {done}: {name}: {why}")
    for name in switched.missed:
        note(f"not {done}: {name}: its one time has passed. ops run runs it; --force enables it, and may run it")
    if not switched.done and switched.complete:
        note(f"nothing was {done}")
