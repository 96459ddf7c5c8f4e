"""The end of the smoke test: everything that it created is deleted."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from components.aws.names import GroupNames
from components.monitoring.events import FAILED, SUCCEEDED

from ..aws.session import Aws
from ..errors import OpsError
from ..runs.home import home_of
from .configuration import DENIAL, TASKS
from .step import NotSeenError, Scene

_STOPS = 120
"""Seconds. A container gets SIGTERM, and SIGKILL 30 seconds later."""


def is_deleted(scene: Scene) -> str:
    """Delete the stack, and look for what is left."""
    _delete_queue(scene)
    _delete_denial(scene)
    _stop_runs(scene)
    scene.deployer.destroy()
    revisions = _deregister(scene)
    if left := list(_left(scene.aws, scene.names)):
        raise NotSeenError(f"Still there: {', '.join(left)}.")
    return f"Nothing is left. Deregistered revisions of task definitions: {revisions}"


def _delete_queue(scene: Scene) -> None:
    sqs = scene.aws.client("sqs")
    if _exists(lambda: sqs.get_queue_url(QueueName=scene.message_queue), sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=scene.message_queue)["QueueUrl"])


def _delete_denial(scene: Scene) -> None:
    """Delete the policy of a step that was killed. IAM deletes no role that still has one."""
    iam = scene.aws.client("iam")
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_role_policy(RoleName=scene.names.role("scheduler"), PolicyName=DENIAL)


def _stop_runs(scene: Scene) -> None:
    """Stop the runs that haven't ended. Until then, neither their cluster nor their security group can be deleted."""
    ecs, stopped = scene.aws.client("ecs"), dict[str, list[str]]()
    for cluster, family in _homes(scene):
        for arn in list(scene.aws.pages("ecs", "list_tasks", "taskArns", cluster=cluster, family=family)):
            ecs.stop_task(cluster=cluster, task=arn, reason="The smoke test ends.")
            stopped.setdefault(cluster, []).append(arn)

    def ended() -> bool | None:
        found = (
            task
            for cluster, arns in stopped.items()
            for task in ecs.describe_tasks(cluster=cluster, tasks=arns[:100])["tasks"]
        )
        return all(task.get("lastStatus") == "STOPPED" for task in found) or None

    scene.until(_STOPS, "Runs have not stopped", ended)


def _homes(scene: Scene) -> Iterator[tuple[str, str]]:
    """The cluster and the family of each task that was deployed."""
    try:
        deployment = scene.deployment
    except OpsError:
        return
    for task in TASKS:
        # A deployment that was interrupted may lack some.
        with suppress(OpsError):
            home = home_of(deployment, task)
            yield home.cluster_arn, home.family


def _deregister(scene: Scene) -> int:
    """Deregister the revisions, which a deletion of the stack leaves, and return how many there were."""
    aws, prefix, found = scene.aws, scene.names.family_prefix, 0
    for family in list(aws.pages("ecs", "list_task_definition_families", "families", familyPrefix=prefix)):
        for arn in list(aws.pages("ecs", "list_task_definitions", "taskDefinitionArns", familyPrefix=family)):
            aws.client("ecs").deregister_task_definition(taskDefinition=arn)
            found += 1
    return found


def _left(aws: Aws, names: GroupNames) -> Iterator[str]:
    """The names of the resources of the stack that still exist."""
    scheduler, sqs = aws.client("scheduler"), aws.client("sqs")
    group = names.schedule_group
    if _exists(lambda: scheduler.get_schedule_group(Name=group), scheduler.exceptions.ResourceNotFoundException):
        yield f"schedule group {group}"
    for queue in (names.dead_letter_queue, names.event_dead_letter_queue):
        if _exists(lambda queue=queue: sqs.get_queue_url(QueueName=queue), sqs.exceptions.QueueDoesNotExist):
            yield f"queue {queue}"
    dynamodb = aws.client("dynamodb")
    if _exists(
        lambda: dynamodb.describe_table(TableName=names.lease_table), dynamodb.exceptions.ResourceNotFoundException
    ):
        yield f"table {names.lease_table}"
    yield from _left_in_lists(aws, names)


def _left_in_lists(aws: Aws, names: GroupNames) -> Iterator[str]:
    groups = (names.log_group, *(names.outcome_log_group(outcome) for outcome in (FAILED, SUCCEEDED)))
    for prefix in groups:
        for found in aws.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix):
            yield f"log group {found['logGroupName']}"
    topics = (topic["TopicArn"].rsplit(":", 1)[-1] for topic in aws.pages("sns", "list_topics", "Topics"))
    yield from (f"topic {name}" for name in topics if name == names.topic)
    machines = (each["name"] for each in aws.pages("stepfunctions", "list_state_machines", "stateMachines"))
    yield from (f"state machine {name}" for name in machines if name.startswith(names.state_machine_prefix))
    for rule in aws.pages("events", "list_rules", "Rules", NamePrefix=names.prefix):
        yield f"rule {rule['Name']}"
    for alarm in aws.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=names.prefix):
        yield f"alarm {alarm['AlarmName']}"
    for role in aws.pages("iam", "list_roles", "Roles", PathPrefix=names.iam_path):
        yield f"role {role['RoleName']}"


def _exists(read: Callable[[], object], missing: type[Exception]) -> bool:
    try:
        read()
    except missing:
        return False
    return True
