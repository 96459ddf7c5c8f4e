"""The permissions that the roles of a stack need. Pure functions of the deployed resources.

A role that the deployment creates has the policy that it needs, so only its most important permissions are checked. All
permissions of an existing role are checked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from components.aws.account import Account
from components.aws.arn import Arn
from components.aws.secret_references import SecretReference
from components.infrastructure.startable import EXECUTION_SYNC_RULE, SYNC_RULE
from components.supervised.ending import OUTCOME_SOURCE

from .images import ecr_image
from .inventory import Inventory, StateMachine, TaskDefinition
from .launch import Launch
from .stack_roles import is_created_by

TASKS = "ecs-tasks.amazonaws.com"
_EVERYTHING = ("*",)
"""The resource of actions that support nothing narrower."""
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_ENTER = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


@dataclass(frozen=True, slots=True)
class Need:
    """Permissions that a role needs."""

    role_arn: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    """Each action needs each resource."""
    context: tuple[tuple[str, str], ...] = ()
    """The condition keys of the calls with their values."""
    has_resource_policy: bool = False
    """Whether the policies of the resources can allow it too. A simulation doesn't read them."""
    fix: str = ""
    """The fix if the policies of the resources can allow it too."""


def needs(inventory: Inventory) -> Iterator[Need]:
    """Yield the permissions that the roles need to start all runs."""
    return (need for need in _needs(inventory) if need.role_arn)


def _needs(inventory: Inventory) -> Iterator[Need]:
    for role_arn in dict.fromkeys(launch.role_arn for launch in inventory.launches):
        yield from _run_task_needs(role_arn, [each for each in inventory.launches if each.role_arn == role_arn])
        if roles := passed_roles(inventory, role_arn):
            yield Need(role_arn, ("iam:PassRole",), tuple(sorted(roles)), (("iam:PassedToService", TASKS),))
    schedules = [each.schedule for each in inventory.schedules]
    for role_arn in dict.fromkeys(schedule.role_arn for schedule in schedules):
        own = [schedule for schedule in schedules if schedule.role_arn == role_arn]
        if queues := {schedule.dead_letter_queue_arn for schedule in own} - {""}:
            yield Need(role_arn, ("sqs:SendMessage",), tuple(sorted(queues)))
        if machines := {schedule.target_arn for schedule in own if schedule.supervised}:
            yield Need(role_arn, ("states:StartExecution",), tuple(sorted(machines)))
    for role_arn in dict.fromkeys(machine.role_arn for machine in inventory.machines):
        yield from _supervisor_needs(
            inventory, role_arn, [each for each in inventory.machines if each.role_arn == role_arn]
        )
    yield from _needs_of_runs(inventory)


def _run_task_needs(role_arn: str, launches: Iterable[Launch]) -> Iterator[Need]:
    by_cluster: dict[str, list[Launch]] = {}
    for launch in launches:
        by_cluster.setdefault(launch.cluster_arn, []).append(launch)
    for cluster_arn, in_cluster in by_cluster.items():
        definitions = tuple(sorted({launch.task_definition_arn for launch in in_cluster}))
        yield Need(role_arn, ("ecs:RunTask",), definitions, (("ecs:cluster", cluster_arn),))
        yield Need(role_arn, ("ecs:TagResource",), (in_cluster[0].tasks_arn,), (("ecs:CreateAction", "RunTask"),))


def _supervisor_needs(inventory: Inventory, role_arn: str, machines: Sequence[StateMachine]) -> Iterator[Need]:
    deployment = inventory.deployment
    existing = not is_created_by(deployment.names, role_arn)
    if tables := {each.lease_table for each in machines if each.lease_table}:
        arns = (deployment.resource("dynamodb", f"table/{table}") for table in tables)
        actions = ("dynamodb:PutItem", *(("dynamodb:DeleteItem", "dynamodb:UpdateItem") if existing else ()))
        yield Need(role_arn, actions, tuple(sorted(arns)))
    bus = deployment.resource("events", "event-bus/default")
    yield Need(role_arn, ("events:PutEvents",), (bus,), (("events:source", OUTCOME_SOURCE),))
    if arns := tuple(each.index_machine_arn for each in machines if each.index_machine_arn):
        yield Need(role_arn, ("states:StartExecution",), arns)
    if not existing:
        return
    rule = deployment.resource("events", f"rule/{SYNC_RULE}")
    yield Need(role_arn, ("events:DescribeRule", "events:PutRule", "events:PutTargets"), (rule,))
    if arns:
        rule = deployment.resource("events", f"rule/{EXECUTION_SYNC_RULE}")
        yield Need(role_arn, ("events:DescribeRule", "events:PutRule", "events:PutTargets"), (rule,))
        executions = tuple(str(Arn.parse(arn).execution("any")) for arn in arns)
        yield Need(role_arn, ("states:DescribeExecution", "states:StopExecution"), executions)
    # AWS: Step Functions developer guide, "Logging using CloudWatch Logs".
    yield Need(role_arn, ("logs:CreateLogDelivery", "logs:UpdateLogDelivery"), _EVERYTHING)
    for cluster_arn in sorted({each.launch.cluster_arn for each in machines if each.launch}):
        on_cluster = (("ecs:cluster", cluster_arn),)
        tasks = str(Arn.parse(cluster_arn).tasks_of_cluster("any"))
        yield Need(role_arn, ("ecs:DescribeTasks", "ecs:StopTask"), (tasks,), on_cluster)
        yield Need(role_arn, ("ecs:ListTasks",), _EVERYTHING, on_cluster)


def passed_roles(inventory: Inventory, role_arn: str | None = None) -> set[str]:
    """Return the roles that runs assume: all, or those of the runs that a role starts."""
    return {
        role
        for each in inventory.schedules
        if each.definition and each.launch and role_arn in (None, each.launch.role_arn)
        for role in each.definition.roles
    }


def _needs_of_runs(inventory: Inventory) -> Iterator[Need]:
    """The permissions of existing execution roles, and of existing task roles for ECS Exec."""
    deployment = inventory.deployment
    account = deployment.account
    by_role: dict[str, list[TaskDefinition]] = {}
    for definition in inventory.definitions:
        if definition.execution_role and not is_created_by(deployment.names, definition.execution_role):
            by_role.setdefault(definition.execution_role, []).append(definition)
    for role_arn, definitions in by_role.items():
        yield from _execution_needs(role_arn, definitions, account)
    entered = {
        each.definition.task_role
        for each in inventory.schedules
        if each.definition and each.launch and each.launch.execute_command
    }
    for role_arn in sorted(entered):
        if not is_created_by(deployment.names, role_arn):
            yield Need(role_arn, _ENTER, _EVERYTHING)


def _execution_needs(role_arn: str, definitions: Sequence[TaskDefinition], account: Account) -> Iterator[Need]:
    found = [ecr_image(image) for definition in definitions for image in definition.images]
    images = [image for image in found if image]
    if images:
        yield Need(role_arn, ("ecr:GetAuthorizationToken",), _EVERYTHING)
    # The owner of another registry must allow it too, which a simulation doesn't tell.
    own = {
        str(Arn(account.partition, "ecr", image.region, image.account_id, f"repository/{image.repository}"))
        for image in images
        if image.account_id == account.account_id
    }
    if own:
        yield Need(role_arn, _PULL, tuple(sorted(own)))
    groups = {group for definition in definitions for group in definition.log_groups}
    if groups:
        streams = (account.arn("logs", f"log-group:{group}:log-stream:any") for group in sorted(groups))
        yield Need(role_arn, ("logs:CreateLogStream", "logs:PutLogEvents"), tuple(streams))
    if files := sorted({file for each in definitions for file in each.files}):
        yield Need(role_arn, ("s3:GetObject",), tuple(files))
        # AWS: Amazon ECS developer guide, "Amazon ECS task execution IAM role", Amazon S3 file storage permissions.
        yield Need(role_arn, ("s3:GetBucketLocation",), tuple(dict.fromkeys(file.split("/", 1)[0] for file in files)))
    secrets = {arn for each in definitions for secret in each.secrets if (arn := secret_arn(secret, account))}
    for service, action in (("secretsmanager", "secretsmanager:GetSecretValue"), ("ssm", "ssm:GetParameters")):
        if read := sorted(arn for arn in secrets if Arn.parse(arn).service == service):
            yield Need(role_arn, (action,), tuple(read))


def secret_arn(value: str, account: Account) -> str:
    """The ARN of a secret without its JSON key, or of a parameter by name. Empty if the value refers to neither."""
    known = value if Arn.parse_if_arn(value) else account.arn("ssm", f"parameter/{value.removeprefix('/')}")
    try:
        return SecretReference.parse(known).arn
    except ValueError:
        return ""
