"""The IAM requests of API calls: each action, with its resource and condition keys.

AWS: service authorization reference. Calls with tags, or that name a role, need further permissions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.mocks import ACCOUNT, REGION

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """An API call: boto3's service, its operation, and its parameters."""

    service: str
    operation: str
    params: Params = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Request:
    """A request that IAM decides."""

    action: str
    resource: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict[str, str | list[str]])

    @property
    def key(self) -> tuple[str, str, str]:
        return self.action, self.resource, str(sorted(self.context.items()))


def _arn(service: str, resource: str, region: str = REGION) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


PREFIXES = {"stepfunctions": "states"}
"""Prefixes of actions that are not the name of the service in boto3."""
NO_PERMISSION = {"sts:GetCallerIdentity"}
"""AWS: STS API reference: no permissions are required."""
TAGGING = {
    "ecs:CreateCluster": "ecs:TagResource",
    "ecs:RegisterTaskDefinition": "ecs:TagResource",
    "scheduler:CreateScheduleGroup": "scheduler:TagResource",
    "iam:CreateRole": "iam:TagRole",
    "logs:CreateLogGroup": "logs:TagResource",
    "sqs:CreateQueue": "sqs:TagQueue",
    "sns:CreateTopic": "sns:TagResource",
    "events:PutRule": "events:TagResource",
    "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
    "states:CreateStateMachine": "states:TagResource",
    "dynamodb:CreateTable": "dynamodb:TagResource",
    "ssm:PutParameter": "ssm:AddTagsToResource",
    "ec2:CreateSecurityGroup": "ec2:CreateTags",
}
"""The further permission of a call with tags."""
PASSED = {
    "ecs": "ecs-tasks.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com",
    "states": "states.amazonaws.com",
    "events": "events.amazonaws.com",
}
"""The service that a role is passed to."""


def requests(calls: Iterable[Call]) -> list[Request]:
    """The requests of calls, each once. A call by the name of a role needs the call that created it."""
    found = list(calls)
    roles = {call.params["RoleName"]: call.params for call in found if call.operation == "CreateRole"}
    each = [request for call in found for request in _requests(call, roles)]
    return list({request.key: request for request in each}.values())


def _requests(call: Call, roles: Mapping[str, Params]) -> Iterator[Request]:
    service = PREFIXES.get(call.service, call.service)
    action = f"{service}:{call.operation}"
    if action in NO_PERMISSION:
        return
    role = roles.get(call.params.get("RoleName", ""), {})
    resources = [_role_arn(role)] if role else RESOURCES[service](call)
    for resource in resources:
        yield Request(action, resource, _context(call, role))
        if action in TAGGING and any(name.lower() in ("tags", "tagspecifications") for name in call.params):
            context = {f"{service}:CreateAction": call.operation} if service in ("ecs", "ec2") else {}
            if not (service == "ec2" and ":vpc/" in resource):
                yield Request(TAGGING[action], resource, context)
    for arn in _passed(call.params):
        yield Request("iam:PassRole", arn, {"iam:PassedToService": PASSED[service]})


def _role_arn(created: Params) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role{created.get('Path', '/')}{created['RoleName']}"


LIMITED = {"CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary"}
"""Calls whose requests have the boundary of the role (service authorization reference, iam:PermissionsBoundary)."""


def _context(call: Call, role: Params) -> Mapping[str, str]:
    if call.operation in LIMITED and "PermissionsBoundary" in role:
        return {"iam:PermissionsBoundary": role["PermissionsBoundary"]}
    return {"iam:AWSServiceName": call.params["AWSServiceName"]} if "AWSServiceName" in call.params else {}


def _passed(params: Params) -> Iterator[str]:
    target: Params = params.get("Target", {})
    for name in ("roleArn", "taskRoleArn", "executionRoleArn"):
        if params.get(name):
            yield params[name]
    if target.get("RoleArn"):
        yield target["RoleArn"]


def _first(params: Params, *names: str) -> Any:
    found = next((params[name] for name in names if name in params), None)
    return found[0] if isinstance(found, list) else found


def _tagged(call: Call) -> list[str] | None:
    """The resource of a call about tags, which is an ARN."""
    found = _first(call.params, "resourceArn", "ResourceArn", "ResourceARN")
    return [found] if found else None


def _ecs(call: Call) -> list[str]:
    if call.operation == "DescribeTaskDefinition":
        return ["*"]
    if call.operation == "RegisterTaskDefinition":
        return [_arn("ecs", f"task-definition/{call.params['family']}:1")]
    name = _first(call.params, "cluster", "clusters", "clusterName") or ""
    return _tagged(call) or [name if name.startswith("arn:") else _arn("ecs", f"cluster/{name}")]


def _scheduler(call: Call) -> list[str]:
    params = call.params
    if "GroupName" in params:
        return [_arn("scheduler", f"schedule/{params['GroupName']}/{params['Name']}")]
    return _tagged(call) or [_arn("scheduler", f"schedule-group/{params['Name']}")]


def _logs(call: Call) -> list[str]:
    if "ResourcePol" in call.operation or call.operation == "DescribeLogGroups":
        return ["*"]
    if tagged := _tagged(call):
        return tagged
    name = _arn("logs", f"log-group:{call.params['logGroupName']}")
    # AWS compares the ARN with `:*` for most calls. AWS: CloudWatch Logs user guide, "CloudWatch Logs resources".
    return [name, f"{name}:*"]


def _sqs(call: Call) -> list[str]:
    return [_arn("sqs", _first(call.params, "QueueName", "QueueUrl").rsplit("/", 1)[-1])]


def _sns(call: Call) -> list[str]:
    if call.operation in ("Unsubscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes"):
        return ["*"]
    return _tagged(call) or [call.params.get("TopicArn") or _arn("sns", call.params["Name"])]


def _events(call: Call) -> list[str]:
    for kind, resource in (("Connection", "connection"), ("ApiDestination", "api-destination")):
        if call.operation.endswith(kind):
            return [_arn("events", f"{resource}/{call.params['Name']}")]
    return _tagged(call) or [_arn("events", f"rule/{_first(call.params, 'Rule', 'Name')}")]


def _cloudwatch(call: Call) -> list[str]:
    if "Dashboard" in call.operation:
        return [_arn("cloudwatch", f"dashboard/{_first(call.params, 'DashboardName', 'DashboardNames')}", region="")]
    if call.operation == "DescribeAlarms":
        # AWS: CloudWatch API reference, DescribeAlarms: permission for all alarms.
        return [_arn("cloudwatch", "alarm:any")]
    return _tagged(call) or [_arn("cloudwatch", f"alarm:{_first(call.params, 'AlarmName', 'AlarmNames')}")]


def _states(call: Call) -> list[str]:
    if call.operation == "ValidateStateMachineDefinition":
        return ["*"]
    arn = call.params.get("stateMachineArn")
    return _tagged(call) or [arn or _arn("states", f"stateMachine:{call.params['name']}")]


def _dynamodb(call: Call) -> list[str]:
    return _tagged(call) or [_arn("dynamodb", f"table/{call.params['TableName']}")]


def _ssm(call: Call) -> list[str]:
    if call.operation == "DescribeParameters":
        return ["*"]
    return [_arn("ssm", f"parameter{_first(call.params, 'Name', 'ResourceId', 'Names')}")]


def _ec2(call: Call) -> list[str]:
    params = call.params
    if call.operation == "DescribeVpcAttribute":
        return [_arn("ec2", f"vpc/{params['VpcId']}")]
    if call.operation.startswith("Describe"):
        return ["*"]
    if call.operation == "CreateSecurityGroup":
        return [_arn("ec2", "security-group/sg-0a"), _arn("ec2", f"vpc/{params['VpcId']}")]
    return [_arn("ec2", f"security-group/{_first(params, 'GroupId', 'Resources')}")]


def _ecr(call: Call) -> list[str]:
    name = _first(call.params, "repositoryName", "repositoryNames")
    return _tagged(call) or ([_arn("ecr", f"repository/{name}")] if name else ["*"])


def _iam(call: Call) -> list[str]:
    if "PolicyArn" in call.params:
        return [call.params["PolicyArn"]]
    name = call.params["AWSServiceName"]
    role = "ECS" if name.startswith("ecs") else "AmazonEventBridgeApiDestinations"
    return [f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{name}/AWSServiceRoleFor{role}"]


def _secretsmanager(call: Call) -> list[str]:
    return [_arn("secretsmanager", f"secret:{call.params['SecretId']}-Ab12Cd")]


RESOURCES: Mapping[str, Callable[[Call], list[str]]] = {
    "ecs": _ecs,
    "scheduler": _scheduler,
    "logs": _logs,
    "sqs": _sqs,
    "sns": _sns,
    "events": _events,
    "cloudwatch": _cloudwatch,
    "states": _states,
    "dynamodb": _dynamodb,
    "ssm": _ssm,
    "ec2": _ec2,
    "ecr": _ecr,
    "iam": _iam,
    "secretsmanager": _secretsmanager,
}
"""The ARNs that a call of a service is about; `*` for an action without resource types."""
