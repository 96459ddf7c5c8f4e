"""moto's interpreter of Amazon States Language, with a fake ECS and without real waiting times.

DynamoDB, including its conditions, and EventBridge are moto's own. All calls of state machines are recorded.
"""

import copy
import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_callback,
    state_task_service_dynamodb,
    state_task_service_ecs,
    state_task_service_events,
    state_task_service_sfn,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.jsonata import validations
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.stepfunctions.parser.utils import TMP_THREADS

from components.supervised import lease
from sandbox.moto_conditions import fix_conditions
from sandbox.moto_step_functions import fix_step_functions

REGION, ACCOUNT = "eu-west-1", "123456789012"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/supervisor"
TABLE = "leases"
INDEX_MACHINE = "shop-dev__backup__index"
SECONDS = 20
"""How long a test waits for the next call of an execution before it fails."""
CALLS = 20
"""More calls than an execution makes before its run starts, unless it waits for something."""


def error(code: str, operation: str = "RunTask") -> ClientError:
    """Create an error response of AWS."""
    answer: Any = {
        "Error": {"Code": code, "Message": f"{code} was asked for"},
        "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "0"},
    }
    return ClientError(answer, operation)


@dataclass
class End:
    """The end of a run."""

    code: int | None = 0
    stop_code: str = "EssentialContainerExited"
    reason: str = "Essential container in task exited"
    others: tuple[dict[str, Any], ...] = ()
    """Further containers."""
    container_reason: str | None = None
    nulls: bool = False
    """Whether missing values are null."""


class Hang:
    """A run that continues until it is stopped, or past its timeout.

    With `being_stopped`, somebody stops it at the timeout. With an error, RunTask fails although the run has started.
    """

    def __init__(self, *, times_out: bool = False, being_stopped: bool = False, error: Exception | None = None):
        self.times_out, self.being_stopped, self.error = times_out, being_stopped, error
        self.running = threading.Event()


Answer = End | Hang | Exception | list[dict[str, Any]]
"""A response of RunTask: a run, an error, or `failures[]`."""


class Ecs:
    """A fake ECS. `answers` are the responses to RunTask calls, in order; the last one is repeated."""

    def __init__(self, *answers: Answer):
        self.answers: list[Answer] = list(answers) or [End()]
        self.tasks: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, str] = {}
        """The task of each client token."""
        self.runs: dict[str, End | Hang] = {}
        self.lingers = 2
        """How often a stopping task can be described before it has stopped."""
        self.lock = threading.Lock()

    def run_task(self, **request: Any) -> dict[str, Any]:
        with self.lock:
            if known := self.tokens.get(request["clientToken"]):
                return {"tasks": [copy.deepcopy(self.tasks[known])], "failures": []}
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, list):
                return {"tasks": [], "failures": answer}
            arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/{len(self.tasks):032x}"
            self.runs[arn] = answer
            self.tokens[request["clientToken"]] = arn
            self.tasks[arn] = {
                "taskArn": arn,
                "clusterArn": request["cluster"],
                "taskDefinitionArn": request["taskDefinition"],
                "group": request["group"],
                "overrides": copy.deepcopy(request["overrides"]),
                "lastStatus": "RUNNING",
                "desiredStatus": "RUNNING",
                "containers": [{"name": "main", "lastStatus": "RUNNING"}],
            }
            if isinstance(answer, Hang):
                answer.running.set()
                if answer.error:
                    raise answer.error
            return {"tasks": [copy.deepcopy(self.tasks[arn])], "failures": []}

    def describe_tasks(self, *, waiting: bool = False, **request: Any) -> dict[str, Any]:
        """Describe tasks. `waiting` is set for the state that waits for the end of its run."""
        for arn in request["tasks"]:
            self._advance(arn, self.runs[arn], waiting=waiting)
        return {"tasks": [copy.deepcopy(self.tasks[arn]) for arn in request["tasks"]], "failures": []}

    def list_tasks(self, **request: Any) -> dict[str, Any]:
        found = [
            arn
            for arn, task in self.tasks.items()
            if task["desiredStatus"] == request["desiredStatus"]
            and task["taskDefinitionArn"].rsplit("/", 1)[-1].split(":")[0] == request["family"]
        ]
        start = int(request.get("nextToken", 0))
        end = start + min(2, request["maxResults"])
        return {"taskArns": found[start:end], **({"nextToken": str(end)} if len(found) > end else {})}

    def stop_task(self, **request: Any) -> dict[str, Any]:
        self._stop(request["task"], request["reason"])
        return {"task": copy.deepcopy(self.tasks[request["task"]])}

    def _advance(self, arn: str, run: End | Hang, *, waiting: bool) -> None:
        task = self.tasks[arn]
        if task["lastStatus"] == "DEACTIVATING":
            task["looks"] += 0 if waiting else 1
            if task["looks"] > self.lingers:
                self._end(arn, End(137, "UserInitiated", task["stoppedReason"]))
        elif isinstance(run, End) and task["lastStatus"] == "RUNNING":
            self._end(arn, run)
        elif waiting and isinstance(run, Hang) and run.times_out:
            if run.being_stopped:
                self._stop(arn, "stopped by somebody else")
            raise TimeoutError

    def _stop(self, arn: str, reason: str) -> None:
        self.tasks[arn] |= {
            "desiredStatus": "STOPPED",
            "lastStatus": "DEACTIVATING",
            "stoppedReason": reason,
            "stopCode": "UserInitiated",
            "looks": 0,
        }

    def end_all(self) -> None:
        """End all runs at the end of a test."""
        for arn, task in list(self.tasks.items()):
            if task["lastStatus"] != "STOPPED":
                self._end(arn, End(137, "UserInitiated", "the test is over"))

    def _end(self, arn: str, end: End) -> None:
        main: dict[str, Any] = {"name": "main", "lastStatus": "STOPPED"}
        main |= {} if end.code is None and not end.nulls else {"exitCode": end.code}
        main |= {"reason": end.container_reason} if end.container_reason or end.nulls else {}
        self.tasks[arn] |= {
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "stopCode": end.stop_code,
            "stoppedReason": end.reason,
            "containers": [main, *end.others],
        }


@dataclass
class Ended:
    """The end of an execution."""

    status: str
    error: str
    cause: str


@dataclass
class Interpreter:
    """Running state machines, and their calls to AWS."""

    ecs: Ecs
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    """All calls of state machines, as (operation, parameters)."""
    faults: dict[str, list[Exception]] = field(default_factory=dict[str, list[Exception]])
    """Errors for the next calls of an operation."""
    machine: str = ""
    services: dict[str, Any] = field(default_factory=dict[str, Any])
    """Fakes that take the place of moto, by boto3's names of services."""
    looks: int = 0
    """How often executions have found that the run they wait for continues."""

    def create(self, definition: str, name: str = "") -> None:
        """Create the state machine for the next executions."""
        states = client("stepfunctions")
        created = states.create_state_machine(name=name or f"m{len(self.calls)}", definition=definition, roleArn=ROLE)
        self.machine = created["stateMachineArn"]

    def create_index(self, definition: str) -> None:
        """Create the state machine that runs one task of a run, for the next state machine."""
        client("stepfunctions").create_state_machine(name=INDEX_MACHINE, definition=definition, roleArn=ROLE)

    def start(self, name: str, **given: Any) -> str:
        """Start an execution like a schedule does, with changed input; None removes a key. Returns the execution's ARN."""
        whole = {"schedule": "backup", "time": "2026-11-25T03:00:00Z", "overrides": {}, **given}
        text = json.dumps({name: value for name, value in whole.items() if value is not None})
        return client("stepfunctions").start_execution(stateMachineArn=self.machine, name=name, input=text)[
            "executionArn"
        ]

    def end(self, execution: str) -> Ended:
        """Wait until an execution ends. It fails after `SECONDS` without a call; the time limit of tests is for all of it."""
        pause = threading.Event()
        # Polling through boto3 would take as long as the execution itself.
        states = stepfunctions_parser_backends[ACCOUNT][REGION]
        seen = idle = 0
        while idle < SECONDS * 100:
            if states.describe_execution(execution).status != "RUNNING":
                found = client("stepfunctions").describe_execution(executionArn=execution)
                return Ended(found["status"], found.get("error", ""), found.get("cause", ""))
            pause.wait(0.01)
            idle = idle + 1 if len(self.calls) == seen else 0
            seen = len(self.calls)
        raise AssertionError(f"{execution} did not end: {[name for name, _ in self.calls[-20:]]}")

    def pause(self, _: float = 0) -> None:
        """Stand in for a pause of a command: wait until an execution has ended, or waits for a run that continues.

        Returns at once without a running execution, and after `CALLS` calls, for one that only waits for something else.
        """
        running, looks, calls, pause = self.running(), self.looks, len(self.calls), threading.Event()
        while running and running == self.running() and looks == self.looks and len(self.calls) < calls + CALLS:
            pause.wait(0.001)

    def running(self) -> set[str]:
        """The executions that have not ended."""
        machines: list[Any] = list(stepfunctions_parser_backends[ACCOUNT][REGION].state_machines)
        return {each.name for machine in machines for each in list(machine.executions) if each.exec_status == "RUNNING"}

    def run(self, name: str = "first", **given: Any) -> Ended:
        """Start an execution, and wait until it ends."""
        return self.end(self.start(name, **given))

    def entered(self, execution: str) -> list[str]:
        """Return the states that an execution entered, in order."""
        events = client("stepfunctions").get_execution_history(executionArn=execution, maxResults=1000)["events"]
        return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]

    def operations(self) -> list[str]:
        """Return the operations of all calls, in order, without those that wait for a run."""
        return [name for name, _ in self.calls]

    def reported(self) -> list[dict[str, Any]]:
        """Return the outcomes on the event bus."""
        return [json.loads(call["Entries"][0]["Detail"]) for name, call in self.calls if name == "put_events"]

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return the lease table."""
        return {row["id"]["S"]: row for row in client("dynamodb").scan(TableName=TABLE)["Items"]}

    def put_row(self, **row: str) -> None:
        """Write an item to the lease table. `ends`, `expires` and `nextEnds` are numbers."""
        item = {name: {"N" if name in {"ends", "expires", "nextEnds"} else "S": value} for name, value in row.items()}
        client("dynamodb").put_item(TableName=TABLE, Item=item)

    def client(self, service: str, *, waiting: bool) -> Any:
        """Return a state machine's client of a service."""
        own = {"ecs": self.ecs, **self.services}
        real = own[service] if service in own else client(service)
        return _Client(self, real, waiting=waiting and service == "ecs")


class _Client:
    def __init__(self, interpreter: Interpreter, real: Any, *, waiting: bool):
        self.interpreter, self.real, self.waiting = interpreter, real, waiting

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            if self.waiting and operation == "describe_tasks":
                answer = self.real.describe_tasks(**parameters, waiting=True)
                if any(task["lastStatus"] != "STOPPED" for task in answer["tasks"]):
                    self.interpreter.looks += 1
                return answer
            if operation == "describe_execution":
                # Waits for the end of an execution.
                return self.real.describe_execution(**parameters)
            self.interpreter.calls.append((operation, copy.deepcopy(parameters)))
            if faults := self.interpreter.faults.get(operation):
                raise faults.pop(0) if len(faults) > 1 else faults[0]
            return getattr(self.real, operation)(**parameters)

        return call


@cache
def client(service: str) -> Any:
    """Return a cached client. Creating one takes longer than most calls."""
    connect: Any = boto3.client
    return connect(service, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")


def make_table() -> None:
    """Create an empty lease table."""
    client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": lease.KEY, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": lease.KEY, "AttributeType": "S"}],
    )


_parse: Any = AmazonStateLanguageParser.parse
_validate = cache(StepFunctionsParserBackend._validate_definition)


@cache
def _tree(definition: str) -> Any:
    """Return the cached syntax tree of a definition. Parsing takes longer than most executions, which only read it."""
    tree = _parse(definition)[1]
    # moto calls this for error messages, which a validated definition does not need.
    tree.program_decl().getText = lambda: definition
    return tree


def _parsed(definition: str) -> tuple[Any, Any]:
    """Return a new program for each execution, from the cached tree."""
    return Preprocessor().visit(_tree(definition)), _tree(definition)


def _end_executions(ecs: Ecs) -> None:
    """End all executions. One that continues after its test would call AWS in the next test."""
    threads: list[threading.Thread] = TMP_THREADS
    for _ in range(SECONDS * 100):
        ecs.end_all()
        threads[:] = [thread for thread in threads if thread.is_alive()]
        if not threads:
            return
        threads[0].join(0.01)
    raise AssertionError("An execution does not end.")


@contextmanager
def interpreter(*answers: Answer) -> Generator[Interpreter]:
    """Run an interpreter in which each RunTask call gets the next answer."""
    fix_step_functions()
    fix_conditions()
    running = Interpreter(Ecs(*answers))

    def clients(waiting: bool) -> Callable[..., Any]:
        return lambda region, service, state_credentials=None: running.client(service, waiting=waiting)

    services = (
        state_task_service_ecs, state_task_service_dynamodb, state_task_service_events, state_task_service_sfn,
    )  # fmt: skip
    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        mock.patch.object(AmazonStateLanguageParser, "parse", _parsed),
        mock.patch.object(StepFunctionsParserBackend, "_validate_definition", _validate),
        # moto evaluates a string result again to check its type.
        mock.patch.object(validations, "_validate_string_output"),
        mock.patch.object(WaitFunction, "_wait_interval", return_value=None),
        mock.patch.object(retrier_decl, "time", mock.Mock()),
        mock.patch.object(state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", 0.005),
        mock.patch.object(state_task_service_aws_sdk, "boto_client_for", clients(waiting=False)),
        mock.patch.multiple(services[0], boto_client_for=clients(waiting=True)),
        mock.patch.multiple(services[1], boto_client_for=clients(waiting=False)),
        mock.patch.multiple(services[2], boto_client_for=clients(waiting=False)),
        mock.patch.multiple(services[3], boto_client_for=clients(waiting=False)),
    ):
        make_table()
        try:
            yield running
        finally:
            _end_executions(running.ecs)
