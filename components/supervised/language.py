"""Amazon States Language as data: types of states, expressions, and what several states share.

AWS: Step Functions developer guide, "Amazon States Language", "Transforming data with JSONata", "Handling errors".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from ..aws.arn import Arn
from ..json_values import Json
from .run_task import RunTask
from .settings import RUN_VARIABLE, TASK_COUNT, TASK_INDEX, Supervision

Assign: TypeAlias = Mapping[str, Json]
"""Variables and the values that a state gives them."""


class Retrier(TypedDict):
    """An entry of a task's `Retry`."""

    ErrorEquals: list[str]
    MaxAttempts: int
    IntervalSeconds: NotRequired[int]
    BackoffRate: NotRequired[float]
    MaxDelaySeconds: NotRequired[int]
    JitterStrategy: NotRequired[Literal["FULL", "NONE"]]


class Catcher(TypedDict):
    """An entry of a task's `Catch`."""

    ErrorEquals: list[str]
    Next: str
    Assign: NotRequired[Assign]
    Output: NotRequired[Json]


class Choice(TypedDict):
    """An entry of a choice's `Choices`."""

    Condition: str
    Next: str
    Assign: NotRequired[Assign]


class TaskFields(TypedDict):
    """The fields of a task besides what it calls."""

    Next: NotRequired[str]
    End: NotRequired[Literal[True]]
    Output: NotRequired[Json]
    Retry: NotRequired[list[Retrier]]
    Catch: NotRequired[list[Catcher]]
    Assign: NotRequired[Assign]
    TimeoutSeconds: NotRequired[int]


class TaskState(TaskFields):
    """A state that calls an AWS service."""

    Type: Literal["Task"]
    Resource: str
    Arguments: Mapping[str, object] | str


class ChoiceState(TypedDict):
    """A state that continues with one of several states."""

    Type: Literal["Choice"]
    Choices: list[Choice]
    Default: str


class WaitState(TypedDict):
    """A state that waits."""

    Type: Literal["Wait"]
    Seconds: int | str
    Next: str
    Assign: NotRequired[Assign]


class PassState(TypedDict):
    """A state that only sets variables."""

    Type: Literal["Pass"]
    Next: str
    Assign: Assign


class EndState(TypedDict):
    """A state that ends an iteration, with its input as the output."""

    Type: Literal["Pass"]
    End: Literal[True]


class ItemProcessor(TypedDict):
    """The states of an iteration."""

    ProcessorConfig: Mapping[str, str]
    StartAt: str
    States: dict[str, TaskState | EndState]


class MapState(TypedDict):
    """A state that runs states once per item. AWS: "Using Map state in Inline mode in Step Functions workflows"."""

    Type: Literal["Map"]
    Items: str
    MaxConcurrency: int
    ItemProcessor: ItemProcessor
    Assign: Assign
    Catch: list[Catcher]
    Next: str


class FailState(TypedDict):
    """A state that ends the execution with an error."""

    Type: Literal["Fail"]
    Error: str
    Cause: str


class SucceedState(TypedDict):
    """A state that ends the execution successfully."""

    Type: Literal["Succeed"]
    Output: Json


State: TypeAlias = TaskState | ChoiceState | WaitState | PassState | MapState | FailState | SucceedState
States: TypeAlias = dict[str, State]

SUCCEEDED, FAILED, TIMED_OUT, REPLACED, SKIPPED = "Succeeded", "Failed", "TimedOut", "Replaced", "Skipped"
"""Outcomes of an execution. All but the first are also the error that the execution fails with."""
UNREPORTED = "Unreported"
"""The error of an execution that failed and could not report its outcome."""
CONDITION_FAILED = "DynamoDB.ConditionalCheckFailedException"
POLL_SECONDS = 10
"""Seconds between two checks of a run that is being stopped, or of a lease that another run holds."""
POLLS = 60
"""Maximum number of these checks."""

LIST_SECONDS = 60
"""Seconds after which ListTasks shows every task that has started. AWS documents no bound: its answers are eventually
consistent (Amazon ECS API reference, RunTask)."""

CLAIM = "Claim"
"""The state that records the scheduled time."""
RUN = "Run"
"""The state that calls RunTask."""
NOTHING_STARTED = "AmazonECS.Unknown"
"""The error of runTask.sync if RunTask answered with `failures[]`. AWS: Step Functions developer guide, "Run Amazon ECS
or Fargate tasks with Step Functions". After any other error, a run can have started."""
NEW_TOKEN = "$uuid()"  # noqa: S105 - not a secret
"""A new client token of RunTask, as an expression. AWS: Step Functions developer guide, "JSONata functions provided by
Step Functions"."""
NAME = "$states.context.Execution.Name"
INPUT = "$states.context.Execution.Input"
SINCE = "$states.context.Execution.StartTime"
NOW = "$floor($millis() / 1000)"
"""The current time in seconds since 1970."""
ATTEMPT_SUFFIX = "($attempt > 1 ? ' (attempt ' & $string($attempt) & ')' : '')"
"""The number of the attempt, for all attempts but the first."""
ERROR = "$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"

RETRY: list[Retrier] = [
    {"ErrorEquals": [CONDITION_FAILED], "MaxAttempts": 0},
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": 8,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
]
"""Retries of calls other than RunTask. Throttling and service faults are temporary; an unmet condition is an answer."""
SHORT_RETRY: list[Retrier] = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": 2,
        "JitterStrategy": "FULL",
    }
]
"""Retries of a change of a resource. After these, the execution looks at the resource: AWS refuses changes while it
makes another one."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """The task that a state machine is generated for."""

    task: str
    container: str
    """The container whose exit code decides the outcome."""
    prefix: str
    """The prefix of the group's names."""
    table: str
    """The name of the group's lease table."""
    settings: Supervision
    run: RunTask
    index_machine_arn: str = ""
    """The state machine that runs one task of a run, for a task with `parallel`."""
    index: bool = False
    """Whether it is that state machine."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that identify an ECS task: names, and values as expressions."""
        if not self.index:
            return {RUN_VARIABLE: NAME}
        return {
            RUN_VARIABLE: f"{INPUT}.run",
            TASK_INDEX: f"$string({INPUT}.index)",
            TASK_COUNT: f"$string({INPUT}.count)",
        }


def expression(text: str) -> str:
    """A JSONata expression that Step Functions evaluates."""
    return f"{{% {text} %}}"


def literal(value: str) -> str:
    """A string inside an expression."""
    return json.dumps(value, ensure_ascii=False)


def or_empty(path: str) -> str:
    """A string that can be missing or null. An expression without a result would end the execution with an error."""
    return f"({has_text(path)} ? {path} : '')"


def has_text(path: str) -> str:
    """Whether a string exists and is neither null nor empty, as an expression."""
    return f"($type({path}) = 'string' and {path} != '')"


def has_number(path: str) -> str:
    """Whether a number exists and is not null, as an expression."""
    return f"($type({path}) = 'number')"


def outcome(which: str, reason: str) -> dict[str, Json]:
    """The variables that say how the execution ends. `reason` is an expression."""
    return {"outcome": which, "reason": expression(reason)}


def first_launch() -> dict[str, Json]:
    """The variables at the start of an attempt.

    `token` is the client token of RunTask, which makes a repeated launch the same launch. `doubt` says whether a run of
    this execution can be running unseen.
    """
    return {"launch": 1, "token": expression(NEW_TOKEN), "doubt": False}


def task(resource: str, arguments: Mapping[str, object] | str, **fields: Unpack[TaskFields]) -> TaskState:
    """A state that calls an AWS service, such as `dynamodb:putItem`. See `in_partition` for other partitions."""
    return {"Type": "Task", "Resource": str(Arn("aws", "states", "", "", resource)), "Arguments": arguments, **fields}


def failure(message: str, next_state: str, also: Assign | None = None) -> Catcher:
    """The catcher of errors that remain after all retries: the outcome is a failure with this message."""
    assign = {**(also or {}), **outcome(FAILED, f"{literal(message)} & {ERROR}")}
    return {"ErrorEquals": ["States.ALL"], "Assign": assign, "Next": next_state}
