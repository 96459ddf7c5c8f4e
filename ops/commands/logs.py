"""`logs`: the logs of a task's runs."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from components.problems import listed

from .. import waiting
from ..aws.deployment import Deployment
from ..aws.logs import Line, Place, elsewhere, places, search
from ..aws.machines import RUNNING, execution_arn, execution_status, started_tasks
from ..aws.tasks import describe_tasks, family_tasks
from ..errors import OpsError
from ..output import note, print_json_line, results, say, short_time
from ..runs import records
from ..runs.following import IDLE_SECONDS
from ..runs.history import history
from ..runs.home import Home, home_of
from ..runs.records import Run
from .options import (
    DebugOption,
    GroupOption,
    ProfileOption,
    RegionOption,
    StackOption,
    TaskArgument,
    Where,
    ago,
    reached,
)

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef

app = typer.Typer(rich_markup_mode=None)

POLL_SECONDS = 3
DEFAULT_SINCE = "1d"
OVERLAP = timedelta(minutes=1)
"""How late a line can arrive in a log."""
UNKNOWN_POLLS = 20
"""Polls that may find no such run, because AWS may not list a new run yet."""
_SEARCHED = 1000
"""Runs to search for an id."""
_AGE = timedelta(days=90)
"""The longest age of a run to search. Step Functions forgets executions after 90 days."""
_LISTED = 5
"""Runs to name if there is no such run."""
FULL_LENGTHS = (32, 36)
"""Lengths of a complete ECS task id. AWS: Amazon ECS API reference, DescribeTasks."""


@app.command()
def logs(
    task: TaskArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for new lines until Ctrl-C.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="How far back, for example 45s or 7d. Default: 1d, or all with --run.")
    ] = None,
    run: Annotated[str | None, typer.Option("--run", help="Id of a run, or its first characters.")] = None,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    color: Annotated[
        bool, typer.Option("--color", help="Keep the colors in the lines. Other control characters are shown.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
    debug: DebugOption = False,
) -> None:
    """Show the logs of a task's runs. Times are in UTC. Control characters are shown as <U+001B>.

    With --run and --follow, the command ends when the run ends. Exit code 1: there is no such run.
    """
    if run == "":
        raise typer.BadParameter("The id is empty. Pass an id or its first characters.", param_hint="--run")
    start = datetime.fromtimestamp(0, UTC) if run and not since else ago(since or DEFAULT_SINCE)
    where = Where(stack, group, profile, region, debug)
    with reached(where) as deployment:
        wanted = _Wanted(deployment, task, run, where.command("history", task))
        shown = _Printer(as_json=as_json, color=color)
        shown.print(wanted.lines(start))
        if follow:
            _follow(wanted, shown, start)
        elif not shown.seen:
            if run:
                wanted.refuse_unknown()
            when = f" in the last {since or DEFAULT_SINCE}" if since or not run else ""
            note(f"No log lines found{when}. To list the runs: {where.command('history', task)}")


def _follow(wanted: "_Wanted", shown: "_Printer", start: datetime) -> None:
    """Print new lines until the run ends, and once more after that, because the last lines arrive late."""
    ended, lines, changed = False, 0, waiting.now()
    try:
        while not ended:
            ended = wanted.have_ended(seen=bool(shown.seen))
            waiting.wait(POLL_SECONDS)
            shown.print(wanted.lines(max(start, shown.newest - OVERLAP)))
            if len(shown.seen) != lines:
                lines, changed = len(shown.seen), waiting.now()
            if wanted.is_one_run and waiting.now() - changed > IDLE_SECONDS:
                raise OpsError(
                    f"The run has written no line for {IDLE_SECONDS // 3600} h and has not ended. To follow it again, "
                    "run the same command."
                )
    except KeyboardInterrupt:
        return


class _Wanted:
    """The selected runs: all of a task, or one."""

    def __init__(self, deployment: Deployment, task: str, run: str | None, history_command: str):
        self._deployment, self._task, self._run, self._history = deployment, task, run, history_command
        self._unknown = 0
        self._home = home_of(deployment, task)
        self._places = _places(deployment, self._home)
        self._execution = ""
        self._ids: tuple[str, ...] = (run or "",)
        """Prefixes of the ids of the ECS tasks. The empty prefix matches all."""
        if run and self._home.state_machine_arn:
            self._find_execution(run)

    def _find_execution(self, run: str) -> None:
        found = next((one for one in self._newest(_SEARCHED) if one.id.startswith(run)), None)
        if found:
            self._execution = found.id
            arn = execution_arn(self._home.state_machine_arn, found.id)
            # ECS forgets the attempts after an hour, and the outcome names only the last one.
            own = map(records.last_part, started_tasks(self._deployment, arn))
            self._ids = tuple(dict.fromkeys([*own, *found.tasks]))
        else:
            self._find_new_execution(run)

    def _find_new_execution(self, name: str) -> None:
        """Find an execution that AWS doesn't list yet by its complete name."""
        if execution_status(self._deployment, self._home.state_machine_arn, name) is not None:
            self._execution, self._ids = name, ()

    @property
    def is_one_run(self) -> bool:
        """Whether one run is selected, which ends at some time."""
        return self._run is not None

    def lines(self, since: datetime) -> Iterator[Line]:
        """Yield the log lines since a time, oldest first."""
        found = [(place.group, place.stream(id_)) for place in self._places for id_ in self._ids]
        streams = [search(self._deployment.aws, group, prefix, since) for group, prefix in found]
        return heapq.merge(*streams, key=lambda line: line.at)

    def have_ended(self, *, seen: bool) -> bool:
        """Tell if the selected run has ended. Without a selected run, return False.

        `seen` tells if it has written any lines. Raises OpsError if no such run is found after several polls.
        """
        if not self._run:
            return False
        if self._home.state_machine_arn and not self._execution:
            self._find_new_execution(self._run)
        if self._execution:
            tasks = family_tasks(self._deployment, self._home.cluster_arn, self._home.family)
            own = tuple(
                records.last_part(task["taskArn"]) for task in tasks if records.execution_of(task) == self._execution
            )
            self._ids = tuple(dict.fromkeys([*self._ids, *own]))
            return execution_status(self._deployment, self._home.state_machine_arn, self._execution) != RUNNING
        wanted = self._tasks(self._run)
        if wanted or seen:
            # A run that has written lines and that ECS has forgotten writes no more.
            return all(task["lastStatus"] == records.STOPPED for task in wanted)
        self._unknown += 1
        if self._unknown > UNKNOWN_POLLS:
            raise OpsError(self._unknown_run(self._newest(_SEARCHED, failed=[])))
        return False

    def refuse_unknown(self) -> None:
        """Raise OpsError if AWS knows no such run. A run that exists can have no log lines."""
        if self._execution or not self._run or self._tasks(self._run):
            return
        # Without an answer of all sources, the run can't be found, and the error still helps more than another.
        known = self._newest(_SEARCHED, failed=[])
        if not any(one.id.startswith(self._run) for one in known):
            raise OpsError(self._unknown_run(known))

    def _newest(self, most: int, failed: list[str] | None = None) -> list[Run]:
        now = datetime.now(UTC)
        return history(
            self._deployment,
            self._task,
            self._home,
            since=now - _AGE,
            until=now,
            most=most,
            reasons=False,
            failed=failed,
        )

    def _unknown_run(self, known: Sequence[Run]) -> str:
        listed = ", ".join(f"{one.short_id} ({_described(one)})" for one in known[:_LISTED])
        newest = f"Its newest runs: {listed}." if known else f"It has no known runs in the last {_AGE.days} days."
        return (
            f'Found no run of {self._task} whose id begins with "{self._run}", and no log lines of one. {newest} To '
            f"list all, run: {self._history}"
        )

    def _tasks(self, run: str) -> "list[TaskTypeDef]":
        if len(run) in FULL_LENGTHS:
            return describe_tasks(self._deployment.client("ecs"), self._home.cluster_arn, [run])
        tasks = family_tasks(self._deployment, self._home.cluster_arn, self._home.family)
        return [task for task in tasks if records.last_part(task["taskArn"]).startswith(run)]


def _described(run: Run) -> str:
    """The outcome and the start of a run, for a list of runs."""
    return ", ".join(part for part in (run.outcome, short_time(run.started)) if part)


def _places(deployment: Deployment, home: Home) -> list[Place]:
    """Find the logs of a task's containers. Containers whose output is elsewhere are noted."""
    definition = deployment.client("ecs").describe_task_definition(taskDefinition=home.task_definition_arn)
    found, others = places(definition["taskDefinition"]), elsewhere(definition["taskDefinition"])
    if not found:
        raise OpsError(
            f"The containers of {home.family} use other log drivers and don't write to CloudWatch Logs: "
            f"{listed(others, 'and')}."
        )
    if others:
        note(f"Not in CloudWatch Logs: {listed(others, 'and')}.")
    return found


class _Printer:
    """Prints each line once, below a heading with its run and container."""

    def __init__(self, *, as_json: bool, color: bool):
        self._as_json, self._stream = as_json, ""
        self._say = results.say_colored if color else say
        self.seen: set[str] = set()
        self.newest = datetime.fromtimestamp(0, UTC)

    def print(self, lines: Iterator[Line]) -> None:
        """Print the new lines."""
        for line in lines:
            if line.id in self.seen:
                continue
            self.seen.add(line.id)
            self.newest = max(self.newest, line.at)
            if self._as_json:
                print_json_line(line.as_data())
            else:
                self._print(line)

    def _print(self, line: Line) -> None:
        if line.stream != self._stream:
            self._stream = line.stream
            _, container, id_ = f"//{line.stream}".rsplit("/", 2)
            say(f"==> Run {id_}, container {container}")
        self._say(f"{line.at:%Y-%m-%dT%H:%M:%SZ} {line.text}")
