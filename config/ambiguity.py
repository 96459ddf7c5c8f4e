"""Problems of plain scalars that YAML readers disagree about, with the form to write instead."""

import re
import typing
from collections.abc import Iterator, Sequence

from typing_extensions import is_typeddict

from components.aws.spelling import snake_case
from components.keys.reference import Type, forms, keys_of, type_of
from components.problems import Path

from .scalars import Kind
from .yaml_files import Ambiguous

_CREDENTIAL = re.compile("pass|pwd|secret|token|key|pin|credential|auth|private", re.IGNORECASE)
_TRUE = {"y", "yes", "on"}


def message(found: Ambiguous, shape: type | None, path: Path) -> str:
    """The message for an ambiguous scalar, with the form to write.

    Args:
        found: The scalar.
        shape: The TypedDict of the object that `path` starts in; None if it is unknown.
        path: The keys and positions that lead to the scalar.
    """
    if found.is_key:
        return f'the key {_two_meanings(found.text, found.kind)} Write "{found.text}".'
    expected = set(_types(shape, path)) if shape else set[object]()
    if _may_be_secret(shape, path):
        return f"{_two_meanings('the value', found.kind)} Put it in quotes. (The value is not shown.)"
    if int in expected and str not in expected:
        return f"{found.text} is not the same number for all YAML readers. Write it in decimal digits{_decimal(found)}."
    if bool in expected and str not in expected:
        meant = str(found.text.lower() in _TRUE).lower()
        known = found.kind.noun == "a boolean"
        return f"{_two_meanings(found.text, found.kind)} Write {meant if known else 'true or false'}."
    return f'without quotes, {_two_meanings(found.text, found.kind)} Write "{found.text}".'


def _two_meanings(shown: str, kind: Kind) -> str:
    return f"{shown} is {kind.noun} for some YAML readers and a string for others."


def _decimal(found: Ambiguous) -> str:
    digits = found.text.replace("_", "").lstrip("+").lstrip("0")
    return f", such as {digits}" if digits.isascii() and digits.isdecimal() else ""


def replaceable(path: Path) -> bool:
    """Whether a message may repeat the value at a path: it is not in a place for secrets."""
    return not _may_be_secret(None, path)


def _may_be_secret(shape: type | None, path: Path) -> bool:
    names = [str(part) for part in path]
    if shape and names and not _types(shape, path):
        return True
    return "secrets" in names or any(_CREDENTIAL.search(name) for name in names[-1:])


def _types(shape: type, path: Path) -> Sequence[object]:
    """The types that a value may have; none for an unknown key."""
    found = [type_of(shape)]
    for part in path:
        found = [inner for known in found for form in forms(known) for inner in _inner(form, part)]
    return [each for known in found for form in forms(known) for each in _bases(form)]


def _bases(form: Type) -> Iterator[object]:
    if form.choices:
        yield from (type(choice) for choice in form.choices)
    else:
        yield form.base


def _inner(form: Type, part: str | int) -> Iterator[Type]:
    if isinstance(part, int):
        if typing.get_origin(form.base) in (Sequence, list):
            yield form.inner
    elif is_typeddict(form.base):
        if known := keys_of(form.base).get(snake_case(part)):
            yield known.type
    elif form.is_object:
        yield form.inner
