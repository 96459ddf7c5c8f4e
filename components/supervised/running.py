"""The run: starting it, waiting for its end, judging it, trying it again, and stopping one that takes too long."""

from typing import Any

from ..durations import in_words
from .language import (
    ERROR,
    FAILED,
    INPUT,
    NAME,
    REPLACED,
    SUCCEEDED,
    TIMED_OUT,
    States,
    Supervised,
    expression,
    literal,
    or_empty,
    outcome,
    task,
)
from .settings import RUN_VARIABLE, Supervision
from .stopping import stop

LAUNCH_ERRORS = (
    "AmazonECS.Unknown",
    "ECS.AmazonECSException",
    "ECS.ClientException",
    "ECS.LimitExceededException",
    "ECS.SdkClientException",
    "ECS.ServerException",
    "ECS.ThrottlingException",
)
"""What RunTask in a state fails with where trying again can help: its `failures[]` (no capacity), a full PROVISIONING
quota, throttling. AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions"."""
_FIRST_RETRY_SECONDS = 10


def run(of: Supervised) -> States:
    """RunTask, with the launch tried again, and waiting for the end of the task."""
    given = f"{INPUT}.overrides"
    container = f"{given}.ContainerOverrides[0]"
    marker = f"[{{'Name': {literal(RUN_VARIABLE)}, 'Value': {NAME}}}]"
    main = (
        f"$merge([{{'Name': {literal(of.container)}}}, {container}, "
        f"{{'Environment': $append({container}.Environment, {marker})}}])"
    )
    overrides = f"$merge([{given}, {{'ContainerOverrides': [{main}]}}])"
    settings = of.settings
    return {
        "Run": task(
            "ecs:runTask.sync",
            {**of.run, "Overrides": expression(overrides)},
            TimeoutSeconds=settings.timeout,
            Assign={"ended": expression("$states.result"), "refused": ""},
            Retry=_launch_retries(of.settings),
            Catch=[
                {
                    "ErrorEquals": ["States.Timeout"],
                    "Assign": {
                        **outcome(TIMED_OUT, f"'Timed out: still running after {in_words(settings.timeout)}.'"),
                        "token": "",
                        "ended": {},
                    },
                    "Next": "Find own",
                },
                {
                    "ErrorEquals": ["States.ALL"],
                    # A task that failed is described in the cause; a launch that was refused is not.
                    "Assign": {"ended": expression(_described()), "refused": expression(ERROR)},
                    "Next": "Judge",
                },
            ],
            Next="Judge",
        )
    }


def _launch_retries(settings: Supervision) -> list[dict[str, Any]]:
    if not settings.launch_attempts:
        return []
    retrier = {
        "ErrorEquals": list(LAUNCH_ERRORS),
        "IntervalSeconds": _FIRST_RETRY_SECONDS,
        "BackoffRate": 2.0,
        "MaxAttempts": settings.launch_attempts,
        # However many there are, all of them together wait no longer than the launch may take.
        "MaxDelaySeconds": max(settings.launch_age // settings.launch_attempts, 1),
        "JitterStrategy": "FULL",
    }
    return [retrier]


def _described() -> str:
    cause = "$states.errorOutput.Cause"
    is_object = f"$substring({cause}, 0, 1) = '{{' and $substring({cause}, -1) = '}}'"
    return f"({is_object}) ? $parse({cause}) : {{}}"


def judge(of: Supervised) -> States:
    """Whether a run succeeded, is tried again, or failed: by the exit code of its container."""
    settings = of.settings
    main = f"$ended.Containers[Name = {literal(of.container)}]"
    code = f"{main}.ExitCode"
    clean = f"$ended.StopCode = 'EssentialContainerExited' and {code} = 0 and $not($exists({main}.Reason))"
    # A launch that was refused has had its own retries, and whoever stops a run means it.
    retried = ["$exists($ended.TaskArn)", "$ended.StopCode != 'UserInitiated'"]
    if settings.exit_codes:
        # What ended without an exit code (Spot, a lost instance, no image) says nothing about the work.
        retried.append(f"($not($exists({code})) or {code} in {list(settings.exit_codes)})")
    went = (
        f"($exists({code}) ? 'Exit code ' & $string({code}) & ': ' : '') & "
        f"($exists({main}.Reason) ? {main}.Reason & '. ' : '') & {or_empty('$ended.StoppedReason')}"
    )
    tried = "($attempt > 1 ? ' (attempt ' & $string($attempt) & ')' : '')"
    words = f"($exists($ended.TaskArn) ? {went} : 'Not started: ' & $refused) & {tried}"
    again = range(2, settings.attempts + 2)
    choices = [
        {
            "Condition": expression(clean),
            "Assign": outcome(SUCCEEDED, f"{or_empty('$ended.StoppedReason')} & {tried}"),
            "Next": after_run(of),
        },
        {
            "Condition": expression(f"$contains({or_empty('$ended.StoppedReason')}, 'Replaced by ')"),
            "Assign": outcome(REPLACED, "$ended.StoppedReason"),
            "Next": after_run(of),
        },
        *(
            {"Condition": expression(" and ".join([f"$attempt = {attempt - 1}", *retried])), "Next": _pause(attempt)}
            for attempt in again
        ),
    ]
    pauses: States = {
        _pause(attempt): {
            "Type": "Wait",
            "Seconds": settings.pause(attempt),
            "Assign": {"attempt": attempt},
            "Next": "Acquire" if settings.exclusive else "Run",
        }
        for attempt in again
    }
    return {
        "Judge": {"Type": "Choice", "Choices": choices, "Default": "Give up"},
        **pauses,
        "Give up": {"Type": "Pass", "Assign": outcome(FAILED, words), "Next": after_run(of)},
    }


def _pause(attempt: int) -> str:
    return f"Pause before attempt {attempt}"


def after_run(of: Supervised) -> str:
    """The state that follows on the last attempt."""
    return "Release" if of.settings.exclusive else "Report"


def stop_own(of: Supervised) -> States:
    """A run past its timeout is stopped, and it is made sure that it is."""
    ours = f"Environment[Name = {literal(RUN_VARIABLE)}].Value = {NAME}"
    return stop(
        "own",
        of,
        which=f"$count(Overrides.ContainerOverrides[{ours}]) > 0",
        why="$reason",
        learnt={"ended": expression("$stopping")},
        gone=after_run(of),
        stuck=outcome(TIMED_OUT, "$reason & ' It could not be stopped, and may still be running.'"),
        # The lease is not given back: the run may still be going.
        then="Report",
    )
