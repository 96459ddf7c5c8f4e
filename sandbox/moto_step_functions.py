"""Fixes that let moto's interpreter of Amazon States Language run supervised tasks.

Without them, JSONata needs a Java library, PascalCase names reach boto3 unchanged, and any stopped ECS task counts as a
success. AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions".
"""

import json
import threading
from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.string import string_expression
from moto.stepfunctions.parser.asl.component.intrinsic import jsonata as intrinsic_functions
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_ecs
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_ecs import (
    StateTaskServiceEcs,
)
from moto.stepfunctions.parser.asl.eval import states as states_module
from moto.stepfunctions.parser.asl.eval import variable_store
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError, ProgramStopped
from moto.stepfunctions.parser.asl.jsonata import jsonata as jsonata_module
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.responses import StepFunctionResponse

from .moto_sdk_names import SERVICES, boto_method, error_name, from_api, operation, to_api
from .run_results import has_failed
from .state_machines.expressions import evaluate
from .validation import service_model

_NO_TASK = CustomErrorName(error_name="AmazonECS.Unknown")
_TASK_FAILED = StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed)


def fix_step_functions() -> None:
    """Apply the fixes to moto in this process."""
    evaluator: Any = jsonata_module
    evaluator._eval_jsonata = _evaluate
    users: list[Any] = [states_module, variable_store]
    for user in users:
        user.encode_jsonata_variable_declarations = _bindings
    store: Any = variable_store.VariableStore
    store.get_variable_declarations = _variables
    composer: Any = string_expression
    composer.compose_jsonata_expression = _Expression
    service: Any = StateTaskService
    service._normalise_parameters = _to_api
    service._normalise_response = _from_api
    service._SERVICE_NAME_SFN_TO_BOTO_OVERRIDES.update(SERVICES)
    sdk: Any = StateTaskServiceAwsSdk
    sdk._normalise_parameters = _to_sdk
    sdk._normalise_response = _from_sdk
    sdk._get_boto_service_action = _sdk_method
    sdk._from_error = _sdk_error
    callback: Any = StateTaskServiceCallback
    callback._eval_sync = _without_token
    ecs: Any = StateTaskServiceEcs
    ecs._eval_service_task = _start_task
    ecs._build_sync_resolver = _await_task
    bindings: Any = state_task_service_ecs
    bindings._SUPPORTED_API_PARAM_BINDINGS["runtask"] |= {"CapacityProviderStrategy", "ClientToken"}
    environment: Any = Environment
    environment.set_error = _set_error
    worker: Any = ExecutionWorker
    worker.stop = _stop
    communication: Any = BaseExecutionWorkerCommunication
    communication._reflect_execution_status = _end
    execution: Any = Execution
    execution.status = property(_status)
    functions: Any = intrinsic_functions
    functions._DECLARATION_BY_VARIABLE_REFERENCE.pop("$uuid", None)
    responses: Any = StepFunctionResponse
    responses.get_execution_history = _execution_history


def _execution_history(self: Any) -> ActionResult:
    """The events of an execution in the order of the request. moto lists the oldest first.

    AWS: Step Functions API reference, GetExecutionHistory, `reverseOrder`.
    """
    found = self.stepfunction_backend.get_execution_history(self._get_param("executionArn"))
    return ActionResult({**found, "events": found["events"][::-1]} if self._get_param("reverseOrder") else found)


_EVAL_SYNC: Any = cast("Any", StateTaskServiceCallback)._eval_sync


def _without_token(self: Any, **given: Any) -> Any:
    """Wait for the end of a job. moto also waits for a task token in a thread, which can fail if the execution is
    stopped meanwhile.

    AWS: Step Functions developer guide, "Discover service integration patterns in Step Functions": only
    `.waitForTaskToken` waits for a token.
    """
    return _EVAL_SYNC(self, **{**given, "callback_endpoint": None})


_STOP: Any = ExecutionWorker.stop


def _stop(self: Any, **given: Any) -> None:
    """Stop an execution that has just begun, too. moto begins it in its own thread, and can't stop it until then."""
    pause = threading.Event()
    while self.env is None or self.env.program_state() is None:
        pause.wait(0.001)
    _STOP(self, **given)


_END: Any = cast("Any", BaseExecutionWorkerCommunication)._reflect_execution_status


def _end(self: Any) -> None:
    """End an execution with its result. moto sets the status first, so that an answer in between has no error."""
    execution, env = self.execution, self.execution.exec_worker.env
    state = env.program_state()
    if isinstance(state, ProgramEnded):
        execution.output = env.states.get_input()
    elif isinstance(state, ProgramError) and state.error:
        execution.error, execution.cause = state.error.get("error"), state.error.get("cause")
    _END(self)


def _status(self: Any) -> str:
    """The status of an execution. moto lists one before it begins, and then has no status of it."""
    return (self.exec_status or ExecutionStatus.RUNNING).value


_SET_ERROR: Any = Environment.set_error


def _set_error(self: Any, error: Any) -> None:
    """Keep the state of a stopped execution. In moto, its Map state then fails, which would replace that state."""
    if not isinstance(self.program_state(), ProgramStopped):
        _SET_ERROR(self, error=error)


class _Expression:
    """An expression of JSONata, with its variables apart from its text, so that the text can be parsed once.

    As a string, it declares them, for moto's checks of results.
    """

    def __init__(self, final_jsonata_expression: str, variable_declarations_list: list[str | dict[str, Any]]):
        functions = "".join(given for given in variable_declarations_list if isinstance(given, str))
        self.text = f"({functions}{final_jsonata_expression})"
        self.variables: dict[str, Any] = {}
        for given in variable_declarations_list:
            self.variables |= given if isinstance(given, dict) else {}

    def __str__(self) -> str:
        declared = "".join(f"{name}:={to_json_str(value)};" for name, value in self.variables.items())
        return f"({declared}{self.text})"


def _bindings(bindings: dict[str, Any]) -> dict[str, Any]:
    return bindings


def _variables(self: Any) -> dict[str, Any]:
    """Return the variables of a state, by the names in expressions."""
    return {f"${name}": value for name, value in {**self._outer_scope, **self._inner_scope}.items()}


def _evaluate(expression: _Expression | str) -> Any:
    try:
        text = expression.text if isinstance(expression, _Expression) else expression
        given = expression.variables if isinstance(expression, _Expression) else {}
        variables = {name.removeprefix("$"): json.loads(to_json_str(value)) for name, value in given.items()}
        return json.loads(json.dumps(evaluate(text, variables, {"uuid": lambda: str(uuid4())})))
    except Exception as error:
        raise jsonata_module.JSONataException("UNKNOWN", str(error)) from error


def _operation(service: Any, boto_service: str | None, action: str | None) -> Any:
    name = service._get_boto_service_name(boto_service)
    model: ServiceModel = service_model(name)
    wanted = service._get_boto_service_action(action).replace("_", "")
    return next(model.operation_model(found) for found in model.operation_names if found.lower() == wanted)


def _to_api(
    self: Any, parameters: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    shape = _operation(self, boto_service_name, service_action_name).input_shape
    self._to_boto_request(parameters, shape)


def _from_api(
    self: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    shape = _operation(self, boto_service_name, service_action_name).output_shape
    if shape is not None:
        self._from_boto_response(response, shape)


def _sdk_method(self: Any, service_action_name: str | None = None) -> str:
    return boto_method(service_action_name or self.resource.api_action)


def _sdk_error(self: Any, env: Any, ex: Exception) -> FailureEvent:
    """Name an error as Step Functions does. moto gives all errors of a service the same name."""
    if not isinstance(ex, ClientError):
        original: Any = StateTaskServiceCallback
        return original._from_error(self, env=env, ex=ex)
    details, metadata = ex.response["Error"], ex.response["ResponseMetadata"]
    name = error_name(self.resource.api_name, self.resource.api_action, details["Code"])
    cause = (
        f"{details['Message']} (Service: {name.split('.')[0]}, Status Code: {metadata['HTTPStatusCode']}, "
        f"Request ID: {metadata['RequestId']})"
    )
    return self._get_task_failure_event(env=env, error=name, cause=cause)


def _to_sdk(self: Any, parameters: Any) -> None:
    shape = operation(self.resource.api_name, self.resource.api_action).input_shape
    _replace(parameters, to_api(parameters, shape))


def _from_sdk(self: Any, response: Any) -> None:
    shape = operation(self.resource.api_name, self.resource.api_action).output_shape
    _replace(response, from_api(response, shape))


def _replace(target: dict[str, Any], content: dict[str, Any]) -> None:
    """Replace the content of a dictionary, which moto keeps."""
    target.clear()
    target.update(content)


def _client(resource_runtime_part: Any, state_credentials: Any) -> Any:
    module: Any = state_task_service_ecs
    return module.boto_client_for(
        region=resource_runtime_part.region, service="ecs", state_credentials=state_credentials
    )


def _start_task(
    self: Any,  # noqa: ARG001 - moto passes it
    env: Any,
    resource_runtime_part: Any,
    normalised_parameters: Any,
    state_credentials: Any,
) -> None:
    ecs = _client(resource_runtime_part, state_credentials)
    answer = _call(env, lambda: ecs.run_task(**normalised_parameters))
    if answer.get("failures") or not answer["tasks"]:
        raise _failed(env, _NO_TASK, json.dumps(answer.get("failures", [])))
    env.stack.append({"tasks": answer["tasks"]})


def _await_task(
    self: Any,
    env: Any,
    resource_runtime_part: Any,
    normalised_parameters: Any,  # noqa: ARG001 - moto passes it
    state_credentials: Any,
) -> Callable[[], Any]:
    ecs = _client(resource_runtime_part, state_credentials)
    started = env.stack.pop()["Tasks"][0]

    def stopped_task() -> Any:
        described = _call(env, lambda: ecs.describe_tasks(cluster=started["ClusterArn"], tasks=[started["TaskArn"]]))
        if described["tasks"][0]["lastStatus"] != "STOPPED":
            return None
        _from_api(self, described, service_action_name="DescribeTasks")
        task = json.loads(json.dumps(described["Tasks"][0], default=str))
        if has_failed(task):
            raise _failed(env, _TASK_FAILED, json.dumps(task))
        return task

    return stopped_task


def _call(env: Any, request: Callable[[], Any]) -> Any:
    """Call ECS, and rename its errors as Step Functions does."""
    try:
        return request()
    except ClientError as error:
        details = error.response["Error"]
        raise _failed(env, CustomErrorName(error_name=f"ECS.{details['Code']}"), details["Message"]) from error


def _failed(env: Any, error: ErrorName, cause: str) -> FailureEventException:
    details = TaskFailedEventDetails(resource="runTask.sync", resourceType="ecs", error=error.error_name, cause=cause)
    event = FailureEvent(
        env=env,
        error_name=error,
        event_type=HistoryEventType.TaskFailed,
        event_details=cast("Any", EventDetails)(taskFailedEventDetails=details),
    )
    return FailureEventException(failure_event=event)
