"""A run of several ECS tasks. One execution claims the scheduled time and starts an execution per task. Pure.

Each task has an execution of its own, because the history of an execution has at most 25,000 events: the retries and
the timeout of one task alone can write hundreds. AWS: Step Functions developer guide, "Step Functions service quotas",
"Start a new AWS Step Functions state machine from a running execution".
"""

from .confirming import confirm_before_start, outcome_of_tasks, reason_of_tasks, replaces_tasks
from .exclusion import after_run, variables
from .language import (
    ERROR,
    FAILED,
    INPUT,
    NAME,
    REPLACED,
    RUN,
    SUCCEEDED,
    EndState,
    Retrier,
    States,
    Supervised,
    TaskState,
    expression,
    failure,
    literal,
    task,
)
from .locking import abandon

BEGIN = "Begin"
"""The first state of the execution of one task."""
REASON_LENGTH = 120
"""Characters of the reason of one failed task. The results of all tasks together fit into the output of a state."""
STATED, LISTED = 10, 100
"""How many failed tasks the reason of a run explains, and how many more it lists by their number."""
START_RETRIES = 1
"""Retries of StartExecution. The name of the execution makes a repeated start the same start (AWS: Step Functions API
reference, StartExecution). Each retry writes events into the history of the run."""
_NAME_LENGTH = 76
"""Characters of a run's name in the names of its executions, which have up to 80 with `-` and the number of a task."""
START_ERRORS = (
    "StepFunctions.AWSStepFunctionsException",
    "StepFunctions.ExecutionLimitExceeded",
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.SdkClientException",
    "StepFunctions.ThrottlingException",
)
"""Errors of StartExecution that can disappear when it is retried. AWS names the second one: Step Functions developer
guide, "Start workflow executions from a task state". Public state machines name the others. An execution that has
ended is not started again: its name is taken."""
_RETRY: list[Retrier] = [
    {
        "ErrorEquals": [*START_ERRORS],
        "IntervalSeconds": 10,
        "MaxAttempts": START_RETRIES,
        "JitterStrategy": "FULL",
    }
]


def run_tasks(of: Supervised) -> States:
    """The states that run all tasks and decide the outcome of the run. A failed task does not stop the others."""
    parallel = of.settings.parallel
    assert parallel
    count = parallel.tasks
    given = {
        "index": "$states.input",
        "count": str(count),
        "run": NAME,
        "overrides": f"{INPUT}.overrides",
        # The console links both executions. AWS: "Start a new AWS Step Functions state machine ...".
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "$states.context.Execution.Id",
    }
    members = ", ".join(f"{literal(name)}: {value}" for name, value in given.items())
    not_run = {
        "index": "$states.input",
        "outcome": literal(FAILED),
        "reason": f"$substring('No result of its execution: ' & {ERROR}, 0, {REASON_LENGTH})",
        # Its execution can have started a run.
        "left": "true",
    }
    # An execution without a known result can have started, and would start the next attempt of its task after the run.
    # Drift of a task that isn't parallel yet has no ARN.
    executions = of.index_machine_arn.replace(":stateMachine:", ":execution:", 1)
    execution = f"{literal(f'{executions}:')} & {_name('$states.input.index')}"
    stop = task(
        "aws-sdk:sfn:stopExecution",
        {
            "ExecutionArn": expression(execution),
            "Error": "Stopped",
            "Cause": "The execution of the run has no result of this one.",
        },
        Output=expression("$states.input"),
        Catch=[{"ErrorEquals": ["States.ALL"], "Output": expression("$states.input"), "Next": "No result"}],
        End=True,
    )
    one = task(
        "states:startExecution.sync:2",
        {
            "StateMachineArn": of.index_machine_arn,
            "Name": expression(_name("$states.input")),
            # An expression without a result is an error, but an object leaves out such a member.
            "Input": expression(f"{{{members}}}"),
        },
        Retry=_RETRY,
        Catch=[
            {
                "ErrorEquals": ["States.ALL"],
                "Output": expression("{" + ", ".join(f"{literal(k)}: {v}" for k, v in not_run.items()) + "}"),
                "Next": "Stop task",
            }
        ],
        Output=expression("$merge([{'index': $states.input}, $states.result.Output])"),
        End=True,
    )
    results, replaceable = "$states.result", replaces_tasks(of.settings)
    ended = f"$not(outcome in ['{SUCCEEDED}', '{REPLACED}'])" if replaceable else f"outcome != '{SUCCEEDED}'"
    failed = f"{results}[{ended}]"
    states: dict[str, TaskState | EndState] = {
        "Run task": one,
        "Stop task": stop,
        "No result": {"Type": "Pass", "End": True},
    }
    which = f"$count({failed}) = 0 ? '{SUCCEEDED}' : '{FAILED}'"
    reason = _reason(failed, count)
    if replaceable:
        states["Confirm task"] = confirm_before_start(of, "Run task", "No result")
        which, reason = outcome_of_tasks(failed, results), reason_of_tasks(reason, failed, results, count)
    return {
        RUN: {
            "Type": "Map",
            "Items": expression(f"[0..{count - 1}]"),
            "MaxConcurrency": parallel.at_once,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Confirm task" if replaceable else "Run task",
                "States": states,
            },
            "Assign": {
                "outcome": expression(which),
                "reason": expression(reason),
                "doubt": expression("$count($states.result[left = true]) > 0"),
            },
            "Catch": [failure("The tasks could not be run: ", "Tasks ended", {"doubt": True})],
            "Next": "Tasks ended",
        },
        "Tasks ended": {
            "Type": "Choice",
            # Another run stops the tasks that are left before it starts.
            "Choices": [{"Condition": expression("$doubt"), "Next": abandon(of)}],
            "Default": after_run(of),
        },
    }


def _name(index: str) -> str:
    """The name of the execution of one task, as an expression. `index` is one, too."""
    return f"$substring({NAME}, 0, {_NAME_LENGTH}) & '-' & $string({index})"


def _reason(failed: str, count: int) -> str:
    """The reason of a run, as an expression: the first failed tasks with their reasons, and the numbers of others."""
    numbers = f"$failed[[{STATED}..{STATED + LISTED - 1}]].$string(index)"
    more = f"$count($failed) > {STATED} ? ' Also failed: ' & $join([{numbers}], ', ') & "
    more += f"($count($failed) > {STATED + LISTED} ? ' and more' : '') & '.' : ''"
    return (
        f"($failed := [{failed}]; $count($failed) = 0 ? 'All {count} tasks succeeded.' : "
        f"$string($count($failed)) & ' of {count} tasks failed.' & "
        f"$join([$failed[[0..{STATED - 1}]].(' Task ' & $string(index) & ': ' & reason & '.')]) & ({more}))"
    )


def is_execution_of(run: str, name: str) -> bool:
    """Whether an execution with this name runs a task of a run, whose execution has the name `run`."""
    start = f"{run[:_NAME_LENGTH]}-"
    return name.startswith(start) and name.removeprefix(start).isdecimal()


def begin_task(of: Supervised) -> States:
    """The first state of the execution of one task."""
    return {BEGIN: {"Type": "Pass", "Assign": variables(of), "Next": RUN}}


def end_task(of: Supervised) -> States:  # noqa: ARG001 - all parts of a machine have the same parameter
    """The last state of the execution of one task. It succeeds even if the task failed, so that an error of the
    execution always means that its result isn't known."""
    result = (
        f"$outcome = '{SUCCEEDED}' ? {{'outcome': $outcome, 'left': false}} : "
        f"{{'outcome': $outcome, 'reason': $substring($reason, 0, {REASON_LENGTH}), 'left': $doubt}}"
    )
    return {"Report": {"Type": "Succeed", "Output": expression(result)}}
