"""Whether a run succeeded, is tried again, or failed."""

from .exclusion import after_run, give_back
from .language import (
    FAILED,
    REPLACED,
    SUCCEEDED,
    TRIED,
    State,
    States,
    Supervised,
    expression,
    literal,
    or_empty,
    outcome,
)
from .settings import REPLACE, REPLACED_BY


def judge(of: Supervised) -> States:
    """Whether a run succeeded, is tried again, or failed: by the exit code of its container."""
    settings = of.settings
    main = f"$ended.Containers[Name = {literal(of.container)}]"
    code = f"{main}.ExitCode"
    clean = f"$ended.StopCode = 'EssentialContainerExited' and {code} = 0 and $not($exists({main}.Reason))"
    # Whoever stops a run means it.
    retried = ["$not($ended.StopCode = 'UserInitiated')"]
    if settings.exit_codes:
        # What ended without an exit code (Spot, a lost instance, no image) says nothing about the work.
        retried.append(f"($not($exists({code})) or {code} in {list(settings.exit_codes)})")
    went = (
        f"($exists({code}) ? 'Exit code ' & $string({code}) & ': ' : '') & "
        f"($exists({main}.Reason) ? {main}.Reason & '. ' : '') & {or_empty('$ended.StoppedReason')}"
    )
    again = range(2, settings.attempts + 2)
    choices = [
        {
            "Condition": expression("$not($exists($ended.TaskArn))"),
            "Next": "Refused" if settings.launch_pauses else "Settle",
        },
        {
            "Condition": expression(clean),
            "Assign": outcome(SUCCEEDED, f"{or_empty('$ended.StoppedReason')} & {TRIED}"),
            "Next": after_run(of),
        },
        *([_replaced()] if settings.overlap == REPLACE else []),
        *(
            {
                "Condition": expression(" and ".join([f"$attempt = {attempt - 1}", *retried])),
                "Next": _make_way(attempt) if settings.overlap == REPLACE else _pause(attempt),
            }
            for attempt in again
        ),
    ]
    pauses: States = {
        _pause(attempt): {
            "Type": "Wait",
            "Seconds": settings.pause(attempt),
            "Assign": {"attempt": attempt, "launch": 1},
            "Next": "Acquire" if settings.exclusive else "Run",
        }
        for attempt in again
    }
    return {
        "Judge": {"Type": "Choice", "Choices": choices, "Default": "Give up"},
        **pauses,
        # A newer run need not wait for one that waits itself.
        **(
            {_make_way(attempt): give_back(of, _pause(attempt)) for attempt in again}
            if settings.overlap == REPLACE
            else {}
        ),
        "Give up": {"Type": "Pass", "Assign": outcome(FAILED, f"{went} & {TRIED}"), "Next": after_run(of)},
    }


def _replaced() -> State:
    begins = f"$substring({or_empty('$ended.StoppedReason')}, 0, {len(REPLACED_BY)}) = {literal(REPLACED_BY)}"
    return {
        "Condition": expression(f"$ended.StopCode = 'UserInitiated' and {begins}"),
        "Assign": outcome(REPLACED, "$ended.StoppedReason"),
        "Next": "Release",
    }


def _make_way(attempt: int) -> str:
    return f"Make way before attempt {attempt}"


def _pause(attempt: int) -> str:
    return f"Pause before attempt {attempt}"
