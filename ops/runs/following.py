"""Follows a run to its end: shows its state and its log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from components.monitoring.events import SUCCEEDED

from .. import waiting
from ..aws.deployment import Deployment
from ..aws.logs import Line, Place, Tail
from ..aws.tasks import describe_tasks
from ..errors import NOT_KNOWN, OpsError
from . import records
from .ecs_tasks import STOPPED, EcsTask
from .records import Run

POLL_SECONDS = 3
PENDING_SECONDS = 3600
"""The longest time that ECS tasks may have no running container."""
IDLE_SECONDS = 24 * 3600
"""The longest time without a change of a run's state and without a line in its log."""
_PENDING = ("PROVISIONING", "PENDING", "ACTIVATING")
"""AWS: Amazon ECS developer guide, "Amazon ECS task lifecycle"."""
_MAX_UNKNOWN_POLLS = 40
"""Consecutive polls in which ECS may not know a task. A task that just started isn't known everywhere at once."""


@dataclass(frozen=True, slots=True)
class RunState:
    """The state of a run at one moment."""

    state: str
    """The state for the user: `PENDING`, or `RUNNING, STOPPED` for several ECS tasks."""
    tasks: Sequence[EcsTask]
    ended: bool


class RunViewer(Protocol):
    """Shows a run."""

    def show(self, state: RunState) -> None:
        """Show the state."""
        ...

    def write(self, line: Line) -> None:
        """Show a line of the log."""
        ...


class FollowedRun(Protocol):
    """A run to follow."""

    @property
    def ids(self) -> list[str]:
        """The IDs of its ECS tasks, or of the execution."""
        ...

    def poll(self) -> RunState:
        """Get the current state from AWS."""
        ...

    def stop(self, reason: str) -> None:
        """Ask AWS to stop the run."""
        ...

    def clean_up(self, tell: Callable[[str], None]) -> None:
        """Clean up after the end of a run that was stopped."""
        ...

    def manual_clean_up(self) -> str:
        """Instructions for the user if nothing calls `clean_up`. Empty if there is nothing to do."""
        ...

    def run(self) -> Run:
        """The run at the time of the last poll."""
        ...


class TaskRun:
    """ECS tasks that were started together."""

    def __init__(self, deployment: Deployment, cluster_arn: str, started: Sequence[EcsTask], container: str | None):
        """`container` is the one whose exit code counts, if it is known."""
        self._ecs, self._cluster, self._container = deployment.client("ecs"), cluster_arn, container
        self._known = {task.arn: task for task in started}
        self._unknown_polls = 0

    @property
    def ids(self) -> list[str]:
        """The IDs of the tasks."""
        return [task.id for task in self._known.values()]

    def poll(self) -> RunState:
        """Get the current state from ECS."""
        described = [EcsTask.read(task) for task in describe_tasks(self._ecs, self._cluster, list(self._known))]
        self._unknown_polls = 0 if described else self._unknown_polls + 1
        if self._unknown_polls > _MAX_UNKNOWN_POLLS:
            raise OpsError(
                f"ECS no longer knows {', '.join(self.ids)}, so the outcome of the run is not known.", NOT_KNOWN
            )
        self._known |= {task.arn: task for task in described}
        tasks = list(self._known.values())
        states = list(dict.fromkeys(task.status for task in tasks))
        return RunState(", ".join(states), tasks, states == [STOPPED])

    def stop(self, reason: str) -> None:
        """Stop all tasks."""
        failed: list[Exception] = []
        for arn in self._known:
            try:
                self._ecs.stop_task(cluster=self._cluster, task=arn, reason=reason)
            except Exception as error:
                failed.append(error)
        if failed:
            raise failed[0]

    def clean_up(self, tell: Callable[[str], None]) -> None:
        """Do nothing: stopped ECS tasks need no cleanup."""

    def manual_clean_up(self) -> str:
        """Return the empty string: stopped ECS tasks need no cleanup."""
        return ""

    def run(self) -> Run:
        """The run. If there are several tasks, the first one that didn't succeed."""
        runs = [records.from_ecs_task(task, container=self._container) for task in self._known.values()]
        return next((run for run in runs if run.outcome != SUCCEEDED), runs[0])


class Patience:
    """Ends the following of a run in which nothing changes for `PENDING_SECONDS` or `IDLE_SECONDS`."""

    def __init__(self) -> None:
        self._state, self._changed = "", waiting.now()

    def see(self, state: RunState, *, written: bool = False) -> None:
        """Note the state, and whether there were lines in the log."""
        if written or state.state != self._state:
            self._state, self._changed = state.state, waiting.now()

    def check(self) -> None:
        """Raise OpsError if nothing has changed for too long."""
        limit = PENDING_SECONDS if self._state in _PENDING else IDLE_SECONDS
        if waiting.now() - self._changed > limit:
            raise OpsError(
                f"The run has been {self._state} for {limit // 3600} h without a line in its log. It is not known how "
                "it ends.",
                NOT_KNOWN,
            )


def follow(followed: FollowedRun, tail: Tail, logs: Sequence[Place], viewer: RunViewer) -> Run:
    """Poll a run until it ends, show its state and log, and return it.

    Raises OpsError if nothing changes for `PENDING_SECONDS` or `IDLE_SECONDS`.

    The log is read once more after the end, because its last lines arrive after the container has stopped.
    """
    patience = Patience()
    while True:
        state = followed.poll()
        viewer.show(state)
        written = _write_new_lines(state, tail, logs, viewer)
        patience.see(state, written=written)
        waiting.wait(POLL_SECONDS)
        if state.ended:
            _write_new_lines(state, tail, logs, viewer)
            return followed.run()
        patience.check()


def _write_new_lines(state: RunState, tail: Tail, logs: Sequence[Place], viewer: RunViewer) -> bool:
    """Write the new lines of the log, and tell if there are any."""
    written = False
    for task in state.tasks:
        for place in logs:
            for line in tail.read(place.group, place.stream(task.id)):
                viewer.write(line)
                written = True
    return written
