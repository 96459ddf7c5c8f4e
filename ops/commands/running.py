"""`run`: runs a task manually, in AWS like its schedule would, or on this machine."""

import shlex
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from components.checks.containers import variable_names
from components.problems import listed, nearest
from components.task.keywords import KEYWORDS, like_keywords

from ..aws.deployment import Deployment
from ..aws.schedules import NoScheduleError, Schedule, chosen_schedule
from ..errors import NO_RUN, NOT_KNOWN, OpsError
from ..output import note, print_json, say
from ..runs.calling import call_once
from ..runs.past_launch import past_launch
from ..runs.request import LaunchContext, RunChanges
from ..runs.starting import Started, start
from .following_run import exit_code_of
from .options import (
    DebugOption,
    GroupOption,
    ProfileOption,
    RegionOption,
    StackOption,
    TaskArgument,
    Where,
    explained,
    person,
    reached,
)
from .planning_options import JsonOption, instant_or_now
from .running_locally import run_locally

app = typer.Typer(rich_markup_mode=None)

EMULATED = (
    "A local emulator answers in place of AWS. It starts no container: it simulates the states and the exit code, and "
    "there is no log. To run the container on this machine, pass --local."
)


@app.command()
def run(
    task: TaskArgument,
    schedule: Annotated[
        str | None, typer.Option("--schedule", help="Name of the schedule, if the task has several.")
    ] = None,
    command: Annotated[
        str | None, typer.Option("--command", help="Command that replaces the schedule's, as one quoted string.")
    ] = None,
    env: Annotated[
        list[str] | None, typer.Option("--env", "-e", help="Environment variable: NAME=VALUE. Can be repeated.")
    ] = None,
    cpu: Annotated[int | None, typer.Option("--cpu", min=1, help="CPU units that replace the task's.")] = None,
    memory: Annotated[
        int | None, typer.Option("--memory", min=1, help="Memory in MiB that replaces the task's.")
    ] = None,
    ephemeral_storage: Annotated[
        int | None,
        typer.Option("--ephemeral-storage", min=21, max=200, help="GiB of storage on Fargate that replace the task's."),
    ] = None,
    revision: Annotated[int | None, typer.Option("--revision", min=1, help="Revision of the task definition.")] = None,
    time: Annotated[str | None, typer.Option("--time", help="Scheduled time to pass to the run. Default: now.")] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Start the run and don't wait for its end.")] = False,
    local: Annotated[bool, typer.Option("--local", help="Run on this machine with Docker or Podman.")] = False,
    secrets: Annotated[bool, typer.Option("--secrets", help="With --local: read the secrets from AWS.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Run a task now, and exit with its container's exit code.

    The run equals a scheduled run: it has the same revision, network, overrides, capacity and tags. A task that makes
    an API call gets a one-time schedule with the same target and role, and the command doesn't wait for the call.

    Exit code 125: No run started, or it failed without an exit code. 123: It is not known whether a run started, or how
    it ended. 130: You pressed Ctrl-C.

    With --local, the command runs the container in the stack's configuration, even if it isn't deployed. --env NAME
    then passes a variable of your environment.
    """
    where = Where(stack, group, profile, region, debug)
    variables = _variables(env or [], local=local)
    changes = RunChanges(_words(command), variables, cpu, memory, ephemeral_storage, revision)
    context = LaunchContext("", instant_or_now(time, "--time"), str(uuid.uuid4()))
    if local:
        given = {"--detach": detach, "--revision": revision, "--json": as_json, "--group": group}
        _refuse_with_local(given | {"--ephemeral-storage": ephemeral_storage})
        inherited = [name for name in env or [] if "=" not in name]
        with explained(debug=debug, exit_code=NO_RUN):
            raise typer.Exit(run_locally(where, task, schedule, context, changes, inherited, secrets=secrets))
    if secrets:
        raise typer.BadParameter("Requires --local.", param_hint="--secrets")
    with reached(where, NO_RUN) as deployment:
        chosen = _chosen(deployment, task, schedule)
        context = replace(context, schedule_arn=chosen.arn)
        if chosen.is_call:
            _make_call(deployment, task, chosen, context, changes, as_json=as_json)
            return
        try:
            started = start(deployment, task, chosen, context, changes, who=person(), tell=note)
        except KeyboardInterrupt:
            note(f"Interrupted during the start. To see if a run started, run: {where.command('history', task)}")
            raise
        hint = where.command("logs", task, "--run", started.ids[0], "--follow")
        if detach:
            _say_started(started, hint, as_json=as_json)
        else:
            note(f"Started {', '.join(started.ids)}.")
        _note_places(started, emulated=deployment.aws.emulated)
        if detach:
            return
        with explained(debug=debug, exit_code=NOT_KNOWN):
            raise typer.Exit(exit_code_of(deployment, started, hint, as_json=as_json))


def _make_call(
    deployment: Deployment, task: str, chosen: Schedule, context: LaunchContext, changes: RunChanges, *, as_json: bool
) -> None:
    """Make the call of a schedule once, and say how to learn about a failure."""
    if changes != RunChanges():
        raise OpsError(f"{task} makes an API call, which has no command, variables, size or revision. Omit them.")
    made = call_once(deployment, task, chosen, context, who=person(), now=datetime.now(UTC))
    if as_json:
        print_json(made.as_data())
    else:
        say(made.schedule)
    note(
        f"EventBridge Scheduler makes the call {made.call} at {made.time:%H:%M:%S} UTC or within a minute after it. It "
        f"then deletes the schedule {made.schedule}. If the call fails, run: scheduled-tasks dead-letters list"
    )
    if deployment.aws.emulated:
        note("A local emulator answers in place of AWS. It makes no calls.")


def _note_places(started: Started, *, emulated: bool) -> None:
    """Note where to look for a run."""
    if started.elsewhere:
        note(f"Not in CloudWatch Logs: {listed(started.elsewhere, 'and')}.")
    for link in started.links:
        note(f"Console: {link}")
    if emulated:
        note(EMULATED)


def _chosen(deployment: Deployment, task: str, schedule: str | None) -> Schedule:
    """Choose the schedule of a task. If the task's schedules are gone, use what AWS still knows about them."""
    try:
        return chosen_schedule(deployment, task, schedule)
    except NoScheduleError as unknown:
        try:
            past = past_launch(deployment, task)
        except NoScheduleError:
            # The first message suggests similar names.
            raise unknown from None
    if schedule:
        raise OpsError(f"{task} has no schedule any more. To run it anyway, omit --schedule.")
    if past.problem:
        raise OpsError(past.problem)
    note(past.sources)
    return past.schedule


def _words(command: str | None) -> list[str] | None:
    try:
        words = None if command is None else shlex.split(command)
    except ValueError as error:
        raise typer.BadParameter(f"{error}: {command}", param_hint="--command") from None
    _refuse_unknown_keywords("--command", words or ())
    return words


def _variables(pairs: list[str], *, local: bool) -> dict[str, str]:
    given = [pair for pair in pairs if not local or "=" in pair]
    for pair in given:
        if "=" not in pair[1:]:
            raise typer.BadParameter(f'"{pair}" must be NAME=VALUE.', param_hint="--env")
    _refuse_unknown_keywords("--env", given)
    variables = dict(pair.split("=", 1) for pair in given)
    for problem in variable_names(variables):
        raise typer.BadParameter(f"{problem.path[0]} {problem.message}", param_hint="--env")
    return variables


def _refuse_unknown_keywords(option: str, texts: Iterable[str]) -> None:
    for found in (found for text in texts for found in like_keywords(text)):
        if found not in KEYWORDS:
            raise typer.BadParameter(
                f'"{found}" is not a keyword of EventBridge Scheduler.{nearest(found, KEYWORDS)}', param_hint=option
            )


def _refuse_with_local(given: Mapping[str, object]) -> None:
    for option, value in given.items():
        if value:
            raise typer.BadParameter("Can't be combined with --local.", param_hint=option)


def _say_started(started: Started, hint: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"ids": started.ids})
        return
    for id_ in started.ids:
        say(id_)
    note(f"To follow the run, run: {hint}")
