"""Calls of EventBridge Scheduler: what a schedule does when it is due, with boto3 and the rights of its role.

The emulator has schedules, but never invokes their targets. AWS: EventBridge Scheduler user guide, "Using universal
targets", "Using templated targets", "Adding context attributes".
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from ops.aws.schedules import Schedule
from ops.errors import OpsError
from ops.runs.request import SCHEDULED_BY, LaunchContext, RunChanges, run_task

from .errors import SandboxError
from .iam_policies import Document, is_allowed, is_allowed_somewhere
from .schedule_targets import model_of, target_problems

_NOT_IMPLEMENTED = (500, 501)
"""HTTP statuses of moto's answer for an operation that it lacks."""
ANY_RESOURCE = ""
"""In place of the ARN of a resource that isn't known: the role must allow the action on any resource."""
Client = Callable[[str], Any]
"""Makes boto3's client of a service."""


class TargetError(Exception):
    """The target refuses the call, as EventBridge Scheduler counts it in TargetErrorCount."""

    def __init__(self, message: str, code: str = "ValidationException"):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Played:
    """A call that was made."""

    service: str
    """boto3's name of the service."""
    operation: str
    params: Mapping[str, Any]
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Prepared:
    service: str
    operation: str
    params: Mapping[str, Any]


def play(
    client: Client,
    target: Mapping[str, Any],
    *,
    schedule_arn: str,
    due: datetime,
    needs: Iterable[tuple[str, str]],
    attempt: str = "d32c5kddcf5bb8c3",
    number: int = 1,
) -> Played:
    """Make the call of a schedule that is due.

    Args:
        client: Makes clients of the emulator.
        target: The schedule's target, as GetSchedule returns it.
        schedule_arn: The schedule.
        due: The scheduled time.
        needs: The IAM actions and resources that the call needs, by AWS's service authorization reference. The role
            must allow each. The resource can be `ANY_RESOURCE`.
        attempt: The ID of the attempt.
        number: The number of the attempt, from 1.

    Raises:
        SandboxError: EventBridge Scheduler refuses the target, or the emulator lacks the operation.
        TargetError: The input doesn't fit the API, or the role lacks a permission.
        botocore.exceptions.ClientError: The service refuses the call.
    """
    if problems := list(target_problems({"Target": target})):
        raise SandboxError("; ".join(problems))
    call = _call(target, schedule_arn=schedule_arn, due=due, attempt=attempt, number=number)
    documents = role_policies(client("iam"), target["RoleArn"])
    context = request_context(target, call.params)
    for action, resource in needs:
        if resource == ANY_RESOURCE:
            allowed = is_allowed_somewhere(documents, action, context)
        else:
            allowed = is_allowed(documents, action, resource, context)
        if not allowed:
            on = f" on {resource}" if resource else ""
            refused = f"AccessDenied: {target['RoleArn']} is not authorized to perform {action}{on}"
            raise TargetError(refused, "AccessDeniedException")
    made = client(call.service)
    operation = getattr(made, _method(made, call.operation))
    try:
        answer = operation(**call.params)
    except (NotImplementedError, ClientError) as error:
        if not is_not_emulated(error):
            raise
        raise SandboxError(f"The emulator doesn't emulate {call.service}:{call.operation}, or failed.") from None
    return Played(call.service, call.operation, call.params, answer)


def prepared_params(
    target: Mapping[str, Any], *, schedule_arn: str, due: datetime, attempt: str, number: int
) -> Mapping[str, Any]:
    """The parameters of the call of a schedule that is due. Empty if its input doesn't fit.

    The arguments are those of `play`.
    """
    try:
        return _call(target, schedule_arn=schedule_arn, due=due, attempt=attempt, number=number).params
    except (TargetError, SandboxError):
        return {}


def _call(target: Mapping[str, Any], *, schedule_arn: str, due: datetime, attempt: str, number: int) -> _Prepared:
    values = {
        "schedule-arn": schedule_arn,
        "scheduled-time": due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "execution-id": attempt,
        "attempt-number": str(number),
    }
    text = re.sub(r"<aws\.scheduler\.([a-z-]+)>", lambda found: values.get(found[1], found[0]), target.get("Input", ""))
    call = _prepared(target, text)
    if "EcsParameters" not in target:
        return call
    started_by = f"{SCHEDULED_BY}{schedule_arn.rsplit('/', 1)[-1][:_STARTED_BY_NAME]}"
    return replace(call, params={**call.params, "startedBy": started_by})


def is_not_emulated(error: Exception) -> bool:
    """Whether moto lacks an operation: in this process, or as a server, which then fails."""
    return isinstance(error, NotImplementedError) or (
        isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] in _NOT_IMPLEMENTED
    )


def request_context(target: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The condition keys of the request. AWS: Service Authorization Reference, Amazon ECS, Amazon EventBridge, AWS Step
    Functions, Application Auto Scaling."""
    if "EcsParameters" in target:
        return {
            "ecs:cluster": target["Arn"],
            "ecs:CreateAction": "RunTask",
            "iam:PassedToService": "ecs-tasks.amazonaws.com",
        }
    if event := target.get("EventBridgeParameters"):
        return {"events:source": [event["Source"]], "events:detail-type": [event["DetailType"]]}
    if machine := re.search(r":stateMachine:[^:]+:(.+)", str(target["Arn"])):
        return {"states:StateMachineQualifier": [machine[1]]}
    if "ScalableDimension" in params:
        return {
            "application-autoscaling:service-namespace": str(params["ServiceNamespace"]),
            "application-autoscaling:scalable-dimension": str(params["ScalableDimension"]),
        }
    return {}


def _prepared(target: Mapping[str, Any], text: str) -> _Prepared:
    arn = str(target["Arn"])
    service, resource = arn.split(":", 5)[2], arn.split(":", 5)[5]
    if service == "scheduler":
        _, service_id, action = resource.split(":")
        model = model_of(service_id)
        assert model is not None
        operation = model.operation_model(action[:1].upper() + action[1:])
        return _Prepared(model.service_name, operation.name, _parameters(operation, text))
    if service not in _TEMPLATED:
        raise SandboxError(f"The sandbox doesn't play targets of {service}.")
    return _TEMPLATED[service](target, text)


def _parameters(operation: OperationModel, text: str) -> dict[str, Any]:
    try:
        given = json.loads(text or "{}")
    except ValueError:
        raise TargetError(f"Input is not JSON: {text}") from None
    shape = operation.input_shape
    if shape is None:
        return {}
    return _value(shape, given, "Input")


def _value(shape: Shape, value: Any, path: str) -> Any:
    """The value with the members as botocore spells them. Only the spelling of the AWS SDK for Java 2.x is known."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members: Mapping[str, Shape] = shape.members
        spelled = {java_name(name): name for name in members}
        found: dict[str, Any] = {}
        for name, item in value.items():
            if name not in spelled:
                raise TargetError(f"{path} has no member {name}. Its members: {', '.join(sorted(spelled))}")
            found[spelled[name]] = _value(members[spelled[name]], item, f"{path}.{name}")
        return found
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_value(shape.member, item, path) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _value(shape.value, item, path) for key, item in value.items()}
    return value


def java_name(member: str) -> str:
    """A member as the AWS SDK for Java 2.x names it, with a capital first letter: `DBInstanceIdentifier` is
    `DbInstanceIdentifier`, and `SourceDBInstanceIdentifier` stays.

    AWS: aws-sdk-java-v2, codegen, DefaultNamingStrategy.getFluentSetterMethodName, which calls Utils.unCapitalize: it
    changes the case of the first word only, also if that is an acronym.
    """
    first = re.match(r"[A-Za-z][A-Z]*(?=[A-Z][a-z])|[A-Za-z][A-Z]*", member)
    word = first[0] if first else ""
    return word.capitalize() + member[len(word) :]


def _method(client: Any, operation: str) -> str:
    names: Mapping[str, str] = client.meta.method_to_api_mapping
    return next(method for method, api in names.items() if api == operation)


def role_policies(iam: Any, role_arn: str) -> Sequence[Document]:
    """The policies of a role, inline and attached."""
    name = role_arn.rsplit("/", 1)[-1]
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    found = [iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline]
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
        found.append(document["PolicyVersion"]["Document"])
    return found


_STARTED_BY_NAME = 19
"""Characters of the schedule's name in `startedBy`. Observed in public outputs of real runs, not documented."""


def _ecs(target: Mapping[str, Any], text: str) -> _Prepared:
    try:
        schedule = Schedule("", "", "", "UTC", enabled=True, target={**target, "Input": text})
        context = LaunchContext("", datetime.now(UTC), "")
        request = run_task(schedule, context, RunChanges(), container="", who="")
    except OpsError as error:
        raise TargetError(str(error)) from None
    return _Prepared("ecs", "RunTask", request)


def _lambda(target: Mapping[str, Any], text: str) -> _Prepared:
    # AWS: EventBridge Scheduler user guide, templated targets, lambda:Invoke. Scheduler invokes asynchronously.
    params = {"FunctionName": target["Arn"], "InvocationType": "Event", "Payload": text.encode()}
    return _Prepared("lambda", "Invoke", params)


def _states(target: Mapping[str, Any], text: str) -> _Prepared:
    # AWS: Step Functions API reference, StartExecution: without a name, an execution gets a UUID.
    params = {"stateMachineArn": target["Arn"], "input": text or "{}", "name": str(uuid4())}
    return _Prepared("stepfunctions", "StartExecution", params)


def _sqs(target: Mapping[str, Any], text: str) -> _Prepared:
    _, _, _, region, account, name = str(target["Arn"]).split(":", 5)
    group = target.get("SqsParameters", {})
    url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
    return _Prepared("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": text, **group})


def _sns(target: Mapping[str, Any], text: str) -> _Prepared:
    return _Prepared("sns", "Publish", {"TopicArn": target["Arn"], "Message": text})


def _events(target: Mapping[str, Any], text: str) -> _Prepared:
    given = target["EventBridgeParameters"]
    entry = {"EventBusName": target["Arn"], **given, "Detail": text}
    return _Prepared("events", "PutEvents", {"Entries": [entry]})


_TEMPLATED: Mapping[str, Callable[[Mapping[str, Any], str], _Prepared]] = {
    "ecs": _ecs,
    "events": _events,
    "lambda": _lambda,
    "sns": _sns,
    "sqs": _sqs,
    "states": _states,
}
