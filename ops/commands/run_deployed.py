"""`run-deployed`: runs the tasks with `runOn: deploy` after a deployment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from components.monitoring.events import SUCCEEDED

from ..aws.deployment import Deployment
from ..aws.logs import Tail
from ..errors import FAILED, INTERRUPTED, OpsError
from ..interrupts import terminable
from ..output import note, notes, print_json, results
from ..runs.at_deployments import DeployedTask, deployed_tasks
from ..runs.marks import revision_mark
from ..runs.records import RUNNING, Run
from ..runs.request import LaunchContext, RunChanges
from ..runs.starting import Started, start
from .following_run import say_ended, shown
from .options import DebugOption, GroupOption, ProfileOption, RegionOption, StackOption, Where, person, reached
from .planning_options import JsonOption

app = typer.Typer(rich_markup_mode=None)


@app.command()
def run_deployed(
    context: typer.Context,
    gate: Annotated[bool, typer.Option("--gate", help="Run only the tasks with gate: true.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the tasks and start nothing.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Run the tasks with runOn: deploy whose revision has not run yet.

    It runs them one after the other, those with gate: true first, shows their logs, and stops after the first that
    fails. A revision that succeeded is not run again, as long as the outcome log keeps the run.

    Exit code 1: a run failed, did not start, or still runs from an earlier call.
    """
    context.with_resource(terminable())
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        tasks = deployed_tasks(deployment, gates_only=gate)
        for each in tasks:
            note(_in_words(each))
        if not tasks:
            note(f"{deployment.name} has no task with runOn: deploy{' and gate: true' if gate else ''}.")
        ended: list[Run] = []
        try:
            _refuse_running(tasks, where)
            for each in () if dry_run else tasks:
                if each.is_due:
                    ended.append(_run(deployment, each, where, as_json=as_json))
                    _refuse_failed(each, ended[-1])
        finally:
            if as_json:
                runs = {run.task: run.as_data() for run in ended}
                print_json([{**_as_data(each), "run": runs.get(each.task)} for each in tasks])


def _in_words(found: DeployedTask) -> str:
    name = f"{found.task}, revision {found.revision}"
    if found.run is None:
        return f"{name}: has not run"
    return f"{name}: {'is running' if found.run.outcome == RUNNING else 'has succeeded'} ({found.run.short_id})"


def _as_data(found: DeployedTask) -> dict[str, object]:
    known = found.run.outcome if found.run else None
    return {"task": found.task, "gate": found.is_gate, "revision": found.revision, "earlier": known}


def _refuse_running(tasks: Sequence[DeployedTask], where: Where) -> None:
    """A run that continues after an interrupted call may still fail."""
    for each in tasks:
        if each.run and each.run.outcome == RUNNING:
            follow = where.command("logs", each.task, "--run", each.run.short_id, "--follow")
            raise OpsError(f"{each.task} still runs. Wait for its end, and run this command again: {follow}")


def _run(deployment: Deployment, found: DeployedTask, where: Where, *, as_json: bool) -> Run:
    context = LaunchContext.marked(found.schedule.arn, datetime.now(UTC), revision_mark(found.revision))
    try:
        started = start(deployment, found.task, found.schedule, context, RunChanges(), who=person(), tell=note)
        note(f"Started {', '.join(started.ids)} of {found.task}.")
        follow = where.command("logs", found.task, "--run", started.ids[0], "--follow")
        return _followed(deployment, started, follow, as_json=as_json)
    except OpsError as error:
        # Only `run` has exit codes of its own.
        raise OpsError(str(error), FAILED) from None


def _followed(deployment: Deployment, started: Started, follow: str, *, as_json: bool) -> Run:
    try:
        ended = shown(started, Tail(deployment.aws), notes if as_json else results, follow)
    except KeyboardInterrupt:
        note(f"The run continues. To follow it, run: {follow}")
        raise typer.Exit(INTERRUPTED) from None
    say_ended(ended, as_json=False)
    return ended


def _refuse_failed(found: DeployedTask, ended: Run) -> None:
    if ended.outcome != SUCCEEDED:
        held = " The schedules of other tasks keep their revisions." if found.is_gate else ""
        raise OpsError(f"{found.task} failed with revision {found.revision}.{held} Fix it, and deploy again.")
