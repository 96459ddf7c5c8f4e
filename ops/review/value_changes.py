"""What differs between two maps of values, key by key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

Path = tuple[str | int, ...]


class _Absent:
    """Nothing is written there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. `ABSENT` stands where there is none."""

    path: Path
    """Keys as people wrote them, and positions in lists from 0."""
    old: object
    new: object

    @property
    def key(self) -> str:
        """The path as messages show it: `environment.PGHOST`."""
        return ".".join(str(part) for part in self.path)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs, in the order of the keys."""
    return tuple(_between((), old, new))


def _between(path: Path, old: object, new: object) -> Iterator[Change]:
    if old == new:
        return
    if (maps := _maps(old, new)) is not None:
        before, after = maps
        for key in dict.fromkeys([*before, *after]):
            yield from _between((*path, key), before.get(key, ABSENT), after.get(key, ABSENT))
    elif _alike(old, new):
        pairs = zip(cast("Sequence[object]", old), cast("Sequence[object]", new), strict=True)
        for position, (earlier, later) in enumerate(pairs):
            yield from _between((*path, position), earlier, later)
    else:
        yield Change(path, old, new)


def _maps(old: object, new: object) -> tuple[Mapping[str, object], Mapping[str, object]] | None:
    """Both, where both are maps."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return None
    return cast("Mapping[str, object]", old), cast("Mapping[str, object]", new)


def _alike(old: object, new: object) -> bool:
    """Whether two lists are of maps, one for each: then the maps are compared."""
    if not isinstance(old, list) or not isinstance(new, list):
        return False
    before, after = cast("list[object]", old), cast("list[object]", new)
    return len(before) == len(after) and all(isinstance(item, Mapping) for item in (*before, *after))
