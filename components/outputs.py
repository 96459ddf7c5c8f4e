"""The outputs of the components."""

from __future__ import annotations

import inspect

import pulumi


def output_names(component: type[pulumi.ComponentResource]) -> list[str]:
    """The names of a component's outputs, in the order in which they are declared.

    Other attributes, such as the child resources, are for Python programs only.
    """
    # The annotations are strings, because evaluating them takes a while.
    return [name for name, hint in inspect.get_annotations(component).items() if hint.startswith("pulumi.Output[")]


def last_part(arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The name in the ARN of a role, a queue or a state machine. Empty for an empty ARN.

    AWS: IAM user guide, "IAM ARNs"; names of roles contain no `/`, and names of queues and state machines no `:`.
    """
    return pulumi.Output.from_input(arn).apply(lambda known: known.rsplit(":", 1)[-1].rsplit("/", 1)[-1])


def known_list(value: pulumi.Input[object]) -> pulumi.Output[list[str]]:
    """A list whose items may be outputs, as one output."""
    return pulumi.Output.from_input(value).apply(list)  # pyright: ignore[reportUnknownVariableType, reportArgumentType]
