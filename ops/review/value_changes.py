"""The differences between two objects, key by key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.json_values import Data, Json, as_json, is_list, is_object

Path = tuple[str | int, ...]


class _Absent:
    """A value that isn't set."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs. `ABSENT` means that it isn't set."""

    path: Path
    """Keys as written in YAML, and positions in lists from 0."""
    old: object
    new: object

    @property
    def key(self) -> str:
        """The path for messages: `environment.PGHOST`."""
        return ".".join(str(part) for part in self.path)


def changes(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[Change, ...]:
    """The differences, in the order of the keys."""
    return tuple(_between((), as_json(old), as_json(new)))


def by_name(value: Json) -> Json:
    """The value with lists of named objects as objects by name, so that paths have names instead of positions.

    A variable or a secret of a container becomes its value.
    """
    if is_object(value):
        return {key: by_name(item) for key, item in value.items()}
    if not is_list(value):
        return value
    named = [item for item in value if is_object(item) and isinstance(item.get("name"), str)]
    if not named or len(named) < len(value):
        return [by_name(item) for item in value]
    return {str(item["name"]): by_name(_without_name(item)) for item in named}


def _without_name(item: Data) -> Json:
    rest = {key: value for key, value in item.items() if key != "name"}
    return next(iter(rest.values())) if rest.keys() in ({"value"}, {"valueFrom"}) else rest


def _between(path: Path, old: Json | _Absent, new: Json | _Absent) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _between((*path, key), old.get(key, ABSENT), new.get(key, ABSENT))
    elif isinstance(old, list) and isinstance(new, list) and _comparable(old, new):
        for position, (earlier, later) in enumerate(zip(old, new, strict=True)):
            yield from _between((*path, position), earlier, later)
    else:
        yield Change(path, old, new)


def _comparable(old: Sequence[Json], new: Sequence[Json]) -> bool:
    """Whether two lists consist of the same number of objects, which are then compared one by one."""
    return len(old) == len(new) and all(isinstance(item, Mapping) for item in (*old, *new))
