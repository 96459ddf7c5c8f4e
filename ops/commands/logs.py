"""`logs`: what the runs of a task have written."""

import heapq
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ..aws.deployment import Deployment
from ..aws.logs import Line, Place, places, search
from ..aws.tasks import describe_tasks
from ..errors import OpsError
from ..output import note, print_json_line, say
from ..runs import records
from ..runs.history import Home, history, home_of
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

app = typer.Typer()

POLL_SECONDS = 3
DEFAULT_SINCE = "1d"
OVERLAP = timedelta(minutes=1)
"""How late a line may arrive in a log that is followed."""


@app.command()
def logs(
    task: TaskArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="How far back: 45s, 15m, 26h, 7d. Default: 1d; with --run, all of it.")
    ] = None,
    run: Annotated[str | None, typer.Option("--run", help="One run, by its id or the beginning of it.")] = None,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print an object of JSON for each line.")] = False,
    debug: DebugOption = False,
) -> None:
    """Show what the runs of a task have written. Times are in UTC.

    With --run and --follow, it ends when the run has ended.
    """
    start = datetime.fromtimestamp(0, UTC) if run and not since else ago(since or DEFAULT_SINCE)
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        home = home_of(deployment, task)
        ids = _task_ids(deployment, task, home, run)
        found = _places(deployment, home)
        shown = _Printer(as_json=as_json)
        shown.print(_lines(deployment, found, ids, start))
        try:
            while follow:
                ended = run is not None and _has_ended(deployment, home, ids)
                time.sleep(POLL_SECONDS)
                shown.print(_lines(deployment, found, ids, max(start, shown.newest - OVERLAP)))
                if ended:
                    break
        except KeyboardInterrupt:
            return
        if not shown.seen and not follow:
            when = f"in the last {since or DEFAULT_SINCE}" if since or not run else "by that run"
            note(f"nothing was written {when}. Its runs: ops history {task}")


def _places(deployment: Deployment, home: Home) -> list[Place]:
    ecs = deployment.client("ecs")
    definition = ecs.describe_task_definition(taskDefinition=home.task_definition_arn)["taskDefinition"]
    found = places(definition)
    if not found:
        drivers = {
            container.get("logConfiguration", {}).get("logDriver") for container in definition["containerDefinitions"]
        }
        known = ", ".join(sorted(driver for driver in drivers if driver)) or "none"
        raise OpsError(f"its containers do not write to CloudWatch Logs (log driver: {known}).")
    return found


def _task_ids(deployment: Deployment, task: str, home: Home, run: str | None) -> tuple[str, ...]:
    """Beginnings of the ids of the ECS tasks that are wanted; all have an empty one."""
    if run is None:
        return ("",)
    if not home.state_machine_arn:
        return (run,)
    runs = history(deployment, task, home, since=ago("90d"), until=datetime.now(UTC), most=1000)
    ids = next((one.tasks for one in runs if one.id.startswith(run)), ())
    return ids or (run,)


def _lines(deployment: Deployment, found: list[Place], ids: tuple[str, ...], since: datetime) -> Iterator[Line]:
    streams = [search(deployment.aws, place.group, place.stream(id_), since) for place in found for id_ in ids]
    return heapq.merge(*streams, key=lambda line: line.at)


def _has_ended(deployment: Deployment, home: Home, ids: tuple[str, ...]) -> bool:
    ecs = deployment.client("ecs")
    listed = deployment.aws.pages(
        "ecs", "list_tasks", "taskArns", cluster=home.cluster_arn, family=home.family, desiredStatus="RUNNING"
    )
    wanted = [arn for arn in listed if records.last_part(arn).startswith(ids)]
    tasks = describe_tasks(ecs, home.cluster_arn, wanted)
    return all(task["lastStatus"] == records.STOPPED for task in tasks)


class _Printer:
    """Prints each line once, under the run and container that it is of."""

    def __init__(self, *, as_json: bool):
        self._as_json, self._stream = as_json, ""
        self.seen: set[str] = set()
        self.newest = datetime.fromtimestamp(0, UTC)

    def print(self, lines: Iterator[Line]) -> None:
        """Print those that are new."""
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
            _, container, id_ = line.stream.rsplit("/", 2)
            say(f"==> run {id_}, container {container}")
        say(f"{line.at:%Y-%m-%dT%H:%M:%SZ} {line.text}")
