"""The run: launching it, waiting for its end, and stopping it after a timeout or a failed launch."""

from ..schedules.durations import in_words
from .counting import end_state
from .exclusion import after_run
from .language import (
    ATTEMPT_SUFFIX,
    ERROR,
    FAILED,
    INPUT,
    LIST_SECONDS,
    NEW_TOKEN,
    NOTHING_STARTED,
    POLL_SECONDS,
    RUN,
    TIMED_OUT,
    Assign,
    Choice,
    States,
    Supervised,
    expression,
    has_text,
    literal,
    outcome,
    task,
)
from .locking import abandon, start_of_attempt
from .settings import TASK_COUNT
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
    pairs = (f"{{'Name': {literal(name)}, 'Value': {value}}}" for name, value in of.environment.items())
    variable = f"[{', '.join(pairs)}]"
    overridden = (
        f"$merge([{{'Name': {literal(of.container)}}}, {container}, "
        f"{{'Environment': $append({container}.Environment, {variable})}}])"
    )
    overrides = f"$merge([{given}, {{'ContainerOverrides': $append([{overridden}], {others})}}])"
    settings = of.settings
    return {
        RUN: task(
            "ecs:runTask.sync",
            {**of.run, "Overrides": expression(overrides), "ClientToken": expression("$token")},
            TimeoutSeconds=settings.timeout,
            Assign={
                "run": expression("$states.result"),
                "doubt": expression(f"$not({has_text('$states.result.TaskArn')})"),
            },
            Catch=[
                {
                    "ErrorEquals": ["States.Timeout"],
                    "Assign": {
                        **outcome(TIMED_OUT, f"'Timed out: still running after {in_words(settings.timeout)}.'"),
                        **_SEARCH,
                        "run": {},
                        "doubt": True,
                    },
                    "Next": "Find own run",
                },
                {
                    "ErrorEquals": ["States.ALL"],
                    # The cause describes a task that failed, but not a launch that ECS refused.
                    "Assign": {
                        **outcome(FAILED, f"'Not started: ' & {ERROR} & {ATTEMPT_SUFFIX}"),
                        "run": expression(_described()),
                        "retryable": expression(f"{_ERROR} in {list(LAUNCH_ERRORS)}"),
                        "doubt": expression(f"$not({_IS_OBJECT} or {_NOTHING})"),
                        # ECS may repeat the answer to a request whose client token it knows.
                        "token": expression(f"{_NOTHING} ? {NEW_TOKEN} : $token"),
                    },
                    "Next": "Check result",
                },
            ],
            Next="Check result",
        )
    }


def _described() -> str:
    return f"{_IS_OBJECT} ? $parse({_CAUSE}) : {{}}"


_ERROR, _CAUSE = "$states.errorOutput.Error", "$states.errorOutput.Cause"
_NOTHING = f"{_ERROR} = '{NOTHING_STARTED}'"
_IS_OBJECT = f"($substring({_CAUSE}, 0, 1) = '{{' and $substring({_CAUSE}, -1) = '}}')"
"""Whether the cause describes a task that has stopped."""
_SEARCH: Assign = {**SEARCH_START, "searches": 0}


def launch_failed(of: Supervised) -> States:
    """The states after an error of RunTask. ECS might have started a run all the same.

    A launch is retried with the same client token: ECS then answers with the run that it has started. Before a launch
    is reported as failed, they find and stop such a run. An empty list shows that there is none only if nothing has
    been launched for `LIST_SECONDS`.
    """
    again = start_of_attempt(of)
    waits: States = {}
    choices: list[Choice] = []
    pauses = of.settings.launch_pauses
    for pause in dict.fromkeys(pauses):
        last = len(pauses) - pauses[::-1].index(pause)
        choices.append({"Condition": expression(f"$retryable and $launch <= {last}"), "Next": _wait(pause)})
        waits[_wait(pause)] = {
            "Type": "Wait",
            "Seconds": pause,
            "Assign": {"launch": expression("$launch + 1")},
            "Next": again,
        }
    in_doubt: Choice = {"Condition": expression("$doubt"), "Next": "Wait before cleanup"}
    return {
        **waits,
        "Launch failed": {"Type": "Choice", "Choices": [*choices, in_doubt], "Default": after_run(of)},
        "Wait before cleanup": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Assign": _SEARCH,
            "Next": "Find own run",
        },
        "Wait for the list": {
            "Type": "Wait",
            "Seconds": LIST_SECONDS,
            "Assign": {**SEARCH_START, "searches": expression("$searches + 1")},
            "Next": "Find own run",
        },
        "After cleanup": {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression("$doubt and $searches = 0"), "Next": "Wait for the list"},
                {"Condition": expression("$doubt"), "Next": abandon(of)},
            ],
            "Default": after_run(of),
        },
    }


def _wait(seconds: int) -> str:
    return f"Wait {seconds} s before launch"


def stop_own_run(of: Supervised) -> States:
    """The states that stop the execution's own run, after its timeout or a failed launch."""
    warning = "' It could not be stopped and might still be running.'"
    # All tasks of a run have the same number of tasks.
    own = {name: value for name, value in of.environment.items() if name != TASK_COUNT}
    variables = " and ".join(f"Environment[Name = {literal(name)}].Value = {value}" for name, value in own.items())
    selected, new = f"$count(Overrides.ContainerOverrides[{variables}]) > 0", "$not(TaskArn in $runs)"
    return stop(
        "own run",
        of,
        selected=selected,
        reason="$reason",
        all_stopped="After cleanup",
        # The run might continue, so the execution does not release the lease.
        not_stopped=end_state(of),
        assign_if_not_stopped={"reason": expression(f"$reason & {warning}"), **({"doubt": True} if of.index else {})},
        # Runs of earlier attempts have ended.
        assign_if_found={"doubt": expression(f"$doubt and $count($states.result.Tasks[{selected} and {new}]) = 0")},
        assign_if_stopped={"run": expression("$stopped")},
    )
