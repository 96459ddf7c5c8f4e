"""The provider of the package: components for programs in other languages."""

import inspect
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import pulumi
from pulumi.provider import ConstructResult, Provider

from components import (
    GroupReference,
    ScheduledTask,
    ScheduledTaskArgs,
    ScheduledTaskGroup,
    ScheduledTaskGroupArgs,
    __version__,
)
from components.checks.errors import InvalidArgumentsError
from components.problems import Problem

from . import reference, schema
from .inputs import all_keys, arguments
from .spelling import as_written, camel

Options = pulumi.ResourceOptions | None


class Host(Provider):
    """Makes the components that programs ask for."""

    def __init__(self):
        super().__init__(__version__, schema.text())

    def construct(
        self, name: str, resource_type: str, inputs: Mapping[str, Any], options: Options = None
    ) -> ConstructResult:
        """Make a component.

        Raises InputPropertiesError for inputs that are refused, RunError for a type that this package does not have.
        """
        make = _MAKERS.get(resource_type)
        if make is None:
            raise pulumi.RunError(f'This package has no "{resource_type}". It has: {", ".join(_MAKERS)}.')
        return make(name, inputs, options)


def _group(name: str, inputs: Mapping[str, Any], options: Options) -> ConstructResult:
    args = arguments(inputs, ScheduledTaskGroupArgs)
    with _told_in_camel_case(ScheduledTaskGroupArgs):
        made = ScheduledTaskGroup(name, cast("ScheduledTaskGroupArgs", args), options)
    return ConstructResult(made.urn, {**_outputs(made), "reference": reference.to_text(made.reference)})


def _task(name: str, inputs: Mapping[str, Any], options: Options) -> ConstructResult:
    group = inputs.get("group")
    args = arguments({key: value for key, value in inputs.items() if key != "group"}, ScheduledTaskArgs)
    if group is None:
        with _told_in_camel_case(ScheduledTaskArgs):
            made = ScheduledTask(name, cast("ScheduledTaskArgs", args), options)
        return ConstructResult(made.urn, _outputs(made))
    text = pulumi.Output.from_input(group)

    def make(known: Any) -> ScheduledTask:
        with _told_in_camel_case(ScheduledTaskArgs):
            member = {**args, "group": _reference(name, known, text)}
            return ScheduledTask(name, cast("ScheduledTaskArgs", member), options)

    # In the engine's run, the text is there when the group's resources are.
    later = text.apply(make, run_with_unknowns=True)
    outputs = {
        camel(key): later.apply(lambda task, key=key: getattr(task, key))
        for key in inspect.get_annotations(ScheduledTask)
    }
    return ConstructResult(later.apply(lambda task: task.urn), outputs)


def _reference(name: str, known: Any, text: pulumi.Output[Any]) -> GroupReference:
    why = "it is not known"
    if isinstance(known, str):
        try:
            return reference.from_text(known, text)
        except ValueError as error:
            why = str(error)
    message = f"must be the `reference` of a ScheduledTaskGroup, as that gave it: {why}."
    raise InvalidArgumentsError(f'{schema.TASK} "{name}"', [Problem(("group",), message)])


@contextmanager
def _told_in_camel_case(shape: type) -> Generator[None]:
    """Say what is wrong with the keys as the schema spells them."""
    try:
        yield
    except InvalidArgumentsError as error:
        keys = all_keys(shape)
        told = InvalidArgumentsError(error.component, [as_written(found, keys) for found in error.problems])
        # The SDK hands this error to the engine without a traceback or the name of its class.
        raise pulumi.InputPropertiesError(str(told), []) from None


def _outputs(made: pulumi.ComponentResource) -> dict[str, Any]:
    return {camel(key): getattr(made, key) for key in inspect.get_annotations(type(made)) if key != "reference"}


_MAKERS = {schema.GROUP: _group, schema.TASK: _task}
