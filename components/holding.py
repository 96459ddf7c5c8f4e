"""Holds schedules at what they start now, while a deployment changes everything else.

A program that has tasks with `gate` calls `hold_schedules` in a first deployment. The tasks with `gate` then run, and a
second deployment moves the schedules to their new revisions.
"""

from collections.abc import Collection

import pulumi

from .after_resources import AFTER
from .schedules import BEFORE_DEPLOYMENT

SCHEDULE = "aws:scheduler/schedule:Schedule"
STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"
RULE, TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
_KEPT = ["*"]
"""All properties. AWS has one call that replaces a schedule, so a part of it can't stay."""


def hold_schedules(gates: Collection[str]) -> None:
    """Keep deployed schedules and state machines as they are, and create new schedules disabled.

    The same counts for the rules that start tasks after others.

    Call it before the first resource. It applies to all components of the program.

    Args:
        gates: Names of the tasks with `gate`. Their own schedules and state machines are deployed.

    Example:
        ```python
        if os.environ.get("SCHEDULED_TASKS_HOLD"):
            hold_schedules({"migrate"})
        ```
    """
    pulumi.runtime.register_resource_transform(lambda args: held(args, gates))


def held(args: pulumi.ResourceTransformArgs, gates: Collection[str]) -> pulumi.ResourceTransformResult | None:
    """A schedule, state machine or rule that stays as it is; None for everything else.

    Args:
        args: A resource that the program declares.
        gates: Names of the tasks with `gate`.
    """
    props = dict(args.props)
    if args.type_ == SCHEDULE and props.get("scheduleExpression") != BEFORE_DEPLOYMENT:
        props["state"] = "DISABLED"
    elif args.type_ in (RULE, TARGET) and args.name.endswith(f"-{AFTER}"):
        # It starts a task after another one.
        props |= {"state": "DISABLED"} if args.type_ == RULE else {}
    elif args.type_ != STATE_MACHINE or args.name in {f"{name}-supervisor" for name in gates}:
        return None
    options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(ignore_changes=_KEPT))
    return pulumi.ResourceTransformResult(props, options)
