"""The live state of a deployment besides its schedules: running tasks, waiting runs, alarms and dead letters."""

import sys
from collections.abc import Collection, Sequence

from components.aws.names import family_of
from components.resolved import Scheduled, Task
from components.supervised.settings import QUEUE, REPLACE

from ..aws.answers import AnswerError
from ..aws.deployment import Deployment
from ..aws.errors import error_code
from ..aws.queues import message_count, queue_url
from ..aws.schedules import Listed
from ..aws.tasks import cluster_tasks
from ..dead_letters.queue import queue_names
from ..errors import OpsError
from ..output import counted
from ..runs import records
from ..runs.executions import waiting_runs
from ..runs.home import cluster_of, ecs_schedule, more_clusters, own_cluster
from ..runs.records import Run, last_part
from .rows import Planned

RUNNING = 200
"""The most running ECS tasks of the cluster that are read by default."""
FIRING = 100
"""The most firing alarms that are read by default, in one call."""


def running(
    deployment: Deployment, listed: Sequence[Listed], families: Collection[str], most: int = RUNNING
) -> tuple[dict[str, Run], list[str]]:
    """Return the running runs by task, and what is unknown about them.

    A task can run although its schedule is gone: EventBridge Scheduler deletes a one-time schedule after its launch.

    Args:
        deployment: The deployment.
        listed: Its schedules.
        families: The families of existing task definitions. Runs of other families belong to other stacks, whose tasks
            may have the same names in the same cluster.
        most: The most running ECS tasks of the cluster to read.
    """
    first = ecs_schedule(listed)
    if first is None and listed:
        return {}, ["Running tasks are unknown: no schedule runs an ECS task."]
    try:
        own = cluster_of(deployment, first) if first else own_cluster(deployment)
        clusters = dict.fromkeys([own, *more_clusters(deployment)])
        read = [cluster_tasks(deployment, cluster_arn, "RUNNING", most) for cluster_arn in clusters]
        tasks, are_all = [task for each, _ in read for task in each], all(whole for _, whole in read)
    except AnswerError:
        raise
    except OpsError as error:
        return {}, [f"Running tasks are unknown. {error}"]
    except Exception as error:
        if error_code(error) not in ("ClusterNotFoundException", "StateMachineDoesNotExist"):
            raise
        if first is None:
            return {}, []
        missing = last_part(last_part(first.target_arn), ":")
        return {}, [f"Running tasks are unknown: {missing} doesn't exist. For details, run: scheduled-tasks doctor"]
    prefix = deployment.names.family_prefix
    own = [
        task
        for task in tasks
        if (family := family_of(task.get("taskDefinitionArn", ""))).startswith(prefix) or family in families
    ]
    runs = [records.from_task(task) for task in own]
    found = {run.task: run for run in runs if run.task and run.outcome == records.RUNNING}
    more = (
        f"Only {most} running tasks of the cluster were read. A running task may be shown as enabled. "
        "To read all, pass --full."
    )
    return found, [] if are_all else [more]


def waiting(
    deployment: Deployment, listed: Sequence[Listed], planned: Planned | None, most: int
) -> tuple[dict[str, list[Run]], list[str]]:
    """Return the supervised runs that wait by task, and what is unknown about them.

    Args:
        deployment: The deployment.
        listed: Its schedules.
        planned: The configuration. Tasks whose runs wait for other runs are read first.
        most: The most tasks to read, with one call each.
    """
    machines = {item.task: item.target_arn for item in listed if item.supervised}
    waiters = {task.name for task in planned.tasks.values() if _waits_for_others(task)} if planned else set[str]()
    read = sorted(machines, key=lambda name: (name not in waiters, name))[:most]
    found, unknown = waiting_runs(deployment, {name: machines[name] for name in read})
    left = len(machines) - len(read)
    more = f"Waiting runs of {counted(left, 'supervised task')} were not read. To read them, pass --full."
    return found, [*unknown, *([more] if left else [])]


def _waits_for_others(task: Scheduled) -> bool:
    return isinstance(task, Task) and (bool(task.lock) or task.overlap in (QUEUE, REPLACE))


def firing(deployment: Deployment, *, full: bool = False) -> tuple[list[str], list[str]]:
    """Return the names of the group's firing alarms without the group's prefix (`dropped`, `backup/no-success`), and
    what is unknown about them. `full` reads all alarms."""
    most = sys.maxsize if full else FIRING
    prefix = deployment.names.alarm_prefix
    pages = (
        deployment.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=prefix, StateValue="ALARM", PaginationConfig={"PageSize": FIRING, "MaxItems": most})
    )
    alarms = (alarm for page in pages for alarm in page.get("MetricAlarms", []))
    found = (alarm.get("AlarmName", "") for alarm in alarms if alarm.get("StateValue") == "ALARM")
    names = sorted(name.removeprefix(prefix) for name in found if name.startswith(prefix))
    return names, [] if len(names) < most else [f"Only {most} firing alarms were read. To read all, pass --full."]


def waiting_messages(deployment: Deployment) -> dict[str, int | None]:
    """Count the messages of each dead-letter queue. The count is None if the queue doesn't exist."""
    urls = {kind: queue_url(deployment, name) for kind, name in queue_names(deployment).items()}
    return {kind: None if url is None else message_count(deployment, url) for kind, url in urls.items()}
