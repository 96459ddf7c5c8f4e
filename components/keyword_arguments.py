"""The arguments of a component: one dictionary, or keyword arguments."""

from __future__ import annotations

from collections.abc import Mapping

from .checks.errors import refuse
from .problems import Problem, key, listed


def arguments_of(component: str, args: object, keywords: Mapping[str, object]) -> object:
    """The arguments of a component.

    Args:
        component: Type and name of the component, for messages.
        args: The dictionary, or None.
        keywords: The keyword arguments.

    Raises:
        InvalidArgumentsError: There are both.
    """
    if args is None:
        return dict(keywords)
    if keywords:
        names = listed([key(name) for name in sorted(keywords)], "and")
        message = (
            f"the arguments are given twice: as a dictionary, and {names} by keyword. Put all of them into the "
            "dictionary, or write all of them as keyword arguments."
        )
        refuse(component, [Problem((), message)])
    return args
