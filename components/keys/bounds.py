"""Bounds of values before they are validated, which calls itself for each level.

They stop values that no configuration needs. AWS's own limits are far below and have their own messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from ..problems import Name, Path, Problem

NODES = 250_000
"""Keys, values and items of a configuration. 5,000 tasks with 25 keys each."""
DEPTH = 100
"""Levels of nested lists and objects. The deepest key of the configuration is at level 9."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST = 2**63 - 1
"""The largest integer of AWS's APIs. AWS: Smithy specification, "Simple types", long."""


def out_of_bounds(value: object) -> Problem | None:
    """The first problem with the size of a value; None if it is within bounds."""
    count = 0
    waiting: list[tuple[Path, object]] = [((), value)]
    while waiting:
        path, found = waiting.pop()
        count += 1
        if count > NODES:
            return Problem((), f"has more than {NODES:,} keys and values. Remove some.")
        if isinstance(found, str):
            if not found.isascii() and _SURROGATE.search(found):
                return Problem(path, "contains an unpaired surrogate, which UTF-8 can't encode. Remove it.")
            continue
        if isinstance(found, int):
            if abs(found) > _LARGEST:
                return Problem(path, "is an integer with too many digits. AWS accepts none above 9223372036854775807.")
            continue
        inner = _inner(found)
        if inner and len(path) >= DEPTH:
            return Problem((path[0],), f"is nested more than {DEPTH} levels deep. No key is.")
        waiting += [((*path, part), item) for part, item in inner]
    return None


def size_of(value: object, most: int) -> int:
    """The number of keys, values and items of decoded JSON or YAML. Stops counting above `most`."""
    count = 0
    waiting: list[object] = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            count += len(cast("dict[object, object]", found))
            waiting.extend(cast("dict[object, object]", found).values())
        elif isinstance(found, list):
            waiting.extend(cast("list[object]", found))
        count += 1
        if count + len(waiting) > most:
            return most + 1
    return count


def _inner(value: object) -> list[tuple[str | int, object]]:
    """The entries of an object, or the items of a list."""
    if isinstance(value, Mapping):
        return [(Name(part), item) for part, item in cast("Mapping[object, object]", value).items()]
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return list(enumerate(cast("Sequence[object]", value)))
    return []
