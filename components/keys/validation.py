"""Whether values have the shape of a TypedDict, with problems that a person can act on."""

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import is_typeddict

from ..aws.spelling import camel_case, snake_case
from ..problems import KNOWN_KEYS, Name, Path, Problem, closest, key, listed, nearest
from . import written_values
from .annotations import FORMS, FROM_YAML, INVALID, Between, Noun, is_output
from .bounds import out_of_bounds
from .reference import Type, descriptions_of, forms, keys_of, type_of
from .synonyms import Meant, meant_choice, meant_key

_KINDS = {
    "string_type": "a string",
    "int_type": "an integer",
    "bool_type": "a boolean",
    "list_type": "a list, such as [a, b]",
    "is_instance_of": "a list, such as [a, b]",
    "sequence_str": "a list, such as [a, b]",
    "dict_type": "an object, such as {key: value}",
    "mapping_type": "an object, such as {key: value}",
    "string_unicode": "a string without unpaired surrogates",
    "recursion_loop": "a value that does not contain itself",
}
_UNKNOWN_KEYS = 20
"""Unknown keys of an object that have their own problem, with a suggestion."""
_LISTS = {"list_type", "is_instance_of", "sequence_str"}
_NEVER_SHOWN = {
    "environment",
    "secrets",
    "secret_values",
    "tags",
    "defaults",
    "tasks",
    "webhook",
    "pagerduty",
    "slack",
    "teams",
    "heartbeat",
}
"""Keys whose values messages do not repeat: a user may have put a secret there."""


@dataclass(frozen=True, slots=True)
class Validated:
    """The values that are valid, by key in snake_case, and the problems with the others.

    An invalid entry of an object with chosen names, such as one of several sidecars, is left out by itself.
    """

    values: Mapping[str, Any]
    problems: Sequence[Problem]

    @property
    def faulty(self) -> frozenset[str]:
        """The top-level keys that have problems."""
        return frozenset(str(problem.path[0]) for problem in self.problems if problem.path)


def validated(shape: type, values: object, *, from_yaml: bool = False) -> Validated:
    """Check the keys and types of `values`, and the bounds of each.

    Args:
        shape: A TypedDict of `components.args`, or one made from these.
        values: The values by key. Outputs pass unchecked where the type allows them.
        from_yaml: Whether keys are in camelCase, and numbers stand for strings where only strings are allowed.
    """
    if not isinstance(values, Mapping):
        return Validated({}, [Problem((), f"must be an object, not {_kind(values)}.")])
    # YAML has keys of any type.
    given = cast("Mapping[Any, Any]", values)
    # Files are within bounds when they have been read.
    if not from_yaml and (problem := out_of_bounds(given)):
        return Validated({}, [problem])
    check = _checker(shape, from_yaml=from_yaml)
    try:
        return Validated(check(dict(given)), [])
    except ValidationError as error:
        details = error.errors(include_url=False)
    faulty = [detail["loc"] for detail in details]
    # A key that is not a string is named by its text.
    first_keys = {str(first) for first, *_ in faulty}
    required = {camel_case(name) if from_yaml else name for name, known in keys_of(shape).items() if known.required}
    spell = camel_case if from_yaml else key
    problems = [*_problems(shape, details, spell)]
    without = {name: value for name, value in given.items() if isinstance(name, str) and name not in first_keys}
    for rest in (_without_entries(shape, given, faulty), without):
        try:
            return Validated(check(rest) if required <= rest.keys() else {}, list(dict.fromkeys(problems)))
        except ValidationError:
            # An object may be invalid without its invalid entries, because it may not be empty.
            continue
    raise AssertionError("Values without problems must be valid.")


def _without_entries(shape: type, given: Mapping[Any, Any], faulty: Sequence[Sequence[str | int]]) -> dict[str, Any]:
    """The values without the faulty ones. `faulty` are the locations of pydantic's errors.

    If a key has entries with chosen names, only the faulty entries are left out.
    """
    entries: dict[str | int, set[str]] = {}
    for first, *below in faulty:
        known = keys_of(shape).get(snake_case(str(first)))
        # The name "" stands for the whole value.
        has_names = known is not None and known.type.is_object and below
        entries.setdefault(first, set()).add(str(below[0]) if has_names else "")
    kept = {name: value for name, value in given.items() if isinstance(name, str) and "" not in entries.get(name, ())}
    return {
        name: {entry: item for entry, item in value.items() if str(entry) not in entries[name]}
        if name in entries
        else value
        for name, value in kept.items()
    }


def _checker(shape: type, *, from_yaml: bool) -> Callable[[object], Mapping[str, Any]]:
    check, context = adapter_of(shape).validator.validate_python, {FROM_YAML: from_yaml}
    return lambda values: check(values, by_alias=from_yaml, by_name=not from_yaml, context=context)


@cache
def adapter_of(shape: type) -> TypeAdapter[Any]:
    """The validator of a TypedDict."""
    return TypeAdapter(shape)


def _problems(shape: type, details: Sequence[ErrorDetails], spell: Callable[[str], str]) -> Iterator[Problem]:
    """One problem per error, except that only the first unknown keys of each object have one."""
    unknown: dict[tuple[str | int, ...], int] = {}
    for detail in details:
        if detail["type"] == "extra_forbidden":
            place = tuple(detail["loc"][:-1])
            unknown[place] = unknown.get(place, 0) + 1
            if unknown[place] > _UNKNOWN_KEYS:
                continue
        yield _problem(shape, detail, spell)
    for place, count in unknown.items():
        if count > _UNKNOWN_KEYS:
            path, _ = _located(shape, _without_forms(place))
            yield Problem(path, f"has {count - _UNKNOWN_KEYS:,} more unknown keys.")


def _problem(shape: type, detail: ErrorDetails, spell: Callable[[str], str]) -> Problem:
    *parents, last = detail["loc"]
    is_unknown = detail["type"] == "extra_forbidden"
    location = [*_without_forms(parents), last] if is_unknown else _without_forms(detail["loc"])
    if location[-1] == "[key]" and len(location) > 1 and not is_unknown:
        path, _ = _located(shape, location[:-1])
        return Problem(path[:-1], f"the name {location[-2]} must be a string. Put it in quotes.")
    path, found = _located(shape, location)
    if detail["type"] == INVALID:
        return Problem(path, str(detail.get("ctx", {})["message"]))
    if is_unknown:
        # The reader sees an unknown key as it is written, not in the spelling of known keys.
        return Problem((*path[:-1], Name(location[-1])), _unknown_key(shape, location, spell))
    if detail["type"] == "missing":
        return Problem(path, f"is missing.{_missing(found)}")
    if detail["type"] == "invalid_key":
        return Problem(path, "is not a key: keys are strings.")
    return Problem(path, _wrong_type(shape, location, path, found, detail, spell))


def _without_forms(location: Sequence[str | int]) -> list[str | int]:
    """The location without tags such as <list>, which say which form of a value was checked. It starts with a key."""
    return [part for position, part in enumerate(location) if position == 0 or part not in FORMS]


def _wrong_type(
    shape: type,
    location: list[str | int],
    path: Path,
    found: Type | None,
    detail: ErrorDetails,
    spell: Callable[[str], str],
) -> str:
    value: object = detail["input"]
    if detail["type"] == "literal_error" and isinstance(value, str):
        choices = _choices(found)
        meant = meant_choice("condition" if "depends_on" in path else str(path[-1]), value)
        hint = f' Did you mean "{meant}"?' if meant in choices else nearest(value, choices)
        return f'"{value}" is not one of {listed(choices)}.{hint}'
    return f"must be {_expected(found, detail, spell)}, not {_shown(path, value)}{_hint(shape, location, detail)}"


def _expected(found: Type | None, detail: ErrorDetails, spell: Callable[[str], str]) -> str:
    if found and (noun := found.annotation(Noun)):
        return noun.words
    if detail["type"] == "literal_error":
        return listed(_choices(found))
    if detail["type"] == "union_tag_invalid":
        tags = detail.get("ctx", {})["expected_tags"].split(", ")
        return listed(FORMS[tag.strip("'")] for tag in tags)
    if detail["type"] == "dict_type" and (known := _known_keys(found)):
        return f"an object with {listed([spell(name) for name in known], 'and')}"
    return _KINDS.get(detail["type"], "a valid value")


def _hint(shape: type, location: list[str | int], detail: ErrorDetails) -> str:
    """The end of a sentence: what is probably meant."""
    value: object = detail["input"]
    key_, secret = snake_case(str(location[-1])), bool(_NEVER_SHOWN.intersection(map(str, location)))
    if detail["type"] == "string_type" and isinstance(value, bool | int | float):
        return ". Put it in quotes."
    if detail["type"] == "int_type" and isinstance(value, str):
        if value.isascii() and value.isdecimal():
            return ". Remove the quotes."
        if meant := written_values.integer(key_, value):
            return f".{meant}"
        # The description names the unit, which the user may have written.
        return f". {_description(shape, location)}".rstrip()
    if detail["type"] == "int_type" and isinstance(value, float):
        return f".{written_values.integer(key_, value)}"
    if detail["type"] in _LISTS and isinstance(value, str) and not secret:
        return f".{written_values.words(key_, value)}" if _of_strings(shape, location) else "."
    return _hint_for_key(key_, value)


def _hint_for_key(name: str, value: object) -> str:
    if isinstance(value, list) and name in ("environment", "secrets", "tags"):
        return ". Write each as NAME: value."
    if isinstance(value, Mapping) and name == "start":
        return f". To start a database or instances, use {key('start_up')}."
    return "."


def _of_strings(shape: type, location: list[str | int]) -> bool:
    """Whether a list holds strings."""
    _, found = _located(shape, location)
    return found is not None and any(
        not form.is_object and not form.choices and typing.get_args(form.base) and str in _bases(form.inner)
        for form in forms(found)
    )


def _bases(found: Type) -> set[object]:
    return {form.base for form in forms(found)}


def _unknown_key(shape: type, location: list[str | int], spell: Callable[[str], str]) -> str:
    _, parent = _located(shape, location[:-1])
    known = _known_keys(parent)
    if synonym := _synonym(parent, str(location[-1]), known):
        if synonym.key and not synonym.level:
            return f'unknown key. Did you mean "{spell(synonym.key)}"? {synonym.how}'.rstrip()
        named = f' There, the key is "{spell(synonym.key)}".' if synonym.level else ""
        return f"unknown key. {synonym.how}{named}"
    meant = closest(snake_case(str(location[-1])), known)
    if meant is not None:
        return f'unknown key. Did you mean "{spell(meant)}"?'
    return f"unknown key. {KNOWN_KEYS} {listed([spell(name) for name in known], 'and')}."


def _synonym(parent: Type | None, written: str, known: Sequence[str]) -> Meant | None:
    """The key that a word stands for at this level."""
    shapes = [form.base for form in forms(parent) if is_typeddict(form.base)] if parent else []
    meant = next((found for shape in shapes if (found := meant_key(shape.__name__, written))), None)
    return meant if meant and (meant.level or not meant.key or meant.key in known) else None


def _missing(found: Type | None) -> str:
    """The allowed values of a missing key, if its type has bounds."""
    bounds = found.annotation(Between) if found else None
    return f" Use {bounds.least} to {bounds.most}." if bounds else ""


def _known_keys(found: Type | None) -> list[str]:
    """The keys of an object, in any of its forms."""
    every = forms(found) if found else []
    return sorted({name for form in every if is_typeddict(form.base) for name in keys_of(form.base)})


def _choices(found: Type | None) -> list[str]:
    every = forms(found) if found else []
    return [str(choice).lower() if isinstance(choice, bool) else choice for form in every for choice in form.choices]


def _description(shape: type, location: list[str | int]) -> str:
    """The description of the key at a location, or the empty string."""
    _, parent = _located(shape, location[:-1])
    if parent is None or not is_typeddict(parent.base):
        return ""
    return descriptions_of(parent.base).get(snake_case(str(location[-1])), "")


def _located(shape: type, location: Sequence[str | int]) -> tuple[Path, Type | None]:
    """The path to a value, and its type: keys in snake_case, chosen names as `Name`."""
    path: list[str | int] = []
    found: Type | None = type_of(shape)
    for part in location:
        form = next((form for form in forms(found) if _has(form, part)), None) if found else None
        if isinstance(part, int):
            path.append(part)
            found = form.inner if form else None
        elif form and is_typeddict(form.base):
            path.append(snake_case(part))
            found = keys_of(form.base)[snake_case(part)].type
        else:
            path.append(Name(part))
            found = form.inner if form else None
    return tuple(path), found


def _has(form: Type, part: str | int) -> bool:
    if isinstance(part, int):
        return typing.get_origin(form.base) in (Sequence, list)
    if is_typeddict(form.base):
        return snake_case(part) in keys_of(form.base)
    return form.is_object


def _shown(path: Path, value: object) -> str:
    if _NEVER_SHOWN.intersection(path):
        return _kind(value)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else _kind(value)


def _kind(value: object) -> str:
    """The type of a value in words, without the value."""
    if value is None:
        return "nothing"
    if is_output(value):
        return "an output, whose value is known only after its resource is created"
    kinds: list[tuple[Any, str]] = [
        (bool, "a boolean"),
        ((int, float), "a number"),
        (str, "a string"),
        (Mapping, "an object"),
        (Sequence, "a list"),
    ]
    return next((words for kind, words in kinds if isinstance(value, kind)), type(value).__name__)
