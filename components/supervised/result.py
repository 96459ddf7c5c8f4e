"""The result of a run: it succeeded, it failed, or there is another attempt."""

from .confirming import first_pause
from .exclusion import after_run, release_lease
from .language import (
    ATTEMPT_SUFFIX,
    FAILED,
    REPLACED,
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
from .locking import LOCK_START, release_lock, start_of_attempt
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
        *([_replaced(of)] if settings.overlap == REPLACE or settings.replaceable else []),
        *(
            Choice(
                Condition=expression(" and ".join([f"$attempt = {attempt - 1}", *retried])),
                Next=_before_pause(of, attempt),
            )
            for attempt in further
        ),
    ]
    waits = {attempt: first_pause(of, settings.pause(attempt)) for attempt in further}
    pauses: States = {
        _pause(attempt): {
            "Type": "Wait",
            "Seconds": seconds,
            "Assign": {
                "attempt": attempt,
                "runs": expression("[$runs, $run.TaskArn]"),
                **first_launch(),
                **(LOCK_START if settings.lock else {}),
                **left,
            },
            "Next": start_of_attempt(of),
        }
        for attempt, (seconds, left) in waits.items()
    }
    # A newer run does not have to wait for one that only waits for its next attempt.
    releases: States = {_release(attempt): release_lease(of, _pause(attempt)) for attempt in further}
    # Other tasks don't have to wait for one that only waits for its next attempt.
    unlocks: States = {
        _unlock(attempt): release_lock(of, _before_pause(of, attempt, unlocked=True))
        for attempt in (further if settings.lock else ())
    }
    return {
        "Check result": {"Type": "Choice", "Choices": choices, "Default": "Run failed"},
        **pauses,
        **(releases if settings.overlap == REPLACE else {}),
        **unlocks,
        "Run failed": {
            "Type": "Pass",
            "Assign": outcome(FAILED, f"{reason} & {ATTEMPT_SUFFIX}"),
            "Next": after_run(of),
        },
    }


def _replaced(of: Supervised) -> Choice:
    prefix = f"$substring({or_empty('$run.StoppedReason')}, 0, {len(REPLACED_BY)}) = {literal(REPLACED_BY)}"
    return {
        "Condition": expression(f"$run.StopCode = 'UserInitiated' and {prefix}"),
        "Assign": outcome(REPLACED, "$run.StoppedReason"),
        "Next": after_run(of),
    }


def _before_pause(of: Supervised, attempt: int, *, unlocked: bool = False) -> str:
    """The first state before the pause, or the one after the lock is released."""
    if of.settings.lock and not unlocked:
        return _unlock(attempt)
    return _release(attempt) if of.settings.overlap == REPLACE else _pause(attempt)


def _unlock(attempt: int) -> str:
    return f"Release lock before attempt {attempt}"


def _release(attempt: int) -> str:
    return f"Release before attempt {attempt}"


def _pause(attempt: int) -> str:
    return f"Pause before attempt {attempt}"
