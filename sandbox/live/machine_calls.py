"""The calls of executions to the emulator's services, with the rights of the role of the state machine.

AWS: Step Functions developer guide, "Discover service integration patterns in Step Functions", "Integrating optimized
services with Step Functions", "Learning to use AWS service SDK integrations in Step Functions".
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from botocore.exceptions import ClientError, ParamValidationError

from components.aws.account import Account
from ops.simulation.clock import Clock, Signal, Until

from ..calls import Client, is_not_emulated
from ..errors import SandboxError
from ..moto_sdk_names import boto_method, boto_service, error_name, from_api, operation, to_api
from ..run_results import has_failed
from ..state_machines.errors import ServiceError
from ..state_machines.processes import Process
from ..timestamps import timestamp
from . import machine_permissions
from .machine_permissions import Request, refused
from .machine_role import MachineRole

POLL_SECONDS, SELDOM_SECONDS = 60, 3600
"""How often a `.sync` call looks for the end of its work: without events about it, and besides them. AWS: "Step
Functions uses EventBridge events and polls the APIs"."""
RUN_TASK, START_EXECUTION = "ecs:runTask.sync", "states:startExecution.sync:2"
_OPTIMIZED: Mapping[str, str] = {
    "dynamodb:deleteItem": "DynamoDB",
    "dynamodb:getItem": "DynamoDB",
    "dynamodb:putItem": "DynamoDB",
    "dynamodb:updateItem": "DynamoDB",
    "events:putEvents": "EventBridge",
    "sns:publish": "SNS",
    "sqs:sendMessage": "SQS",
    "states:startExecution": "StepFunctions",
}
"""The other optimized integrations, with the first part of the names of their errors."""
_SDK = re.compile(r"aws-sdk:([a-z0-9]+):([a-zA-Z0-9]+)")
_RUNTIME = "States.Runtime"
_MESSAGES = {"sns:publish": "Message", "sqs:sendMessage": "MessageBody"}
"""Parameters that can be an object, which the integration sends as JSON."""


def knows(resource: str) -> bool:
    """Whether the live sandbox makes the calls of a resource."""
    called = _called(resource)
    if called in (RUN_TASK, START_EXECUTION) or called in _OPTIMIZED:
        return True
    sdk = _SDK.fullmatch(called)
    return sdk is not None and _operation(sdk[1], sdk[2]) is not None


def _called(resource: str) -> str:
    return resource.partition(":::")[2]


def _operation(service: str, action: str) -> Any:
    try:
        return operation(service, action)
    except Exception:
        # botocore has no such service, or the service no such operation.
        return None


class Ends(Protocol):
    """Tells when work ends."""

    def __call__(self, arn: str) -> Signal | None:
        """The end of an ECS task or an execution. None if it has ended, or isn't live."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the live sandbox that calls use.

    Args:
        clock: The clock.
        client: Makes clients of the emulator.
        task_end: Tells when an ECS task ends.
        execution_end: Tells when an execution ends.
        tell: Gets a sentence about a task.
    """

    clock: Clock
    client: Client
    task_end: Ends
    execution_end: Ends
    tell: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class MachineCalls:
    """The calls of one execution.

    Args:
        parts: The parts of the live sandbox.
        account: The account and Region of the execution.
        task: The task of the state machine.
        role: The role of the state machine.
        machine_arn: The state machine.
        execution_arn: The execution.
    """

    parts: Parts
    account: Account
    task: str
    role: MachineRole
    machine_arn: str
    execution_arn: str

    def call(self, resource: str, arguments: Any, submitted: Callable[[Any], None]) -> Process[Any]:
        """Make a call. See `sandbox.state_machines.interpreter.Services`."""
        called = _called(resource)
        if called == RUN_TASK:
            return (yield from self._run_task(arguments, submitted))
        if called == START_EXECUTION:
            return (yield from self._run_execution(arguments, submitted))
        if called in _OPTIMIZED:
            service, _, action = called.partition(":")
            return self._request(service, action, self._prepared(called, arguments), _OPTIMIZED[called])
        sdk = _SDK.fullmatch(called)
        if sdk is None:
            raise SandboxError(f"The live sandbox doesn't know the resource {resource}.")
        return self._request(sdk[1], sdk[2], arguments)

    # runTask.sync

    def _run_task(self, arguments: Any, submitted: Callable[[Any], None]) -> Process[Any]:
        answer = self._request("ecs", "runTask", arguments, "ECS")
        if answer.get("Failures") or not answer.get("Tasks"):
            # AWS: "Run Amazon ECS or Fargate tasks with Step Functions".
            raise ServiceError("AmazonECS.Unknown", json.dumps(answer.get("Failures", [])))
        submitted(answer)
        started = answer["Tasks"][0]
        arn, cluster = started["TaskArn"], started["ClusterArn"]
        try:
            while True:
                yield self._until(self.parts.task_end(arn))
                found = self._request("ecs", "describeTasks", {"Cluster": cluster, "Tasks": [arn]}, "ECS")
                if not found["Tasks"] or found["Tasks"][0]["LastStatus"] == "STOPPED":
                    break
        except GeneratorExit:
            why = f"The Task state in AWS Step Functions execution [{self.execution_arn}] was aborted"
            self._cancel("ecs", "stopTask", {"Cluster": cluster, "Task": arn, "Reason": why})
            raise
        task = next(iter(found["Tasks"]), started)
        if has_failed(task):
            raise ServiceError("States.TaskFailed", json.dumps(task))
        return task

    # startExecution.sync:2

    def _run_execution(self, arguments: Any, submitted: Callable[[Any], None]) -> Process[Any]:
        given = self._prepared("states:startExecution", arguments)
        answer = self._request("states", "startExecution", given, "StepFunctions")
        submitted(answer)
        arn = answer["ExecutionArn"]
        try:
            while True:
                yield self._until(self.parts.execution_end(arn))
                found = self._request("states", "describeExecution", {"ExecutionArn": arn}, "StepFunctions")
                if found["Status"] != "RUNNING":
                    break
        except GeneratorExit:
            self._cancel("states", "stopExecution", {"ExecutionArn": arn})
            raise
        # AWS: "Start workflow executions from a task state in Step Functions": `.sync:2` returns JSON.
        for name in ("Input", "Output"):
            if name in found:
                found[name] = json.loads(found[name])
        if found["Status"] != "SUCCEEDED":
            raise ServiceError("States.TaskFailed", json.dumps(found))
        return found

    @staticmethod
    def _until(end: Signal | None) -> float | Until:
        return Until(end, SELDOM_SECONDS) if end else POLL_SECONDS

    def _cancel(self, service: str, action: str, arguments: Mapping[str, Any]) -> None:
        """Stop the work of a `.sync` call. AWS: Step Functions makes a best-effort attempt, which can fail without the
        permission."""
        try:
            self._request(service, action, arguments)
        except (ServiceError, SandboxError) as error:
            self.parts.tell(self.task, f"Step Functions can't stop the work of the execution: {error}.")

    # Requests

    def _prepared(self, called: str, arguments: Any) -> Any:
        """The arguments of an optimized integration, as it changes them."""
        if called in _MESSAGES and _MESSAGES[called] in arguments:
            name = _MESSAGES[called]
            return {**arguments, name: _text(arguments[name])}
        if called == "states:startExecution":
            return {**arguments, "Input": _text(arguments.get("Input", {}))}
        if called == "events:putEvents":
            # AWS: "Add EventBridge events with Step Functions": it adds the ARNs to the resources of each event.
            own = [self.machine_arn, self.execution_arn]
            now = datetime.fromtimestamp(self.parts.clock.now, UTC)
            return {**arguments, "Entries": [_entry(entry, own, now) for entry in arguments["Entries"]]}
        return arguments

    def _request(self, service: str, action: str, arguments: Any, errors: str = "") -> Any:
        """Make a request, and return the answer in the spelling of Step Functions.

        Args:
            service: The service as the state machine names it.
            action: The action in camelCase.
            arguments: The arguments.
            errors: The first part of the names of errors, for optimized integrations.
        """
        model = operation(service, action)
        self._authorize(service, action, arguments, errors)
        client = self.parts.client(boto_service(service))
        try:
            answer = getattr(client, boto_method(model.name))(**to_api(arguments, model.input_shape))
        except (ClientError, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or is_not_emulated(error):
                raise SandboxError(f"The emulator doesn't emulate {service}:{action}, or failed.") from None
            details = error.response["Error"]
            name = f"{errors}.{details['Code']}" if errors else error_name(service, action, details["Code"])
            raise ServiceError(name, details["Message"]) from error
        except ParamValidationError as error:
            raise ServiceError(_RUNTIME, str(error)) from error
        answer.pop("ResponseMetadata", None)
        found = json.loads(json.dumps(from_api(answer, model.output_shape), default=_iso))
        if action == "putEvents" and found.get("FailedEntryCount"):
            raise ServiceError("EventBridge.FailedEntry", json.dumps(found))
        return found

    def _authorize(self, service: str, action: str, arguments: Any, errors: str) -> None:
        """Raise ServiceError if the role of the state machine lacks a permission."""
        if (service, action) == ("ecs", "runTask"):
            wanted = machine_permissions.run_task(arguments, self._definition(arguments), self.account)
        else:
            requests = machine_permissions.requests(operation(service, action), arguments, self.account)
            wanted = (self._with_tags(request) if service == "rds" else request for request in requests)
        if denied := refused(self.role.policies, wanted):
            self._deny(denied, service, action, errors)

    def _with_tags(self, request: Request) -> Request:
        """A request with the tags of its resource of Amazon RDS. Policies of snapshots have conditions on them."""
        if not request.resource:
            return request
        try:
            found = self.parts.client("rds").list_tags_for_resource(ResourceName=request.resource)["TagList"]
        except ClientError:
            return request
        tags = {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in found}
        return replace(request, context={**request.context, **tags})

    def _deny(self, denied: Request, service: str, action: str, errors: str) -> None:
        code = "AccessDeniedException"
        name = f"{errors}.{code}" if errors else error_name(service, action, code)
        on = f" on resource: {denied.resource}" if denied.resource else ""
        cause = (
            f"User: {self.role.role_arn} is not authorized to perform: {denied.action}{on} because no identity-based "
            f"policy allows the {denied.action} action"
        )
        raise ServiceError(name, cause)

    def _definition(self, arguments: Mapping[str, Any]) -> Any:
        try:
            ecs = self.parts.client("ecs")
            return ecs.describe_task_definition(taskDefinition=arguments.get("TaskDefinition", ""))["taskDefinition"]
        except ClientError:
            return None


def _entry(given: Mapping[str, Any], arns: Sequence[str], now: datetime) -> Mapping[str, Any]:
    """An entry of PutEvents."""
    resources = [*given.get("Resources", []), *arns]
    return {"Time": now, **given, "Detail": _text(given["Detail"]), "Resources": resources}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _iso(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is no JSON")
    return timestamp(value.timestamp())
