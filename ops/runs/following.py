"""Following a run to its end: its states, and what it writes."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from components.monitoring.events import SUCCEEDED

from ..aws.deployment import Deployment
from ..aws.logs import Line, Place, Tail
from ..aws.tasks import describe_tasks
from ..errors import NOT_KNOWN, OpsError
from . import records
from .records import Run

Data = Mapping[str, Any]

POLL_SECONDS = 3
_MISSING_POLLS = 40
"""Questions in a row that ECS may answer with not knowing a task: what was just started is not known everywhere."""


@dataclass(frozen=True, slots=True)
class RunState:
    """How things stand."""

    state: str
    """What a person is shown: `PENDING`, or `RUNNING, STOPPED` for several."""
    tasks: Sequence[Data]
    """The ECS tasks, as DescribeTasks has them."""
    ended: bool


class Viewer(Protocol):
    """Who is shown a run."""

    def show(self, state: RunState) -> None:
        """How it stands."""
        ...

    def write(self, line: Line) -> None:
        """What it writes."""
        ...


class Followed(Protocol):
    """A run that is followed."""

    @property
    def ids(self) -> list[str]:
        """Its id: of each ECS task, or of the execution."""
        ...

    def look(self) -> RunState:
        """Ask how it stands."""
        ...

    def stop(self, reason: str) -> None:
        """Tell it to stop."""
        ...

    def clean_up(self, tell: Callable[[str], None]) -> None:
        """Do what is left to do when a run has ended that was told to stop."""
        ...

    def left_behind(self) -> str:
        """What a person is to do where that end is not waited for; empty for nothing."""
        ...

    def run(self) -> Run:
        """The run, as of the last look."""
        ...


class TaskRun:
    """ECS tasks that were started together."""

    def __init__(self, deployment: Deployment, cluster_arn: str, started: Sequence[Data], container: str | None):
        """`container` is the one whose exit code counts, where that is known."""
        self._ecs, self._cluster, self._container = deployment.client("ecs"), cluster_arn, container
        self._known = {str(task["taskArn"]): task for task in started}
        self._missing = 0

    @property
    def ids(self) -> list[str]:
        """The ids of the tasks."""
        return [records.last_part(arn) for arn in self._known]

    def look(self) -> RunState:
        """Ask ECS."""
        described = describe_tasks(self._ecs, self._cluster, list(self._known))
        self._missing = 0 if described else self._missing + 1
        if self._missing > _MISSING_POLLS:
            raise OpsError(f"ECS does not know {', '.join(self.ids)} any more, so its end is not known.", NOT_KNOWN)
        self._known |= {str(task["taskArn"]): task for task in described}
        tasks = list(self._known.values())
        states = list(dict.fromkeys(str(task["lastStatus"]) for task in tasks))
        return RunState(", ".join(states), tasks, states == [records.STOPPED])

    def stop(self, reason: str) -> None:
        """Stop all of them."""
        for arn in self._known:
            self._ecs.stop_task(cluster=self._cluster, task=arn, reason=reason)

    def clean_up(self, tell: Callable[[str], None]) -> None:
        """Nothing is left to do when they have ended."""

    def left_behind(self) -> str:
        """Nothing is."""
        return ""

    def run(self) -> Run:
        """The run; of several, the first that is not well."""
        runs = [records.from_task(task, container=self._container) for task in self._known.values()]
        return next((run for run in runs if run.outcome != SUCCEEDED), runs[0])


def follow(followed: Followed, tail: Tail, where: Sequence[Place], viewer: Viewer) -> Run:
    """Look until it has ended, show how it stands and what it writes; the run.

    The log is read once more after the end: its last lines arrive after the container is gone.
    """
    while True:
        state = followed.look()
        viewer.show(state)
        _write_new(state, tail, where, viewer)
        time.sleep(POLL_SECONDS)
        if state.ended:
            _write_new(state, tail, where, viewer)
            return followed.run()


def _write_new(state: RunState, tail: Tail, where: Sequence[Place], viewer: Viewer) -> None:
    for task in state.tasks:
        for place in where:
            for line in tail.read(place.group, place.stream(records.last_part(task["taskArn"]))):
                viewer.write(line)
