"""The run: launching it, waiting for its end, and stopping it after a timeout or a failed launch."""

from ..schedules.durations import in_words
from .exclusion import after_run
from .language import (
    ATTEMPT_SUFFIX,
    ERROR,
    FAILED,
    INPUT,
    NAME,
    POLL_SECONDS,
    RUN,
    TIMED_OUT,
    Choice,
    States,
    Supervised,
    expression,
    literal,
    outcome,
    task,
)
from .settings import RUN_VARIABLE
from .stopping import SEARCH_START, stop

LAUNCH_ERRORS = (
    "AmazonECS.Unknown",
    "ECS.AmazonECSException",
    "ECS.ClientException",
    "ECS.InvalidParameterException",
    "ECS.LimitExceededException",
    "ECS.SdkClientException",
    "ECS.ServerException",
    "ECS.ThrottlingException",
)
"""Errors of RunTask in a state machine that can disappear when it is retried: `failures[]` (no capacity), a full
PROVISIONING quota, and throttling. ECS reports throttling by EC2 as an invalid parameter. AWS: Step Functions developer
guide, "Run Amazon ECS or Fargate tasks with Step Functions"."""


def run(of: Supervised) -> States:
    """The state that calls RunTask and waits until the run ends."""
    given = f"{INPUT}.overrides"
    container = f"{given}.ContainerOverrides[Name = {literal(of.container)}]"
    others = f"{given}.ContainerOverrides[Name != {literal(of.container)}]"
    variable = f"[{{'Name': {literal(RUN_VARIABLE)}, 'Value': {NAME}}}]"
    overridden = (
        f"$merge([{{'Name': {literal(of.container)}}}, {container}, "
        f"{{'Environment': $append({container}.Environment, {variable})}}])"
    )
    overrides = f"$merge([{given}, {{'ContainerOverrides': $append([{overridden}], {others})}}])"
    settings = of.settings
    return {
        RUN: task(
            "ecs:runTask.sync",
            {**of.run, "Overrides": expression(overrides)},
            TimeoutSeconds=settings.timeout,
            Assign={"run": expression("$states.result")},
            Catch=[
                {
                    "ErrorEquals": ["States.Timeout"],
                    "Assign": {
                        **outcome(TIMED_OUT, f"'Timed out: still running after {in_words(settings.timeout)}.'"),
                        **SEARCH_START,
                        "run": {},
                        "retryLaunch": False,
                    },
                    "Next": "Find own run",
                },
                {
                    "ErrorEquals": ["States.ALL"],
                    # The cause describes a task that failed, but not a launch that ECS refused.
                    "Assign": {
                        **outcome(FAILED, f"'Not started: ' & {ERROR} & {ATTEMPT_SUFFIX}"),
                        "run": expression(_described()),
                        "retryable": expression(f"$states.errorOutput.Error in {list(LAUNCH_ERRORS)}"),
                    },
                    "Next": "Check result",
                },
            ],
            Next="Check result",
        )
    }


def _described() -> str:
    cause = "$states.errorOutput.Cause"
    is_object = f"$substring({cause}, 0, 1) = '{{' and $substring({cause}, -1) = '}}'"
    return f"({is_object}) ? $parse({cause}) : {{}}"


def launch_failed(of: Supervised) -> States:
    """The states after an error of RunTask. ECS might have started a run all the same, so they find and stop it before
    the launch is retried or reported as failed."""
    waits: States = {}
    choices: list[Choice] = []
    pauses = of.settings.launch_pauses
    for pause in dict.fromkeys(pauses):
        last = len(pauses) - pauses[::-1].index(pause)
        choices.append({"Condition": expression(f"$retryable and $launch <= {last}"), "Next": _wait(pause)})
        waits[_wait(pause)] = {
            "Type": "Wait",
            "Seconds": pause,
            "Assign": {"launch": expression("$launch + 1"), "retryLaunch": True, **SEARCH_START},
            "Next": "Find own run",
        }
    states: States = {
        **waits,
        "Wait before cleanup": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Assign": {"retryLaunch": False, **SEARCH_START},
            "Next": "Find own run",
        },
        "After cleanup": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$retryLaunch"), "Next": RUN}],
            "Default": after_run(of),
        },
    }
    if choices:
        states["Launch failed"] = {"Type": "Choice", "Choices": choices, "Default": "Wait before cleanup"}
    return states


def _wait(seconds: int) -> str:
    return f"Wait {seconds} s before launch"


def stop_own_run(of: Supervised) -> States:
    """The states that stop the execution's own run, after its timeout or a failed launch."""
    warning = "' It could not be stopped and might still be running.'"
    own = f"Environment[Name = {literal(RUN_VARIABLE)}].Value = {NAME}"
    return stop(
        "own run",
        of,
        selected=f"$count(Overrides.ContainerOverrides[{own}]) > 0",
        reason="$reason",
        all_stopped="After cleanup",
        # The run might continue, so the execution does not release the lease.
        not_stopped="Report",
        assign_if_not_stopped={"reason": expression(f"$reason & {warning}")},
        assign_if_stopped={"run": expression("$stopped")},
    )
