"""Event patterns: whether EventBridge sends an event to the targets of a rule.

moto's own matcher does not look into lists of objects. Tests compare this one with AWS's, event-ruler.
AWS: Amazon EventBridge user guide, "Event patterns" and "Comparison operators".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

_MISSING = object()


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event matches a pattern.

    Two members of one pattern must be in the same object of a list (event-ruler, README, "Matching JSON arrays").
    """
    return _object_matches(pattern, event, _Place(event, ()))


@dataclass(frozen=True, slots=True)
class _Place:
    """An event, and the path of a member in it."""

    event: Mapping[str, Any]
    path: tuple[str, ...]

    def member(self, name: str) -> "_Place":
        return _Place(self.event, (*self.path, name))

    @property
    def is_missing(self) -> bool:
        """Whether no object of a list has the member either."""
        return not _values(self.event, self.path)


def _values(value: Any, path: Sequence[str]) -> list[Any]:
    """All values at a path, which are no objects."""
    if isinstance(value, list):
        return [found for item in cast("list[Any]", value) for found in _values(item, path)]
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return _values(members[path[0]], path[1:]) if path and path[0] in members else []
    return [] if path else [value]


def _object_matches(pattern: Mapping[str, Any], found: Any, place: _Place) -> bool:
    if isinstance(found, list):
        return any(_object_matches(pattern, item, place) for item in cast("list[Any]", found) or [{}])
    members = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return all(_member_matches(name, wanted, members, place) for name, wanted in pattern.items())


def _member_matches(name: str, wanted: Any, members: Mapping[str, Any], place: _Place) -> bool:
    if name == "$or":
        return any(_object_matches(one, members, place) for one in wanted)
    found, place = members.get(name, _MISSING), place.member(name)
    if isinstance(wanted, dict):
        return _object_matches(cast("Mapping[str, Any]", wanted), found, place)
    return any(_value_matches(one, found, place) for one in wanted)


def _value_matches(wanted: Any, found: Any, place: _Place) -> bool:
    if wanted == {"exists": False}:
        return place.is_missing
    values = _values(found, ())
    if wanted == {"exists": True}:
        return found is not _MISSING and bool(values)
    return found is not _MISSING and any(_leaf_matches(wanted, value) for value in values)


def _leaf_matches(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, dict):
        return type(wanted) is type(value) and wanted == value
    [(operator, operand)] = cast("Mapping[str, Any]", wanted).items()
    if operator == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if operator == "suffix":
        return isinstance(value, str) and value.endswith(operand)
    if operator == "anything-but":
        return not any(_leaf_matches(one, value) for one in (operand if isinstance(operand, list) else [operand]))
    raise NotImplementedError(f"the sandbox does not support the operator {operator} of event patterns")
