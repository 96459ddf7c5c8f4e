"""The IAM requests of the calls of state machines. Pure.

AWS: Service Authorization Reference; Step Functions developer guide, "How Step Functions generates IAM policies for
integrated services".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.model import OperationModel

from components.aws.account import Account
from components.aws.arn import Arn
from components.calls.operations import service, service_ids
from components.calls.permissions import derived_resources
from components.calls.references import Operation
from components.supervised.lease import KEY

from ..calls import ANY_RESOURCE, request_context
from ..iam_policies import Context, Document, is_allowed, is_allowed_somewhere
from .permissions import needs

_IDS = {"events": "eventbridge", "stepfunctions": "sfn", "application-autoscaling": "applicationautoscaling"}
"""IDs of services in the table of operations, by their names in boto3."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that IAM decides. Its resource can be `ANY_RESOURCE`."""

    action: str
    resource: str
    context: Context = field(default_factory=dict[str, str])


def refused(policies: Sequence[Document], requests: Iterator[Request]) -> Request | None:
    """The first request that the policies of a role don't allow; None if they allow all."""
    for request in requests:
        if request.resource == ANY_RESOURCE:
            allowed = is_allowed_somewhere(policies, request.action, request.context)
        else:
            allowed = is_allowed(policies, request.action, request.resource, request.context)
        if not allowed:
            return request
    return None


def run_task(arguments: Mapping[str, Any], definition: Mapping[str, Any] | None, account: Account) -> Iterator[Request]:
    """The requests of RunTask: its own, and those for the roles and tags that it passes on.

    Args:
        arguments: The arguments, as Step Functions spells them.
        definition: The task definition; None if it doesn't exist.
        account: The account and Region.
    """
    cluster = _cluster(arguments, account)
    names = ("Tags", "PropagateTags", "EnableECSManagedTags")
    parameters = {name: arguments[name] for name in names if name in arguments}
    parameters["TaskDefinitionArn"] = arguments.get("TaskDefinition", "")
    target = {"Arn": cluster, "EcsParameters": parameters}
    for action, resource in needs(target, definition, account):
        yield Request(action, resource, request_context(target, {}))


def requests(model: OperationModel, arguments: Mapping[str, Any], account: Account) -> Iterator[Request]:
    """The request of another call. If its resource doesn't follow from its arguments, any resource suffices.

    Args:
        model: The operation.
        arguments: Its arguments, as Step Functions spells them.
        account: The account and Region.
    """
    boto_name: str = model.service_model.service_name
    identifier = _IDS.get(boto_name, boto_name)
    if identifier not in service_ids():
        return
    of_service = service(identifier)
    known = of_service.permission(model.name)
    action = known.action if known else f"{of_service.prefix}:{model.name}"
    if boto_name == "ecs":
        context = {"ecs:cluster": _cluster(arguments, account)}
        yield from (Request(action, arn, context) for arn in _of_ecs(model.name, arguments, account))
    elif boto_name == "events":
        for entry in arguments.get("Entries", []):
            bus = str(entry.get("EventBusName", "default"))
            arn = bus if bus.startswith("arn:") else account.arn("events", f"event-bus/{bus}")
            context = {"events:source": [entry["Source"]], "events:detail-type": [entry["DetailType"]]}
            yield Request(action, arn, context)
    elif boto_name == "dynamodb" and "TableName" in arguments:
        table = str(arguments["TableName"])
        arn = table if table.startswith("arn:") else account.arn("dynamodb", f"table/{table}")
        yield Request(action, arn, _leading_keys(arguments))
    else:
        context = request_context({"Arn": ""}, arguments)
        found = derived_resources(Operation(of_service, model.name), arguments, account) or [ANY_RESOURCE]
        yield from (Request(action, arn, context) for arn in found)


def _leading_keys(arguments: Mapping[str, Any]) -> Context:
    """The partition key of an item. The lease table has no sort key, and an item without a key has no such context.

    AWS: Amazon DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control".
    """
    item = arguments.get("Key", arguments.get("Item", {}))
    return {"dynamodb:LeadingKeys": list(item[KEY].values())} if KEY in item else {}


def _of_ecs(name: str, arguments: Mapping[str, Any], account: Account) -> Sequence[str]:
    """The resources of an operation of ECS. AWS: Service Authorization Reference, Amazon ECS: ListTasks has no
    resource type but container instances."""
    tasks = {"DescribeTasks": arguments.get("Tasks", []), "StopTask": [arguments.get("Task", "")]}
    if name == "ListTasks":
        return ["*"]
    if name not in tasks:
        return [ANY_RESOURCE]
    cluster = Arn.parse(_cluster(arguments, account))
    return [task if task.startswith("arn:") else str(cluster.tasks_of_cluster(task)) for task in tasks[name]]


def _cluster(arguments: Mapping[str, Any], account: Account) -> str:
    name = str(arguments.get("Cluster", "default"))
    return name if name.startswith("arn:") else account.arn("ecs", f"cluster/{name}")
