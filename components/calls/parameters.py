"""Parameters of an operation: checked against AWS's model, and spelled as EventBridge Scheduler sends them. Pure.

No message repeats a value, except one that AWS has a list of: another may be a secret.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from ..json_values import Json
from ..keys.annotations import is_output
from ..passthrough.values import kind
from ..problems import Name, Path, Problem, closest, listed, nearest
from ..task.keywords import KEYWORDS, like_keywords
from .operations import Service, Shape
from .references import Operation
from .spelling import parameter, usual_spellings

_INTEGERS = ("integer", "long")
_NUMBERS = ("float", "double")
_EXPECTED = {
    "structure": "an object",
    "map": "an object",
    "list": "a list",
    "string": "a string",
    "blob": "a string",
    "timestamp": "a time",
    "boolean": "a boolean",
    **dict.fromkeys(_INTEGERS, "an integer"),
    **dict.fromkeys(_NUMBERS, "a number"),
}
_SAMPLES = {
    "<aws.scheduler.scheduled-time>": "2026-01-31T03:00:00Z",
    "<aws.scheduler.execution-id>": "d32c5kddcf5bb8c3",
    "<aws.scheduler.attempt-number>": "1",
    "<aws.scheduler.schedule-arn>": "arn:aws:scheduler:us-east-1:123456789012:schedule/group/name",
}
"""Values like those that EventBridge Scheduler puts in place of keywords.

AWS: EventBridge Scheduler user guide, "Adding context attributes".
"""
_MOST_MEMBERS = 20


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters that were read."""

    input: Mapping[str, Json]
    """As EventBridge Scheduler spells them. Values can be outputs."""
    problems: Sequence[Problem]
    """Each with its path in the parameters, as the user spells them."""


def parameters(operation: Operation, given: Mapping[str, object], made: Collection[str] = ()) -> Parameters:
    """The parameters of an operation, in any usual spelling.

    Args:
        operation: The operation.
        given: The parameters in camelCase, PascalCase, snake_case or the API's spelling. Values can be outputs, and
            strings can contain keywords of EventBridge Scheduler.
        made: Required parameters that the deployment sets if they are left out.
    """
    reader = _Reader(operation, frozenset(made))
    shape = operation.service.parameters(operation.name)
    read = reader.structure(shape, operation.reference, cast("Mapping[object, object]", given), ())
    return Parameters(cast("Mapping[str, Json]", read), reader.problems)


def with_samples(text: str) -> str:
    """A string with values like those that EventBridge Scheduler puts in place of keywords."""
    for keyword, sample in _SAMPLES.items():
        text = text.replace(keyword, sample)
    return text


@dataclass(slots=True)
class _Reader:
    operation: Operation
    made: frozenset[str]
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def service(self) -> Service:
        return self.operation.service

    def value(self, name: str, value: object, path: Path) -> object:
        """A value of a shape, in EventBridge Scheduler's spelling."""
        if is_output(value):
            return value
        shape = self.service.shape(name)
        if not _fits(shape, value):
            self.problems.append(Problem(path, _wrong_type(shape, value)))
            return None
        if shape.type == "structure":
            return self.structure(shape, name, cast("Mapping[object, object]", value), path)
        if shape.type == "map":
            return self._map(shape, cast("Mapping[object, object]", value), path)
        if shape.type == "list":
            items = cast("Sequence[object]", value)
            self._found(_size(shape, len(items), "items"), path)
            return [self.value(shape.member, item, (*path, position)) for position, item in enumerate(items)]
        self._found(scalar_problems(shape, value), path)
        return value

    def structure(self, shape: Shape, name: str, given: Mapping[object, object], path: Path) -> object:
        """An object with known members."""
        if shape.document:
            return given
        read: dict[str, object] = {}
        names: dict[str, str] = {}
        meant: set[str] = set()
        for written, value in given.items():
            member = _member(shape, written)
            place = (*path, Name(written))
            if member is None:
                self.problems.append(Problem(place, _unknown(shape, name, str(written))))
                meant.add(closest(str(written), map(shown, shape.members)) or "")
            elif member in names:
                self.problems.append(Problem(place, f"is the same parameter as {names[member]}. Set only one of them."))
            else:
                names[member] = str(written)
                read[parameter(member)] = self.value(shape.members[member], value, place)
        for member in shape.required:
            is_made = not path and member in self.made
            if member not in names and shown(member) not in meant and not is_made:
                self.problems.append(Problem((*path, Name(shown(member))), f"is missing. AWS requires it in {name}."))
        if shape.union and len(names) != 1:
            members = listed([shown(member) for member in shape.members])
            self.problems.append(Problem(path, f"must have exactly one of {members}."))
        return read

    def _map(self, shape: Shape, given: Mapping[object, object], path: Path) -> object:
        self._found(_size(shape, len(given), "entries"), path)
        read: dict[str, object] = {}
        for name, value in given.items():
            if not isinstance(name, str):
                self.problems.append(Problem(path, f"the name {name} must be a string. Put it in quotes."))
                continue
            self._found(scalar_problems(self.service.shape(shape.key), name), (*path, Name(name)))
            read[name] = self.value(shape.value, value, (*path, Name(name)))
        return read

    def _found(self, found: Iterator[Problem], path: Path) -> None:
        self.problems += [problem.within(*path) for problem in found]


def _unknown(shape: Shape, name: str, written: str) -> str:
    if meant := closest(written, map(shown, shape.members)):
        return f'is not a parameter of {name}. Did you mean "{meant}"?'
    members = [shown(member) for member in sorted(shape.members)]
    if not members:
        return f"is not a parameter of {name}, which has none. Remove it."
    more = f" and {len(members) - _MOST_MEMBERS} more" if len(members) > _MOST_MEMBERS else ""
    return f"is not a parameter of {name}. Its parameters are {', '.join(members[:_MOST_MEMBERS])}{more}."


def shown(member: str) -> str:
    """A parameter as messages and documentation spell it: `dbInstanceIdentifier`."""
    spelled = parameter(member)
    return spelled[:1].lower() + spelled[1:]


@cache
def _members(members: tuple[str, ...]) -> Mapping[str, str]:
    """The member of each usual spelling. The API's own spelling comes before that of another member."""
    usual = {spelling: member for member in members for spelling in usual_spellings(member)}
    return {**usual, **{member: member for member in members}}


def _member(shape: Shape, written: object) -> str | None:
    return _members(tuple(shape.members)).get(written) if isinstance(written, str) else None


def scalar_problems(shape: Shape, value: object) -> Iterator[Problem]:
    """Problems of a string, a number or another simple value of the right type."""
    if isinstance(value, str):
        yield from _keyword_problems(value)
        yield from _string(shape, with_samples(value))
    elif isinstance(value, int | float) and not isinstance(value, bool) and not _is_within(shape, value):
        yield Problem((), f"{value} is not allowed. Use {_bounds(shape)}.")


def _keyword_problems(text: str) -> Iterator[Problem]:
    for found in dict.fromkeys(like_keywords(text)):
        if found not in KEYWORDS:
            meant = closest(found, KEYWORDS)
            hint = f"Write {meant}." if meant else f"Use {listed(KEYWORDS)}."
            yield Problem((), f'"{found}" is not a keyword of EventBridge Scheduler. {hint}')


def _string(shape: Shape, value: str) -> Iterator[Problem]:
    if shape.type != "string":
        return
    if shape.enum and value not in shape.enum:
        yield Problem((), f'"{value}" is not one of {listed(shape.enum)}.{nearest(value, shape.enum)}')
        return
    yield from _size(shape, len(value), "characters")
    pattern = compiled(shape.pattern)
    if pattern and not pattern.fullmatch(value):
        yield Problem((), f"has characters that AWS doesn't accept here. It must match {shape.pattern}")


_CLASSES = {
    **dict.fromkeys(("L", "M", "N", "IsAlphabetic", "LD"), r"\w"),
    **dict.fromkeys(("Z", "Zs", "IsWhitespace"), r"\s"),
    "Pc": "_",
    "Pd": r"\-",
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "Upper": "A-Z",
    "Digit": "0-9",
    "XDigit": "0-9a-fA-F",
    "ASCII": r"\x00-\x7F",
    "Print": r"\x20-\x7E",
    "Graph": r"\x21-\x7E",
}
"""Java's classes of characters as Python's `re` spells them in brackets, or classes that contain them."""


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern of AWS's model, which is written for Java, or None if Python's `re` can't read it.

    A pattern that begins with ^ and doesn't end with $ is only about the beginning of a string.
    """
    if not pattern or pattern.startswith("/"):
        return None
    unknown = False

    def translated(found: re.Match[str]) -> str:
        nonlocal unknown
        ranges = _CLASSES.get(found[1])
        unknown = unknown or ranges is None
        before = re.sub(r"\\.", "", pattern[: found.start()])
        inside = before.rfind("[") > before.rfind("]")
        return (ranges or "") if inside else f"[{ranges}]"

    python = re.sub(r"\\p\{(\w+)\}", translated, pattern).replace(r"\z", r"\Z")
    if pattern.startswith("^") and not pattern.endswith("$"):
        python = f"(?:{python})(?s:.*)"
    try:
        with warnings.catch_warnings():
            # Java and Python read brackets within brackets alike, but Python may change that.
            warnings.simplefilter("ignore", FutureWarning)
            return None if unknown else re.compile(python)
    except re.error:
        return None


def _fits(shape: Shape, value: object) -> bool:
    if shape.type == "structure":
        return shape.document or isinstance(value, Mapping)
    if shape.type == "map":
        return isinstance(value, Mapping)
    if shape.type == "list":
        return isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if shape.type == "boolean":
        return isinstance(value, bool)
    if shape.type in _INTEGERS:
        return isinstance(value, int) and not isinstance(value, bool)
    if shape.type in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if shape.type == "timestamp":
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _wrong_type(shape: Shape, value: object) -> str:
    quotes = ""
    if shape.type == "string" and isinstance(value, bool | int | float):
        quotes = " Put it in quotes."
    elif shape.type in (*_INTEGERS, *_NUMBERS, "boolean") and isinstance(value, str):
        quotes = " Remove the quotes."
    return f"must be {_EXPECTED.get(shape.type, shape.type)}, not {kind(value)}.{quotes}"


def _size(shape: Shape, size: int, noun: str) -> Iterator[Problem]:
    if not _is_within(shape, size):
        yield Problem((), f"has {size} {noun}. AWS accepts {_bounds(shape)}.")


def _is_within(shape: Shape, size: float) -> bool:
    return (shape.min is None or size >= shape.min) and (shape.max is None or size <= shape.max)


def _bounds(shape: Shape) -> str:
    if shape.max is None:
        return f"at least {shape.min}"
    return f"at most {shape.max}" if not shape.min else f"{shape.min} to {shape.max}"
