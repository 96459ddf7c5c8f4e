"""`pause` and `resume`: in an emergency, in AWS itself."""

import re
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Annotated

import typer

from components.aws.names import TASK_NAME

from ..aws.deployment import Deployment
from ..errors import FAILED, OpsError
from ..output import note, notes, print_json, say
from ..pauses.record import ALL, is_of, pause_now, plain, read_record
from ..pauses.switching import Switched, pause, resume
from .options import DebugOption, GroupOption, JsonOption, ProfileOption, RegionOption, StackOption, Where, reached

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
    if not plain(why):
        raise typer.BadParameter("say why, for those who find it paused.", param_hint="--why")
    _check(task)
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        chosen = _chosen(deployment, task, every=every)
        who = deployment.client("sts").get_caller_identity()["Arn"]
        with _interruptible("pause"):
            done = pause(deployment, chosen, pause_now(who, why, datetime.now(UTC)), note)
        _say_switched(done, "paused", as_json=as_json)
        if done.left:
            note(f"paused before: {', '.join(done.left)}")
        if done.recorded:
            note(
                f"the configuration has to follow: enabled: false of {'the stack' if chosen == ALL else chosen}. A "
                "deployment that changes a schedule, or one with --refresh, enables it again otherwise."
            )
            note(f"end it with: {where.command('resume', _option(chosen))}")
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

    --all leaves tasks that somebody paused by their names: resume them by these. Exit code 1: not all could be resumed;
    do it again.
    """
    _check(task)
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        chosen = _chosen(deployment, task, every=every)
        with _interruptible("resume"):
            done = resume(deployment, chosen, datetime.now(UTC), note, force=force)
        _say_switched(done, "resumed", as_json=as_json)
        _say_left(done, chosen)
        if done.done:
            note("the configuration has to follow, where it was changed to enabled: false")
        if not done.complete:
            raise typer.Exit(FAILED)


def _check(task: str | None) -> None:
    """What is no name, such as a variable of the shell that is not set, must not stand for anything."""
    if task is not None and not re.fullmatch(TASK_NAME, task):
        raise typer.BadParameter(f'"{task}" is no name of a task.', param_hint="TASK")


def _option(chosen: str) -> str:
    return "--all" if chosen == ALL else chosen


def _chosen(deployment: Deployment, task: str | None, *, every: bool) -> str:
    if (task is None) != every:
        pauses = read_record(deployment.tags).pauses
        known = [f"paused by hand: {_option(name)} {pause.words}" for name, pause in sorted(pauses.items())]
        raise OpsError("\n".join(["say which: the name of a task, or --all.", *known]))
    return ALL if task is None else task


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
        note(
            f"not {done}: {name}: its one time came while it was paused. ops run runs it; --force enables it, and may "
            "run it"
        )
    for name in switched.over:
        note(f"{name} stays paused: its one time was over before the pause, and it never runs again")
    if not switched.done and switched.complete:
        note(f"nothing was {done}")


def _say_left(switched: Switched, chosen: str) -> None:
    """What was not resumed on purpose, and what is still paused."""
    named = {name for task in switched.others for name in switched.left if is_of(name, task)}
    if configured := [name for name in switched.left if name not in {*named, *switched.changed}]:
        note(f"not paused by hand, and left as they are: {', '.join(configured)}. --force resumes them as well.")
    if switched.changed:
        note(
            f"changed since they were paused by hand, so that the configuration may pause them now, and left as they "
            f"are: {', '.join(switched.changed)}. --force resumes them as well."
        )
    for task, held in sorted(switched.others.items()):
        if chosen == ALL:
            note(f"{task} stays paused {held.words}. End it with: ops resume {task}")
        elif switched.done:
            note(f"all other tasks stay paused {held.words}")
