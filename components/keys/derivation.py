"""TypedDicts made from others: some keys left out, others replaced or added."""

import typing
from collections.abc import Collection, Mapping
from typing import Any, Required

from pydantic import with_config
from typing_extensions import TypedDict

from ..args import STRICT
from .reference import describe_as, hints_of, keys_of

# The keys are known only when the program runs, which no type checker can follow.
_typed_dict: Any = TypedDict


def derived(
    name: str,
    base: type,
    *,
    without: Collection[str] = (),
    only: Collection[str] = (),
    also: type | None = None,
    descriptions: Mapping[str, str] | None = None,
) -> type:
    """A TypedDict with the keys of another.

    Args:
        name: Its name.
        base: The TypedDict that it is made from.
        without: Keys to leave out.
        only: Keys to keep; empty for all.
        also: A TypedDict whose keys replace or add to those of `base`. Its docstring is used.
        descriptions: Other descriptions of keys of `base`.
    """
    kept = {key: hint for key, hint in _hints(base).items() if key not in without and (not only or key in only)}
    added = _hints(also) if also else {}
    new = {key: hint for key, hint in added.items() if key not in kept}
    made: Any = _typed_dict(name, {**new, **kept, **added}, total=False)
    made.__doc__ = (also or base).__doc__
    describe_as(made, (base, *((also,) if also else ())), descriptions or {})
    return with_config(STRICT)(made)


def _hints(shape: type) -> dict[str, Any]:
    """The type hints, with `Required` for each key that is required."""
    required = {key.name for key in keys_of(shape).values() if key.required}
    return {
        name: hint if name not in required or typing.get_origin(hint) is Required else Required[hint]
        for name, hint in hints_of(shape).items()
    }
