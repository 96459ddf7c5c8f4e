"""The cluster, the task definition and the state machine of a task, even if its schedules are gone.

A one-time schedule disappears after its run: EventBridge Scheduler deletes it (`deleteAfterCompletion`), or the next
deployment leaves it out. The task's revisions, logs and outcomes stay.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from components.aws.names import CLUSTERS_TAG, TASK_NAME, family_of
from components.json_values import Json

from ..aws.deployment import STATES, Deployment
from ..aws.errors import error_code
from ..aws.machines import Machine, UnknownDefinitionError, read_machine
from ..aws.schedules import Listed, NoScheduleError, Schedule, call_in_words, get_schedule, list_schedules, schedules_of
from ..errors import OpsError
from .outcome_logs import last_details
from .request import STARTED_BY

T = TypeVar("T")

_NO_MACHINE = ("StateMachineDoesNotExist", "AccessDeniedException")
"""Errors after which a task counts as not supervised. Only operators of supervised tasks need the permission."""
_AGE = timedelta(days=90)
"""How far back the last run of a task without a schedule is looked up."""


@dataclass(frozen=True, slots=True)
class Home:
    """The cluster and task definition of a task's runs."""

    cluster_arn: str
    task_definition_arn: str
    state_machine_arn: str = ""

    @property
    def family(self) -> str:
        """The family of the task definition."""
        return family_of(self.task_definition_arn)


class NoContainerError(OpsError):
    """The task makes an API call."""

    def __init__(self, schedule: Schedule, message: str):
        """`schedule` is the first schedule of the task."""
        super().__init__(message)
        self.schedule = schedule


def home_of(deployment: Deployment, task: str) -> Home:
    """Find the cluster and task definition of a task. Makes two calls, or three for a supervised task.

    If the task's schedules are gone, it makes up to six, and one query of the outcome logs.

    Raises OpsError if there is no such task.
    """
    try:
        first = get_schedule(deployment, schedules_of(deployment, task)[0].name)
    except NoScheduleError:
        if (home := home_without_schedule(deployment, task)) is None:
            raise
        return home
    return home_of_schedule(deployment, task, first)


def home_of_schedule(deployment: Deployment, task: str, schedule: Schedule) -> Home:
    """Find the cluster and task definition of a task from one of its schedules. Makes a call for a supervised task.

    Raises NoContainerError for a task that makes an API call.
    """
    if schedule.is_call:
        raise NoContainerError(
            schedule,
            f"{task} makes an API call ({call_in_words(schedule.target_arn)}). It runs no container, so it has no runs "
            "and no log. To see failed calls, run: scheduled-tasks dead-letters list",
        )
    if not schedule.supervised:
        return Home(schedule.target_arn, schedule.task_definition_arn)
    return _of_machine(read_machine(deployment, schedule.target_arn))


def home_without_schedule(deployment: Deployment, task: str) -> Home | None:
    """Find the cluster and the newest revision of a task that has no schedule. Returns None if there is no such task.

    The task is known by its state machine, by its family, or by an event in the outcome logs.
    """
    if not re.fullmatch(TASK_NAME, task):
        return None
    if machine := _machine(deployment, task):
        return _of_machine(machine)
    newest = newest_revision(deployment, deployment.names.family(task))
    cluster = _known_cluster(deployment)
    if newest and cluster:
        return Home(cluster, newest)
    past = past_run(deployment, task)
    definition = newest or str(past.get("taskDefinitionArn", ""))
    where = str(past.get("clusterArn", "")) or cluster or own_cluster(deployment)
    return Home(where, definition) if definition else None


def past_run(deployment: Deployment, task: str) -> Mapping[str, Json]:
    """Return the event of a task's last run, in the shape of DescribeTasks. Empty if there is none.

    A run that its schedule started is preferred, because operators can change manual runs.
    """
    now = datetime.now(UTC)
    details = last_details(deployment, task, now - _AGE, now)
    scheduled = (each for each in details if not str(each.get("startedBy", "")).startswith(STARTED_BY))
    return next(scheduled, details[0] if details else {})


def newest_revision(deployment: Deployment, family: str) -> str:
    """Return the ARN of the newest active revision of a family. Empty if there is none."""
    ecs = deployment.client("ecs")
    try:
        return ecs.describe_task_definition(taskDefinition=family)["taskDefinition"].get("taskDefinitionArn", "")
    except (ecs.exceptions.ClientException, ecs.exceptions.InvalidParameterException):
        return ""


def usable_revision(deployment: Deployment, task_definition: str) -> str:
    """Return a revision if it is active, or else the newest one of its family.

    If there is none, return the revision itself: the error of its start names it.
    """
    ecs = deployment.client("ecs")
    try:
        status = ecs.describe_task_definition(taskDefinition=task_definition)["taskDefinition"].get("status", "")
    except (ecs.exceptions.ClientException, ecs.exceptions.InvalidParameterException):
        status = ""
    if status == "ACTIVE":
        return task_definition
    return newest_revision(deployment, family_of(task_definition)) or task_definition


def own_cluster(deployment: Deployment) -> str:
    """Return the ARN of the cluster that the group creates, unless its configuration names another one."""
    return deployment.resource("ecs", f"cluster/{deployment.names.cluster}")


def group_clusters(deployment: Deployment) -> list[str]:
    """Return the clusters that runs of a group start on, even if the group has no schedules."""
    first = _known_cluster(deployment) or own_cluster(deployment)
    return list(dict.fromkeys([first, *more_clusters(deployment)]))


def more_clusters(deployment: Deployment) -> list[str]:
    """Return all clusters of a group whose tasks run on several, from a tag of the schedule group."""
    names = deployment.tags.get(CLUSTERS_TAG, "").split()
    return [deployment.resource("ecs", f"cluster/{name}") for name in names]


def ecs_schedule(listed: Sequence[Listed]) -> Listed | None:
    """Return a schedule that tells the cluster of its group. None if there is none.

    Tasks can run on other clusters (`more_clusters`). Someone may have changed a schedule to another kind of target.
    """
    direct = (item for item in listed if ":cluster/" in item.target_arn)
    return next(direct, None) or next((item for item in listed if item.supervised), None)


def cluster_of(deployment: Deployment, schedule: Listed) -> str:
    """Return the cluster of a schedule from `ecs_schedule`. Makes one call if the schedule is supervised.

    Raises OpsError, or boto3's errors, if the state machine can't be read.
    """
    return read_machine(deployment, schedule.target_arn).cluster_arn if schedule.supervised else schedule.target_arn


def _known_cluster(deployment: Deployment) -> str | None:
    def read() -> str | None:
        schedule = ecs_schedule(list_schedules(deployment))
        return cluster_of(deployment, schedule) if schedule else None

    return _if_readable(read)


def _machine(deployment: Deployment, task: str) -> Machine | None:
    """Read the state machine of a task. Returns None if it doesn't exist, or if this version doesn't deploy it."""
    arn = deployment.resource(STATES, f"stateMachine:{deployment.names.state_machine(task)}")
    return _if_readable(lambda: read_machine(deployment, arn))


def _if_readable(read: Callable[[], T]) -> T | None:
    """Return what `read` returns. None if there is no state machine that this version deploys, or if AWS denies it."""
    try:
        return read()
    except UnknownDefinitionError:
        return None
    except Exception as error:
        if error_code(error) not in _NO_MACHINE:
            raise
        return None


def _of_machine(machine: Machine) -> Home:
    return Home(machine.cluster_arn, machine.task_definition_arn, machine.arn)
