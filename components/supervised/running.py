"""The run: starting it, waiting for its end, and stopping one that takes too long or was started in vain."""

from ..schedules.durations import in_words
from .exclusion import after_run
from .language import (
    ERROR,
    FAILED,
    INPUT,
    NAME,
    POLL_SECONDS,
    TIMED_OUT,
    TRIED,
    State,
    States,
    Supervised,
    expression,
    literal,
    outcome,
    task,
)
from .settings import RUN_VARIABLE
from .stopping import LOOKING, stop

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
"""What RunTask in a state fails with where trying again can help: its `failures[]` (no capacity), a full PROVISIONING
quota, throttling (that of EC2 while it looks at subnets comes as an invalid parameter). AWS: Step Functions developer
guide, "Run Amazon ECS or Fargate tasks with Step Functions"."""


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
            Assign={"ended": expression("$states.result")},
            Catch=[
                {
                    "ErrorEquals": ["States.Timeout"],
                    "Assign": {
                        **outcome(TIMED_OUT, f"'Timed out: still running after {in_words(settings.timeout)}.'"),
                        **LOOKING,
                        "ended": {},
                        "again": False,
                    },
                    "Next": "Find own",
                },
                {
                    "ErrorEquals": ["States.ALL"],
                    # A task that failed is described in the cause; a launch that was refused is not.
                    "Assign": {
                        **outcome(FAILED, f"'Not started: ' & {ERROR} & {TRIED}"),
                        "ended": expression(_described()),
                        "retryable": expression(f"$states.errorOutput.Error in {list(LAUNCH_ERRORS)}"),
                    },
                    "Next": "Judge",
                },
            ],
            Next="Judge",
        )
    }


def _described() -> str:
    cause = "$states.errorOutput.Cause"
    is_object = f"$substring({cause}, 0, 1) = '{{' and $substring({cause}, -1) = '}}'"
    return f"({is_object}) ? $parse({cause}) : {{}}"


def refused(of: Supervised) -> States:
    """What follows on an error of RunTask: it does not always mean that nothing was started, so that is looked for and
    stopped before the launch is tried again, or given up."""
    waits: States = {}
    choices: list[State] = []
    pauses = of.settings.launch_pauses
    for pause in dict.fromkeys(pauses):
        upto = len(pauses) - pauses[::-1].index(pause)
        choices.append({"Condition": expression(f"$retryable and $launch <= {upto}"), "Next": _wait(pause)})
        waits[_wait(pause)] = {
            "Type": "Wait",
            "Seconds": pause,
            "Assign": {"launch": expression("$launch + 1"), "again": True, **LOOKING},
            "Next": "Find own",
        }
    settle: State = {
        "Type": "Wait",
        "Seconds": POLL_SECONDS,
        "Assign": {"again": False, **LOOKING},
        "Next": "Find own",
    }
    return {
        **({"Refused": {"Type": "Choice", "Choices": choices, "Default": "Settle"}} if choices else {}),
        **waits,
        "Settle": settle,
        "After own": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$again"), "Next": "Run"}],
            "Default": after_run(of),
        },
    }


def _wait(seconds: int) -> str:
    return f"Wait {seconds} s to launch"


def stop_own(of: Supervised) -> States:
    """A run past its timeout, or one that was started although RunTask failed, is stopped, and it is made sure that it
    is."""
    ours = f"Environment[Name = {literal(RUN_VARIABLE)}].Value = {NAME}"
    return stop(
        "own",
        of,
        which=f"$count(Overrides.ContainerOverrides[{ours}]) > 0",
        why="$reason",
        learnt={"ended": expression("$stopping")},
        gone="After own",
        stuck={"reason": expression("$reason & ' It could not be stopped, and may still be running.'")},
        # The lease is not given back: the run may still be going.
        then="Report",
    )
