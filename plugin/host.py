"""The provider of the package: the components for programs in other languages."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import pulumi
from pulumi.provider import ConstructResult, Provider

from components import (
    GroupReference,
    ScheduledCall,
    ScheduledCallArgs,
    ScheduledTask,
    ScheduledTaskArgs,
    ScheduledTaskGroup,
    ScheduledTaskGroupArgs,
    __version__,
)
from components.aws.spelling import camel_case
from components.checks.errors import InvalidArgumentsError
from components.json_values import Data
from components.outputs import output_names
from components.problems import Problem

from . import reference, schema
from .inputs import arguments

Options = pulumi.ResourceOptions | None


class Host(Provider):
    """Creates the components of programs."""

    def __init__(self):
        super().__init__(__version__, schema.text())

    def construct(
        self, name: str, resource_type: str, inputs: Mapping[str, Any], options: Options = None
    ) -> ConstructResult:
        """Create a component.

        Raises InputPropertiesError for invalid inputs, RunError for a type that this package does not have.
        """
        make = _MAKERS.get(resource_type)
        if make is None:
            raise pulumi.RunError(f'This package has no "{resource_type}". It has: {", ".join(_MAKERS)}.')
        return make(name, inputs, options)


def _group(name: str, inputs: Mapping[str, Any], options: Options) -> ConstructResult:
    # Tasks in other languages have the group's reference, so they can't add to the group.
    args = {"supervised": False, **arguments(inputs, ScheduledTaskGroupArgs)}
    with _problems_in_camel_case():
        made = ScheduledTaskGroup(name, cast("ScheduledTaskGroupArgs", args), options)
    return ConstructResult(made.urn, {**_outputs(made), "reference": reference.to_text(made.reference)})


def _task(name: str, inputs: Mapping[str, Any], options: Options) -> ConstructResult:
    def create(args: Data) -> ScheduledTask:
        return ScheduledTask(name, cast("ScheduledTaskArgs", args), options)

    return _made(ScheduledTask, schema.TASK, name, inputs, ScheduledTaskArgs, create)


def _call(name: str, inputs: Mapping[str, Any], options: Options) -> ConstructResult:
    def create(args: Data) -> ScheduledCall:
        return ScheduledCall(name, cast("ScheduledCallArgs", args), options)

    return _made(ScheduledCall, schema.CALL, name, inputs, ScheduledCallArgs, create)


def _made(
    component: type[pulumi.ComponentResource],
    token: str,
    name: str,
    inputs: Mapping[str, Any],
    shape: type,
    create: Callable[[Data], pulumi.ComponentResource],
) -> ConstructResult:
    """A component with a group, or without: a task then makes its own, and a call reports that it is missing."""
    group = inputs.get("group")
    args = arguments({key: value for key, value in inputs.items() if key != "group"}, shape)
    if group is not None:
        return _member(component, token, name, group, lambda member: create({**args, "group": member}))
    with _problems_in_camel_case():
        made = create(args)
    return ConstructResult(made.urn, _outputs(made))


def _member(
    component: type[pulumi.ComponentResource],
    token: str,
    name: str,
    group: Any,
    create: Callable[[GroupReference], pulumi.ComponentResource],
) -> ConstructResult:
    """A component in a group, which is created once the group's reference is known."""
    text = pulumi.Output.from_input(group)

    def make(known: Any) -> pulumi.ComponentResource:
        with _problems_in_camel_case():
            return create(_reference(token, name, known, text))

    # The engine knows the string once the group's resources exist.
    later = text.apply(make, run_with_unknowns=True)
    outputs = {
        camel_case(key): later.apply(lambda made, key=key: getattr(made, key)) for key in output_names(component)
    }
    return ConstructResult(later.apply(lambda made: made.urn), outputs)


def _reference(token: str, name: str, known: Any, text: pulumi.Output[Any]) -> GroupReference:
    why = "it is not known"
    if isinstance(known, str):
        try:
            return reference.from_text(known, text)
        except ValueError as error:
            why = str(error)
    message = f"must be the `reference` of a ScheduledTaskGroup, unchanged: {why}."
    raise InvalidArgumentsError(f'{token} "{name}"', [Problem(("group",), message)])


@contextmanager
def _problems_in_camel_case() -> Generator[None]:
    """Report problems with keys as the schema spells them."""
    try:
        yield
    except InvalidArgumentsError as error:
        # The SDK passes this error to the engine without a traceback or the name of its class.
        raise pulumi.InputPropertiesError(str(error.spelled(Problem.in_camel_case)), []) from None


def _outputs(made: pulumi.ComponentResource) -> dict[str, Any]:
    return {camel_case(key): getattr(made, key) for key in output_names(type(made))}


_MAKERS = {schema.GROUP: _group, schema.TASK: _task, schema.CALL: _call}
