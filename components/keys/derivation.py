"""TypedDicts made from others: some keys left out, others replaced or added."""

from collections.abc import Collection
from typing import Any

from pydantic import with_config
from typing_extensions import TypedDict

from ..args import STRICT
from .reference import descriptions_of, hints_of, register_descriptions


def derived(
    name: str, base: type, *, without: Collection[str] = (), only: Collection[str] = (), also: type | None = None
) -> type:
    """A TypedDict with the keys of another.

    Args:
        name: Its name.
        base: The TypedDict that it is made from.
        without: Keys to leave out.
        only: Keys to keep; empty for all.
        also: A TypedDict whose keys replace or add to those of `base`. Its docstring is used.
    """
    kept = {
        key: hint for key, hint in hints_of(base).items() if key not in without and (not only or key in only)
    }
    added: dict[str, Any] = dict(hints_of(also)) if also else {}
    made: Any = TypedDict(name, {**kept, **added}, total=False)  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues, reportUnknownVariableType]
    made.__doc__ = (also or base).__doc__
    register_descriptions(made, {**descriptions_of(base), **(descriptions_of(also) if also else {})})
    return with_config(STRICT)(made)
