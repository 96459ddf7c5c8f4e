"""`pause` and `resume`: stop and start schedules directly in AWS."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from components.aws.names import TASK_NAME, task_of_schedule
from components.schedules.durations import delta
from components.schedules.instants import instant

from ..errors import FAILED
from ..output import note, notes, print_json, say
from ..pauses.record import ALL, is_of, pause_now, taggable
from ..pauses.switching import SwitchResult, pause, resume
from .options import DebugOption, GroupOption, ProfileOption, RegionOption, StackOption, Where, reached
from .planning_options import JsonOption

app = typer.Typer(rich_markup_mode=None)

OptionalTask = Annotated[str | None, typer.Argument(help="Name of the task.")]
NoCatchUp = Annotated[
    bool, typer.Option("--no-catch-up", help="Don't run the times that `catchUp` would run after the pause.")
]


@app.command("pause")
def pause_(
    why: Annotated[str, typer.Option("--why", help="The reason. It is recorded with your name and the time.")],
    task: OptionalTask = None,
    every: Annotated[bool, typer.Option("--all", help="All tasks of the stack.")] = False,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            help="End of the pause: a time of this computer, such as 06:00, or ISO 8601 with an offset or Z.",
        ),
    ] = None,
    for_: Annotated[str | None, typer.Option("--for", help="Length of the pause, for example 2h.")] = None,
    no_catch_up: NoCatchUp = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Pause a task, or all tasks, directly in AWS. No runs start until you resume it, or until --until or --for.

    Running tasks aren't stopped. A tag of the schedule group records who paused it, when and why. Tasks with `catchUp`
    run skipped times after the pause. Exit code 1: some schedules could not be paused. Run the command again.
    """
    if not taggable(why):
        raise typer.BadParameter("Enter a reason for those who find the task paused.", param_hint="--why")
    chosen = _chosen(task, every=every)
    now = datetime.now(UTC)
    ends = end_of_pause(until, for_, now)
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        who = deployment.client("sts").get_caller_identity()["Arn"]
        with _interruptible("pause"):
            result = pause(deployment, chosen, pause_now(who, why, now, ends), note, catch_up=not no_catch_up)
        _say_switched(result, "paused", as_json=as_json)
        if result.left:
            note(f"Already paused: {', '.join(result.left)}")
        _say_kept(result, where)
        if result.recorded and ends:
            local = ends.astimezone()
            note(
                f"The pause ends by itself at {local:%a %Y-%m-%d %H:%M %Z} ({ends:%H:%MZ}). A deployment that changes "
                "a schedule or uses --refresh ends it earlier."
            )
            note(f"To resume before, run: {where.command('resume', _argument(chosen))}")
        elif result.recorded:
            note(
                f"Also set `enabled: false` for {'the stack' if chosen == ALL else chosen} in the configuration. "
                "Otherwise, a deployment that changes a schedule or uses --refresh enables it again."
            )
            note(f"To resume, run: {where.command('resume', _argument(chosen))}")
        if not result.complete:
            raise typer.Exit(FAILED)


@app.command("resume")
def resume_(
    task: OptionalTask = None,
    every: Annotated[bool, typer.Option("--all", help="All tasks of the stack.")] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Also resume what the configuration pauses, and one-time schedules in the past."),
    ] = False,
    no_catch_up: NoCatchUp = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Resume tasks that were paused by hand. Tasks that the configuration pauses stay paused.

    Tasks with `catchUp` run skipped times. With --all, tasks that were paused by name stay paused. Resume them by name.
    Exit code 1: some schedules could not be resumed. Run the command again.
    """
    chosen = _chosen(task, every=every)
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        with _interruptible("resume"):
            result = resume(deployment, chosen, datetime.now(UTC), note, force=force, catch_up=not no_catch_up)
        _say_switched(result, "resumed", as_json=as_json)
        _say_still_paused(result, chosen)
        if result.done:
            note("If you set `enabled: false` in the configuration, remove it.")
        if not result.complete:
            raise typer.Exit(FAILED)


def end_of_pause(until: str | None, length: str | None, now: datetime) -> datetime | None:
    """The end of a pause from the options, in UTC; None for a pause without one. Raises BadParameter.

    A time of day is the next one in the time zone of this computer.
    """
    if until is not None and length is not None:
        raise typer.BadParameter("Pass --until or --for, not both.", param_hint="--until")
    try:
        if length is not None:
            return now + delta(length)
        if until is None:
            return None
        end = _next_time_of_day(until, now) if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", until) else instant(until)
    except (ValueError, OverflowError) as error:
        hint = "--until" if length is None else "--for"
        raise typer.BadParameter(str(error), param_hint=hint) from None
    if end <= now:
        raise typer.BadParameter(f"{until} is in the past.", param_hint="--until")
    return end


def _next_time_of_day(text: str, now: datetime) -> datetime:
    hour, minute = map(int, text.split(":"))
    today = now.astimezone().replace(tzinfo=None)
    try:
        time = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise ValueError(f'"{text}" is not a time. Use 00:00 to 23:59.') from None
    return (time if time > today else time + timedelta(days=1)).astimezone(UTC)


def _say_kept(result: SwitchResult, where: Where) -> None:
    if result.unaffected:
        note(f"Not paused, because no run is due before the end of the pause: {', '.join(result.unaffected)}")
    for name in result.stays:
        note(
            f"Paused until you resume it: {name}. It is a one-time schedule in the pause, or its start or end date "
            f"doesn't allow another start. Run: {where.command('resume', task_of_schedule(name))}"
        )


def _chosen(task: str | None, *, every: bool) -> str:
    """The task, or ALL. Raises BadParameter if neither is given, or both.

    An invalid name, such as an unset shell variable, must not mean all tasks.
    """
    if (task is None) != every:
        raise typer.BadParameter(
            "Pass the name of a task, or --all. To see what is paused, run: scheduled-tasks status", param_hint="TASK"
        )
    if task is not None and not re.fullmatch(TASK_NAME, task):
        raise typer.BadParameter(f'"{task}" is not a valid task name.', param_hint="TASK")
    return ALL if task is None else task


def _argument(chosen: str) -> str:
    return "--all" if chosen == ALL else chosen


@contextmanager
def _interruptible(command: str) -> Generator[None]:
    try:
        with notes.progress("Waiting for AWS"):
            yield
    except KeyboardInterrupt:
        note(f"Interrupted. Some schedules may be unchanged. To continue, run scheduled-tasks {command} again.")
        raise


def _say_switched(result: SwitchResult, verb: str, *, as_json: bool) -> None:
    if as_json:
        of_pause = {"stays": result.stays, "unaffected": result.unaffected} if verb == "paused" else {}
        print_json({verb: result.done, **result.as_data(), **of_pause})
    else:
        for name in result.done:
            say(f"{verb.capitalize()} {name}.")
    for name, why in result.failed.items():
        note(f"Not {verb}: {name}. {why}")
    if result.unrecorded:
        note(f"The record of pauses is not up to date. {result.unrecorded} Run the command again.")
    for name in result.missed:
        note(
            f"Not {verb}: {name}. Its time passed during the pause. To run it now, use scheduled-tasks run. "
            "--force enables it, and AWS may run it."
        )
    for name in result.over:
        note(f"Still paused: {name}. Its time has passed, so it will not run again.")
    _say_caught_up(result)
    if not result.done and result.complete:
        note(f"Nothing was {verb}.")


def _say_caught_up(result: SwitchResult) -> None:
    for run in result.catch_ups:
        note(f"Catching up {run.schedule}: {run.time:%a %Y-%m-%d %H:%M} UTC runs at {run.at:%Y-%m-%d %H:%M} UTC.")


def _say_still_paused(result: SwitchResult, chosen: str) -> None:
    named = {name for task in result.others for name in result.left if is_of(name, task)}
    if configured := [name for name in result.left if name not in {*named, *result.changed}]:
        note(f"Still paused, because not paused by hand: {', '.join(configured)}. To resume them too, pass --force.")
    if result.changed:
        note(
            f"Still paused, because changed since they were paused by hand: {', '.join(result.changed)}. The "
            "configuration may pause them now. To resume them too, pass --force."
        )
    for task, other in sorted(result.others.items()):
        if chosen == ALL:
            note(f"Still paused: {task} {other.words}. To resume it, run: scheduled-tasks resume {task}")
        elif result.done:
            note(f"Still paused: all other tasks {other.words}")
