"""The configuration of the stack that the smoke test deploys. Pure."""

from collections.abc import Mapping
from datetime import datetime

from components.aws.names import GroupNames
from components.json_values import is_object

from ..errors import OpsError

IMAGE = "public.ecr.aws/docker/library/busybox:stable"
"""A public image of a few megabytes that needs no registry account."""
PRINTS, FAILS, TOO_LONG, REFUSED = "smoke-prints", "smoke-fails", "smoke-too-long", "smoke-refused"
"""The tasks: one prints its scheduled time each minute, one fails, one runs into its timeout, and the role may not
launch one."""
TASKS = (PRINTS, FAILS, TOO_LONG, REFUSED)
DENIAL = "smoke-deny"
"""The policy of the scheduler's role that denies launches for a while."""
EXIT_CODE = 3
"""The exit code of the task that fails."""
LIFETIME_MINUTES = 60
"""The longest duration of a test. The schedules end by themselves after it, even if nobody can delete them."""
TAG = "scheduled-tasks-smoke"
"""The tag of all resources, with the name of the stack."""
BEGAN_TAG = "scheduled-tasks-smoke-began"
"""The tag of all resources, with the time when the test began. It tells the age of what a test leaves."""
_COPIED_IAM = ("path", "permissionsBoundary")


def stack_name(token: str) -> str:
    """The name of the stack: unique per test."""
    return f"smoke-{token}"


def names_of(project: str, stack: str) -> GroupNames:
    """The names of the resources of the stack."""
    return GroupNames(f"{project}-{stack}")


def stack_file(
    project: str, given: Mapping[str, object], *, region: str, stack: str, image: str, began: datetime, until: datetime
) -> dict[str, object]:
    """The content of the stack's file: cluster, network, tags and IAM settings of another stack, and four tasks.

    Args:
        project: Name of the project, which is the namespace of the keys.
        given: The configuration of the other stack by key, without the namespace.
        region: The Region.
        stack: Name of the stack.
        image: Image of the containers, with a POSIX shell.
        began: The time when the test begins, in UTC.
        until: The time when the schedules end, in UTC.

    Raises:
        OpsError: The other stack creates a VPC.
    """
    network = given.get("network")
    vpc = network.get("vpc") if is_object(network) else None
    if is_object(vpc) and "create" in vpc:
        raise OpsError("The stack creates a VPC. The smoke test needs a stack with an existing network.")
    iam = given.get("iam")
    copied: dict[str, object] = {key: given[key] for key in ("cluster", "network") if key in given}
    if is_object(iam) and (kept := {key: iam[key] for key in _COPIED_IAM if key in iam}):
        copied["iam"] = kept
    tags = given.get("tags")
    begin, end = (time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in (began, until))
    settings: dict[str, object] = {
        **copied,
        "catalogue": False,
        "notify": {},
        "tags": {**(tags if is_object(tags) else {}), TAG: stack, BEGAN_TAG: begin},
        "defaults": {"cpu": 256, "memory": 512, "launch": "fargate"},
        "tasks": {name: {"image": image, **task} for name, task in _tasks(end).items()},
    }
    return {"config": {"aws:region": region, **{f"{project}:{key}": value for key, value in settings.items()}}}


def _tasks(end: str) -> dict[str, dict[str, object]]:
    minutely: dict[str, object] = {"schedule": "rate(1 minute)", "end": end}
    return {
        PRINTS: {
            **minutely,
            "command": ["sh", "-c", 'echo "scheduled for $SCHEDULED_TIME"'],
            "environment": {"SCHEDULED_TIME": "<aws.scheduler.scheduled-time>"},
            "expectSuccessWithin": "1h",
        },
        FAILS: {"schedule": "none", "command": ["sh", "-c", f"exit {EXIT_CODE}"]},
        TOO_LONG: {"schedule": "none", "command": ["sleep", "900"], "timeout": "1m"},
        REFUSED: {**minutely, "command": ["true"], "retry": {"attempts": 0}},
    }
