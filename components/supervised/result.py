"""The result of a run: it succeeded, it failed, or there is another attempt."""

from .exclusion import after_run, release_lease
from .language import (
    ATTEMPT_SUFFIX,
    FAILED,
    REPLACED,
    RUN,
    SUCCEEDED,
    Choice,
    States,
    Supervised,
    expression,
    first_launch,
    has_number,
    has_text,
    literal,
    or_empty,
    outcome,
)
from .settings import REPLACE, REPLACED_BY


def check_result(of: Supervised) -> States:
    """The states that decide by the exit code of the container whether a run succeeded, failed, or is retried."""
    settings = of.settings
    container = f"$run.Containers[Name = {literal(of.container)}]"
    code = f"{container}.ExitCode"
    succeeded = f"$run.StopCode = 'EssentialContainerExited' and {code} = 0 and $not({has_text(f'{container}.Reason')})"
    # A run that a user stopped is not retried.
    retried = ["$not($run.StopCode = 'UserInitiated')"]
    if settings.exit_codes:
        # A run without an exit code (Spot, lost instance, missing image) says nothing about the container's work.
        retried.append(f"($not({has_number(code)}) or {code} in {list(settings.exit_codes)})")
    reason = (
        f"({has_number(code)} ? 'Exit code ' & $string({code}) & ': ' : '') & "
        f"({has_text(f'{container}.Reason')} ? {container}.Reason & '. ' : '') & {or_empty('$run.StoppedReason')}"
    )
    further = range(2, settings.attempts + 2)
    choices: list[Choice] = [
        {
            "Condition": expression(f"$not({has_text('$run.TaskArn')})"),
            "Next": "Launch failed",
        },
        {
            "Condition": expression(succeeded),
            "Assign": outcome(SUCCEEDED, f"{or_empty('$run.StoppedReason')} & {ATTEMPT_SUFFIX}"),
            "Next": after_run(of),
        },
        *([_replaced()] if settings.overlap == REPLACE else []),
        *(
            Choice(
                Condition=expression(" and ".join([f"$attempt = {attempt - 1}", *retried])),
                Next=_release(attempt) if settings.overlap == REPLACE else _pause(attempt),
            )
            for attempt in further
        ),
    ]
    pauses: States = {
        _pause(attempt): {
            "Type": "Wait",
            "Seconds": settings.pause(attempt),
            "Assign": {"attempt": attempt, "runs": expression("[$runs, $run.TaskArn]"), **first_launch()},
            "Next": "Acquire" if settings.exclusive else RUN,
        }
        for attempt in further
    }
    # A newer run does not have to wait for one that only waits for its next attempt.
    releases: States = {_release(attempt): release_lease(of, _pause(attempt)) for attempt in further}
    return {
        "Check result": {"Type": "Choice", "Choices": choices, "Default": "Run failed"},
        **pauses,
        **(releases if settings.overlap == REPLACE else {}),
        "Run failed": {
            "Type": "Pass",
            "Assign": outcome(FAILED, f"{reason} & {ATTEMPT_SUFFIX}"),
            "Next": after_run(of),
        },
    }


def _replaced() -> Choice:
    prefix = f"$substring({or_empty('$run.StoppedReason')}, 0, {len(REPLACED_BY)}) = {literal(REPLACED_BY)}"
    return {
        "Condition": expression(f"$run.StopCode = 'UserInitiated' and {prefix}"),
        "Assign": outcome(REPLACED, "$run.StoppedReason"),
        "Next": "Release",
    }


def _release(attempt: int) -> str:
    return f"Release before attempt {attempt}"


def _pause(attempt: int) -> str:
    return f"Pause before attempt {attempt}"
