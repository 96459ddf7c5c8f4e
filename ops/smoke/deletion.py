"""The end of the smoke test: everything that it created is deleted."""

from collections.abc import Callable, Iterator

from components.aws.names import GroupNames
from components.monitoring.events import FAILED, SUCCEEDED

from ..aws.session import Aws
from .step import NotSeenError, Scene


def is_deleted(scene: Scene) -> str:
    """Delete the stack, and look for what is left."""
    _delete_queue(scene)
    scene.deployer.destroy()
    revisions = _deregister(scene)
    if left := list(_left(scene.aws, scene.names)):
        raise NotSeenError(f"Still there: {', '.join(left)}.")
    return f"Nothing is left. Deregistered revisions of task definitions: {revisions}"


def _delete_queue(scene: Scene) -> None:
    sqs = scene.aws.client("sqs")
    if _exists(lambda: sqs.get_queue_url(QueueName=scene.message_queue), sqs.exceptions.QueueDoesNotExist):
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=scene.message_queue)["QueueUrl"])


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
    for role in aws.pages("iam", "list_roles", "Roles", PathPrefix=names.iam_path):
        yield f"role {role['RoleName']}"


def _exists(read: Callable[[], object], missing: type[Exception]) -> bool:
    try:
        read()
    except missing:
        return False
    return True
