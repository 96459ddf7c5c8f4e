"""`backfill`: runs a task for scheduled times that it missed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer

from components.monitoring.events import SUCCEEDED

from ..aws.deployment import Deployment
from ..aws.machines import machine_facts
from ..aws.schedules import Schedule, chosen_schedule, schedules_of
from ..backfill.filling import Filling
from ..backfill.times import MOST, ScheduledTime, left_out_times, scheduled_times, with_outcomes
from ..cells import Cell
from ..columns import Column
from ..errors import FAILED, OpsError
from ..interrupts import terminable
from ..output import counted, exit_cell, in_words, note, print_json, say_columns
from ..runs.following import FollowedRun
from ..runs.history import history
from ..runs.home import home_of
from ..runs.marks import mark_of
from ..runs.records import Run
from ..runs.request import LaunchContext, RunChanges
from ..runs.starting import start
from .confirming import require_yes
from .options import (
    DebugOption,
    GroupOption,
    ProfileOption,
    RegionOption,
    StackOption,
    TaskArgument,
    Where,
    person,
    reached,
)
from .planning_options import JsonOption, instant_or_now

app = typer.Typer(rich_markup_mode=None)

SCHEDULED_TIME = "SCHEDULED_TIME"
"""The variable with the scheduled time of a run."""
_LIST = (Column("TIME"), Column("STATUS"), Column("RUN"), Column("EXIT", right=True))


@app.command()
def backfill(
    context: typer.Context,
    task: TaskArgument,
    from_: Annotated[str, typer.Option("--from", help="First scheduled time, such as 2026-11-20T00:00:00Z.")],
    to: Annotated[str | None, typer.Option("--to", help="Last scheduled time. Default: now.")] = None,
    schedule: Annotated[
        str | None, typer.Option("--schedule", help="Name of the schedule, if the task has several.")
    ] = None,
    parallel: Annotated[int, typer.Option("--parallel", min=1, max=50, help="The most runs at a time.")] = 1,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Continue after a run that fails.")] = False,
    include_exceptions: Annotated[
        bool, typer.Option("--include-exceptions", help="Also run times that the schedule leaves out.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the times and start nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Run a task for the scheduled times at which it didn't succeed.

    It shows the times first, and starts the oldest run first. Each run has its scheduled time in the variable
    SCHEDULED_TIME, and where the task uses <aws.scheduler.scheduled-time>. Times of a pause count as missed. Times that
    the schedule leaves out (`except`, `only`) don't.

    --parallel isn't possible for a task with `overlap: forbid`, `queue` or `replace`.

    After an interruption, run the same command again: it skips times whose run succeeded or is running. Exit code 1: a
    run failed, or did not start.
    """
    since, until = _span(from_, to)
    context.with_resource(terminable())
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        chosen = chosen_schedule(deployment, task, schedule)
        _refuse_overlap(deployment, task, chosen, parallel)
        found = _times(deployment, task, chosen, since, until, with_exceptions=include_exceptions)
        times = [each.time for each in found if each.is_open]
        filling = Filling(partial(_launch, deployment, task, chosen), parallel, keep_going)
        if not as_json:
            say_columns(_LIST, map(_row, found))
        if not include_exceptions and (left_out := left_out_times(chosen, since, until)):
            time, reason = left_out[0]
            note(
                f"{counted(len(left_out), 'time')} left out, first {time:%a %Y-%m-%d %H:%M %Z}: {reason}. To run them "
                "too, pass --include-exceptions."
            )
        if not times:
            note(f"{task} has nothing to run from {since:%Y-%m-%d %H:%MZ} to {until:%Y-%m-%d %H:%MZ}.")
        if dry_run:
            times = []
        if times and not yes:
            require_yes(
                f"Start {counted(len(times), 'run')} of {task}?", to="start the runs", unchanged="Nothing was started."
            )
        try:
            _fill(filling, times)
        finally:
            if as_json:
                runs = [{"time": time, "run": run.as_data()} for time, run in filling.ended.items()]
                print_json({"times": [each.as_data() for each in found], "runs": runs})
        if times:
            _judge(filling)


_AGAIN = "To continue, run the same command again."


def _span(from_: str, to: str | None) -> tuple[datetime, datetime]:
    since, until = instant_or_now(from_), instant_or_now(to, "--to")
    if since > until:
        raise typer.BadParameter(f"{from_} is after the end.", param_hint="--from")
    return since, until


def _refuse_overlap(deployment: Deployment, task: str, schedule: Schedule, parallel: int) -> None:
    """Refuse several runs at a time of a task that allows one: they would skip or stop each other."""
    if parallel == 1 or not schedule.supervised:
        return
    machine = machine_facts(deployment, schedule.target_arn)
    if machine.exclusive:
        raise OpsError(
            f"{task} allows one run at a time (overlap: {machine.overlap}), so --parallel {parallel} would skip or "
            "stop runs. Nothing was started. Omit --parallel."
        )


def _launch(deployment: Deployment, task: str, schedule: Schedule, time: datetime) -> FollowedRun:
    """Start the run of a time. Its mark tells a later backfill its time."""
    context = LaunchContext.marked(schedule.arn, time, mark_of(time))
    changes = RunChanges(environment={SCHEDULED_TIME: context.scheduled_time})
    return start(deployment, task, schedule, context, changes, who=person(), tell=note).followed


def _fill(filling: Filling, times: Sequence[datetime]) -> None:
    try:
        for time, run in filling.run(times):
            _say(time, run, filling)
    except BaseException as error:
        interrupted = "Interrupted. " if isinstance(error, KeyboardInterrupt) else ""
        going = ", ".join(followed.ids[0] for followed in filling.running.values())
        if interrupted or going:
            note(f"{interrupted}{f'The current runs continue: {going}. ' if going else ''}{_AGAIN}")
        if isinstance(error, OpsError):
            # Only `run` has exit codes of its own.
            raise OpsError(str(error), FAILED) from None
        raise


def _times(
    deployment: Deployment,
    task: str,
    schedule: Schedule,
    since: datetime,
    until: datetime,
    *,
    with_exceptions: bool,
) -> Sequence[ScheduledTime]:
    times = scheduled_times(schedule, since, until, with_exceptions=with_exceptions)
    if not times:
        return []
    lost: list[str] = []
    home, now = home_of(deployment, task), datetime.now(UTC)
    runs = history(deployment, task, home, since=times[0], until=now, most=MOST, tell=lost.append, reasons=False)
    if lost:
        raise OpsError(f"{lost[0]} So it is not known which times have succeeded. Use: scheduled-tasks run --time")
    if len(runs) == MOST:
        raise OpsError(f"{task} had more than {MOST} runs since {times[0]}. Pass a later --from.")
    unknown = any(run.for_time is None and not run.schedule for run in runs)
    if unknown and len(schedules_of(deployment, task)) > 1:
        raise OpsError(
            f"{task} has several schedules, and its runs don't tell theirs. Start a missed run with: "
            f"scheduled-tasks run {task} --schedule {schedule.name} --time TIME"
        )
    return with_outcomes(times, runs, schedule, now)


def _row(found: ScheduledTime) -> tuple[Cell, ...]:
    run = found.run
    time = f"{found.time:%a %Y-%m-%d %H:%M %Z}"
    return time, found.outcome, run.short_id if run else "", exit_cell(run.outcome, run.exit_code) if run else ""


def _say(time: datetime, run: Run | None, filling: Filling) -> None:
    shown = f"{time:%Y-%m-%d %H:%M %Z}"
    if run is None:
        note(f"{shown}: started {filling.running[time].ids[0]}")
        return
    code = "" if run.exit_code is None else f" with exit code {run.exit_code}"
    took = f" after {in_words(run.duration)}" if run.duration else ""
    note(f"{shown}: {run.outcome}{code}{took}{f': {run.reason}' if run.reason else ''}")


def _judge(filling: Filling) -> None:
    failed = [time for time, run in filling.ended.items() if run.outcome != SUCCEEDED]
    note(f"{counted(len(filling.ended) - len(failed), 'run')} succeeded, {len(failed)} failed.")
    if filling.waiting:
        note(f"{counted(len(filling.waiting), 'time')} left, because a run failed. {_AGAIN}")
    if failed or filling.waiting:
        raise typer.Exit(FAILED)
