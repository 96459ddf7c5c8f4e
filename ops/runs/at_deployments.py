"""Tasks with `runOn: deploy`: which revisions are deployed, and which of them have run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from components.monitoring.events import SUCCEEDED
from components.schedules import AFTER_DEPLOYMENT, BEFORE_DEPLOYMENT

from ..aws.deployment import Deployment
from ..aws.parallel import call_in_parallel
from ..aws.schedules import Schedule, get_schedule, list_schedules
from ..errors import OpsError
from .ecs_tasks import last_part
from .history import history
from .home import home_of_schedule
from .records import RUNNING, Run

_MOST = 1_000
"""The most runs of a task that the search reads, the newest first."""
_AGE = timedelta(days=3650)
"""The outcome log ends the search earlier: it has a retention time."""


@dataclass(frozen=True, slots=True)
class DeployedTask:
    """A task with `runOn: deploy`, and what is known about its deployed revision."""

    task: str
    schedule: Schedule
    revision: int
    run: Run | None
    """The run that succeeded with the revision, or is running."""

    @property
    def is_gate(self) -> bool:
        """Whether other schedules wait for it."""
        return self.schedule.expression == BEFORE_DEPLOYMENT

    @property
    def is_due(self) -> bool:
        """Whether the revision has neither succeeded, nor is running."""
        return self.run is None


def deployed_tasks(deployment: Deployment, *, gates_only: bool) -> list[DeployedTask]:
    """List the tasks with `runOn: deploy`: those with `gate` first, each part by name.

    Makes one call per 100 schedules, one per schedule that is disabled, and those of `history` per task.

    Raises:
        OpsError: It isn't known which revisions have run.
    """
    wanted = {BEFORE_DEPLOYMENT} if gates_only else {BEFORE_DEPLOYMENT, AFTER_DEPLOYMENT}
    tasks = {item.name: item.task for item in list_schedules(deployment) if not item.enabled}
    deployment.client("scheduler")
    read = call_in_parallel(lambda name: get_schedule(deployment, name), tasks)
    schedules = ((tasks[name], future.result()) for name, future in read)
    # A long name of a task is truncated in the name of its schedule.
    found = [
        _with_run(deployment, str(each.parameters.get("Group") or task), each)
        for task, each in schedules
        if each.expression in wanted
    ]
    return sorted(found, key=lambda each: (not each.is_gate, each.task))


def _with_run(deployment: Deployment, task: str, schedule: Schedule) -> DeployedTask:
    home = home_of_schedule(deployment, task, schedule)
    revision = int(last_part(home.task_definition_arn, ":"))
    now, lost = datetime.now(UTC), list[str]()
    runs = history(deployment, task, home, since=now - _AGE, until=now, most=_MOST, tell=lost.append, reasons=False)
    if lost:
        raise OpsError(f"{lost[0]} So it is not known if {task} has run. To run it, use: scheduled-tasks run {task}")
    return DeployedTask(task, schedule, revision, _run_of(runs, revision))


def _run_of(runs: Sequence[Run], revision: int) -> Run | None:
    return next((run for run in runs if run.for_revision == revision and run.outcome in (SUCCEEDED, RUNNING)), None)
