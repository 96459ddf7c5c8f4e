"""Constants of the components: none is an output, which belongs to the event loop of one program.

A second program in the same process, such as the next unit test, would wait for it without end.
"""

import dataclasses
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pulumi

import components


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(components.__path__, "components."):
        yield import_module(found.name)


def has_output(value: object) -> bool:
    if isinstance(value, pulumi.Output):
        return True
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(has_output(getattr(value, field.name)) for field in dataclasses.fields(value))
    return isinstance(value, list | tuple) and any(map(has_output, value))


def test_no_constant_is_an_output():
    every = list(modules())
    assert len(every) > 100
    found = [
        f"{module.__name__}.{name}" for module in every for name, value in vars(module).items() if has_output(value)
    ]
    assert found == []
