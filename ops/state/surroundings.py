"""What is around the schedules of a deployment: runs that go on, firing alarms, waiting dead letters."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from components.aws.names import family_of

from ..aws.deployment import Deployment
from ..aws.machines import read_machine
from ..aws.schedules import Listed
from ..aws.tasks import running_tasks
from ..errors import OpsError
from ..runs import records
from ..runs.records import Run, last_part

RUNNING = 200
"""Running ECS tasks of the cluster that are looked through."""
FIRING = 100
"""Firing alarms that are looked at: one call. Where there are more, that is bad enough."""


def running(
    deployment: Deployment, listed: Sequence[Listed], families: Collection[str]
) -> tuple[dict[str, Run], list[str]]:
    """The runs that go on, by task, and what is not known of them. `families` are those of task definitions made
    elsewhere: other stacks may run tasks of the same names in the same cluster."""
    # A group has one cluster. Whoever changed a schedule may have given it a target of another kind.
    direct = (item for item in listed if ":cluster/" in item.target_arn)
    first = next(direct, None) or next((item for item in listed if item.supervised), None)
    if first is None:
        return {}, ["which runs go on is not known: no schedule runs an ECS task"] if listed else []
    try:
        cluster_arn = read_machine(deployment, first.target_arn).cluster_arn if first.supervised else first.target_arn
        tasks, are_all = running_tasks(deployment, cluster_arn, RUNNING)
    except OpsError as error:
        return {}, [f"which runs go on is not known. {error}"]
    except Exception as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code")
        if code not in ("ClusterNotFoundException", "StateMachineDoesNotExist"):
            raise
        gone = last_part(last_part(first.target_arn), ":")
        return {}, [f"which runs go on is not known: {gone} is not there (ops doctor says more)"]
    known = {item.task for item in listed}
    prefix = deployment.names.family_prefix
    own = [
        task
        for task in tasks
        if (family := family_of(task.get("taskDefinitionArn", ""))).startswith(prefix) or family in families
    ]
    runs = [records.from_task(task) for task in own]
    found = {run.task: run for run in runs if run.task in known and run.outcome == records.RUNNING}
    more = "more runs go on in the cluster than were looked at: a task that runs may be shown as enabled"
    return found, [] if are_all else [more]


def firing(deployment: Deployment) -> tuple[list[str], list[str]]:
    """The alarms of the group that are firing, without the group's prefix (`dropped`, `backup/no-success`), and what is
    not known of them."""
    prefix = deployment.names.alarm("")
    pages = deployment.aws.pages(
        "cloudwatch",
        "describe_alarms",
        "MetricAlarms",
        AlarmNamePrefix=prefix,
        StateValue="ALARM",
        PaginationConfig={"PageSize": FIRING, "MaxItems": FIRING},
    )
    found = (str(alarm["AlarmName"]) for alarm in pages if alarm["StateValue"] == "ALARM")
    names = sorted(name.removeprefix(prefix) for name in found if name.startswith(prefix))
    return names, [] if len(names) < FIRING else ["more alarms are firing than are shown"]


def dead_letters(deployment: Deployment) -> dict[str, int | None]:
    """Waiting messages by queue; None where the queue is not there."""
    group = deployment.names
    queues = {"launches": group.dead_letter_queue, "events": group.event_dead_letter_queue}
    return {what: _waiting(deployment, name) for what, name in queues.items()}


def _waiting(deployment: Deployment, queue: str) -> int | None:
    sqs = deployment.client("sqs")
    counted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    try:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return None
    attributes = cast("Mapping[str, str]", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counted)["Attributes"])
    return sum(int(attributes[name]) for name in counted)
