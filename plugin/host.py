"""The provider of the package: components for programs in other languages."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import pulumi
from pulumi.provider import ConstructResult, Provider

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs, __version__
from components.errors import InvalidArgumentsError, refuse
from components.problems import Problem

from . import reference, schema
from .inputs import all_keys, arguments
from .spelling import as_written, camel

Options = pulumi.ResourceOptions | None
T = TypeVar("T")


class Host(Provider):
    """Makes the components that programs ask for."""

    def __init__(self):
        super().__init__(__version__, schema.text())

    def construct(
        self, name: str, resource_type: str, inputs: Mapping[str, Any], options: Options = None
    ) -> ConstructResult:
        """Make a component. Raises InvalidArgumentsError with the keys as the schema spells them."""
        make = _MAKERS.get(resource_type)
        if make is None:
            raise pulumi.RunError(f'This package has no "{resource_type}". It has: {", ".join(_MAKERS)}.')
        return make(name, inputs, options)


def _group(name: str, inputs: Mapping[str, Any], options: Options) -> ConstructResult:
    args = cast("ScheduledTaskGroupArgs", arguments(inputs, ScheduledTaskGroupArgs))
    made = _told_in_camel_case(lambda: ScheduledTaskGroup(name, args, options), ScheduledTaskGroupArgs)
    return ConstructResult(made.urn, {**_outputs(made), "reference": reference.to_text(made.reference)})


def _task(name: str, inputs: Mapping[str, Any], options: Options) -> ConstructResult:
    given = {key: value for key, value in inputs.items() if key != "group"}
    args = arguments(given, ScheduledTaskArgs)
    group = inputs.get("group")
    if group is None:
        made = _make_task(name, args, options)
        return ConstructResult(made.urn, _outputs(made))
    # The text waits for the group's resources, and the task with it.
    text = pulumi.Output.from_input(group)

    def make(known: Any) -> ScheduledTask:
        return _make_task(name, {**args, "group": _reference(name, known, text)}, options)

    later = text.apply(make, run_with_unknowns=True)
    outputs = {
        camel(key): later.apply(lambda task, key=key: getattr(task, key))
        for key in inspect.get_annotations(ScheduledTask)
    }
    return ConstructResult(later.apply(lambda task: task.urn), outputs)


def _make_task(name: str, args: Mapping[str, Any], options: Options) -> ScheduledTask:
    return _told_in_camel_case(
        lambda: ScheduledTask(name, cast("ScheduledTaskArgs", args), options), ScheduledTaskArgs
    )


def _reference(name: str, known: Any, text: pulumi.Output[Any]) -> Any:
    why = "it is not known"
    if isinstance(known, str):
        try:
            return reference.from_text(known, text)
        except ValueError as error:
            why = str(error)
    message = f"must be the `reference` of a ScheduledTaskGroup, as that gave it: {why}."
    refuse(f'{schema.TASK} "{name}"', [Problem(("group",), message)])
    return None


def _told_in_camel_case(make: Callable[[], T], shape: type) -> T:
    try:
        return make()
    except InvalidArgumentsError as error:
        keys = all_keys(shape)
        raise InvalidArgumentsError(error.component, [as_written(found, keys) for found in error.problems]) from None


def _outputs(made: pulumi.ComponentResource) -> dict[str, Any]:
    return {camel(key): getattr(made, key) for key in inspect.get_annotations(type(made)) if key != "reference"}


_MAKERS = {schema.GROUP: _group, schema.TASK: _task}
