"""The mark in the description of a schedule that tells the commands which skipped times run after a pause. Pure.

Schedules have no tags, and the commands work without the configuration. The mark is the end of the description:
`Dump the orders database [catchUp: last, maxAge: 6h]`.
"""

import re

from ..resolved import CatchUp
from ..schedules import durations

_MARK = re.compile(r"(?:^| )\[catchUp: (last|all)(?:, maxAge: ([0-9]{1,9}[smhd]))?\]$", re.ASCII)


def mark_of(catch_up: CatchUp) -> str:
    """The mark of the times that run after a pause."""
    age = "" if catch_up.max_age is None else f", maxAge: {durations.in_words(catch_up.max_age)}"
    return f"[catchUp: {catch_up.runs}{age}]"


def described(description: str | None, catch_up: CatchUp | None) -> str | None:
    """The description of a schedule with the mark."""
    if catch_up is None:
        return description
    return f"{description} {mark_of(catch_up)}" if description else mark_of(catch_up)


def catch_up_in(description: str) -> CatchUp | None:
    """The times that run after a pause, from the description of a deployed schedule. None for none."""
    found = _MARK.search(description)
    if found is None:
        return None
    return CatchUp(
        runs="last" if found[1] == "last" else "all", max_age=durations.seconds(found[2]) if found[2] else None
    )
