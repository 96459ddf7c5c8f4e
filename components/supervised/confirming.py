"""The check of a run with `parallel` and `overlap: replace`: does it still hold the lease, or does a newer run want it?

The run holds its lease until it knows that all its tasks have ended, so a newer run never starts too early. The check
lets the run end soon: before each task that it starts, and before each further attempt or launch of a task.
"""

import math

from ..json_values import Json
from . import lease as leases
from .language import (
    CONDITION_FAILED,
    FAILED,
    INPUT,
    NAME,
    REPLACED,
    RETRY,
    RUN,
    SUCCEEDED,
    Choice,
    States,
    Supervised,
    TaskState,
    expression,
    literal,
    outcome,
    task,
)
from .settings import LONGEST_UNCHECKED_PAUSE, REPLACE, REPLACED_BY, Supervision

CONFIRM, CONFIRMED, PAUSE_AGAIN = "Confirm lease", "Confirmed", "Pause again"
REASON = f"{REPLACED_BY}a newer run"


def replaces_tasks(settings: Supervision) -> bool:
    """Whether a run has several tasks, and a newer run can replace it."""
    return settings.parallel is not None and settings.overlap == REPLACE


def confirm_before_start(of: Supervised, then: str, replaced: str) -> TaskState:
    """The state of an iteration before it starts the execution of a task. Its input is the number of the task.

    If DynamoDB doesn't answer, the task starts: a newer run stops it.
    """
    result = f"{{'index': $states.input, 'outcome': '{REPLACED}', 'reason': {literal(REASON)}, 'left': false}}"
    return task(
        "dynamodb:updateItem",
        leases.confirm(of.table, of.task, holder=expression(NAME)),
        Retry=RETRY,
        Catch=[
            {"ErrorEquals": [CONDITION_FAILED], "Output": expression(result), "Next": replaced},
            {"ErrorEquals": ["States.ALL"], "Output": expression("$states.input"), "Next": then},
        ],
        Output=expression("$states.input"),
        Next=then,
    )


def confirm_before_launch(of: Supervised) -> States:
    """The states of the execution of a task before a further attempt or launch; none unless a run can replace it."""
    settings = of.settings
    if not settings.replaceable:
        return {}
    confirm = task(
        "dynamodb:updateItem",
        leases.confirm(of.table, of.task, holder=expression(f"{INPUT}.run")),
        Retry=RETRY,
        Catch=[
            {
                "ErrorEquals": [CONDITION_FAILED],
                "Assign": {**outcome(REPLACED, literal(REASON)), "retryable": False},
                # A launch whose answer was lost can have started a run.
                "Next": "Launch failed",
            },
            {"ErrorEquals": ["States.ALL"], "Next": CONFIRMED},
        ],
        Next=CONFIRMED,
    )
    if settings.longest_pause <= LONGEST_UNCHECKED_PAUSE:
        return {CONFIRM: confirm, CONFIRMED: {"Type": "Pass", "Assign": {}, "Next": RUN}}
    again: Choice = {"Condition": expression("$pauseLeft > 0"), "Next": PAUSE_AGAIN}
    return {
        CONFIRM: confirm,
        CONFIRMED: {"Type": "Choice", "Choices": [again], "Default": RUN},
        PAUSE_AGAIN: {
            "Type": "Wait",
            "Seconds": expression(f"$min([{LONGEST_UNCHECKED_PAUSE}, $pauseLeft])"),
            "Assign": {"pauseLeft": expression(f"$max([0, $pauseLeft - {LONGEST_UNCHECKED_PAUSE}])")},
            "Next": CONFIRM,
        },
    }


def history_events(one: Supervision) -> int:
    """The most events in the history of the execution of one task.

    AWS: Step Functions API reference, HistoryEvent. A state with a job that it waits for writes 6 events, one with
    another call 5, a choice and a pause 2 each.
    """
    run, call, other = 6, 5, 2
    launch = run + call + 4 * other
    slices = sum(math.ceil(one.pause(attempt) / LONGEST_UNCHECKED_PAUSE) for attempt in range(2, one.attempts + 2))
    rest = 500
    return (one.attempts + 1) * (1 + len(one.launch_pauses)) * launch + slices * (call + 2 * other) + rest


def pause_start(of: Supervised) -> dict[str, Json]:
    """The variables at the start of the execution of a task."""
    return {"pauseLeft": 0} if of.settings.replaceable else {}


def first_pause(of: Supervised, seconds: int) -> tuple[int, dict[str, Json]]:
    """The seconds of a pause before an attempt until the first check, and the variable with the seconds after it."""
    if not of.settings.replaceable:
        return seconds, {}
    first = min(seconds, LONGEST_UNCHECKED_PAUSE)
    return first, {"pauseLeft": seconds - first}


def outcome_of_tasks(failed: str, results: str) -> str:
    """The outcome of a run whose tasks can be replaced, as an expression. A failure is reported in any case.

    Args:
        failed: The results of failed tasks, as an expression.
        results: All results, as an expression.
    """
    replaced = f"$count({results}[outcome = '{REPLACED}'])"
    return f"$count({failed}) > 0 ? '{FAILED}' : {replaced} > 0 ? '{REPLACED}' : '{SUCCEEDED}'"


def reason_of_tasks(reason: str, failed: str, results: str, count: int) -> str:
    """The reason of a run whose tasks can be replaced, as an expression.

    Args:
        reason: The reason of a run that isn't replaced, as an expression: its tasks succeeded, or some failed.
        failed: The results of failed tasks, as an expression.
        results: All results, as an expression.
        count: The number of tasks.
    """
    replaced = f"'{REASON}. Tasks that had not ended: ' & $string($replaced) & ' of {count}.'"
    return (
        f"($replaced := $count({results}[outcome = '{REPLACED}']); $text := {reason}; "
        f"$replaced = 0 ? $text : ($count({failed}) > 0 ? $text & ' ' : '') & {replaced})"
    )
