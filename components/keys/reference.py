"""Type, annotations and description of each key of a TypedDict of arguments."""

import ast
import inspect
import textwrap
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from typing_extensions import get_original_bases, is_typeddict

from .annotations import Aws, Default, Example, OfTaskDefinition, OutputAllowed

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Type:
    """A type without its annotations."""

    base: Any
    annotations: tuple[object, ...]

    @property
    def may_be_output(self) -> bool:
        """Whether another resource may produce the value."""
        return self.annotation(OutputAllowed) is not None

    @property
    def inner(self) -> "Type":
        """The type of the items of a list, or of the values of an object."""
        return type_of(typing.get_args(self.base)[-1])

    @property
    def is_object(self) -> bool:
        """Whether it is an object with names that people choose."""
        return typing.get_origin(self.base) in (Mapping, dict)

    @property
    def choices(self) -> tuple[str | bool, ...]:
        """The allowed values, if it is one of some values."""
        return typing.get_args(self.base) if typing.get_origin(self.base) is typing.Literal else ()

    def annotation(self, kind: type[A]) -> A | None:
        """The annotation of a kind, if there is one."""
        return next((found for found in self.annotations if isinstance(found, kind)), None)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a TypedDict."""

    name: str
    type: Type
    required: bool

    @property
    def default(self) -> Default | None:
        """The default, if there is one."""
        return self.type.annotation(Default)

    @property
    def aws(self) -> str:
        """AWS's name for it, or the empty string."""
        found = self.type.annotation(Aws)
        return found.name if found else ""

    @property
    def example(self) -> str:
        """An example in YAML, or the empty string."""
        found = self.type.annotation(Example)
        return found.yaml if found else ""

    @property
    def of_task_definition(self) -> bool:
        """Whether a task definition contains it."""
        return self.type.annotation(OfTaskDefinition) is not None

    @property
    def overridable(self) -> bool:
        """Whether a launch can override it in an existing task definition."""
        found = self.type.annotation(OfTaskDefinition)
        return found is not None and found.overridable


def type_of(hint: Any) -> Type:
    """A type and its annotations."""
    if typing.get_origin(hint) in (typing.Required, typing.NotRequired):
        return type_of(typing.get_args(hint)[0])
    if typing.get_origin(hint) is typing.Annotated:
        return Type(hint.__origin__, hint.__metadata__)
    return Type(hint, ())


def forms(found: Type) -> list[Type]:
    """The types that a value may have."""
    if typing.get_origin(found.base) is typing.Union or type(found.base).__name__ == "UnionType":
        return [inner for form in typing.get_args(found.base) for inner in forms(type_of(form))]
    return [found]


@cache
def keys_of(shape: type) -> Mapping[str, Key]:
    """The keys of a TypedDict, in the order in which they are written."""
    required: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    return {name: Key(name, type_of(hint), name in required) for name, hint in hints_of(shape).items()}


def hints_of(shape: type) -> Mapping[str, Any]:
    """The type hints of a TypedDict, with their annotations."""
    return inspect.get_annotations(shape)


_DERIVED: dict[type, tuple[Sequence[type], Mapping[str, str]]] = {}


def describe_as(shape: type, others: Sequence[type], descriptions: Mapping[str, str]) -> None:
    """Describe a TypedDict without source like others, except for some keys."""
    _DERIVED[shape] = (others, descriptions)


@cache
def descriptions_of(shape: type) -> Mapping[str, str]:
    """The description of each key, as one line. It is read from the source, which takes a while."""
    if shape not in _DERIVED:
        bases = [base for base in get_original_bases(shape) if is_typeddict(base)]
        inherited = {key: text for base in bases for key, text in descriptions_of(base).items()}
        return {**inherited, **_docstrings(shape)}
    others, own = _DERIVED[shape]
    return {**{key: text for other in others for key, text in descriptions_of(other).items()}, **own}


def _docstrings(shape: type) -> Mapping[str, str]:
    [body] = ast.parse(textwrap.dedent(inspect.getsource(shape))).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for key, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name) and isinstance(text, ast.Expr):
            assert isinstance(text.value, ast.Constant)
            found[key.target.id] = " ".join(str(text.value.value).split())
    return found


def shapes_in(shape: type) -> list[type]:
    """The TypedDict and all that its keys refer to, each once, in the order of the keys."""
    found: dict[type, None] = {}
    _collect(type_of(shape), found)
    return list(found)


def _collect(found: Type, shapes: dict[type, None]) -> None:
    if is_typeddict(found.base):
        if found.base not in shapes:
            shapes[found.base] = None
            for key in keys_of(found.base).values():
                _collect(key.type, shapes)
        return
    if typing.get_origin(found.base) is not typing.Literal:
        for argument in typing.get_args(found.base):
            _collect(type_of(argument), shapes)
