"""Durations as people write them: `45s`, `15m`, `26h`, `7d`."""

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
PATTERN = r"^[0-9]{1,9}[smhd]$"


def seconds(text: str) -> int:
    """The seconds in a duration of one unit: s, m, h or d.

    Raises ValueError, with what is allowed, for anything else.
    """
    if not re.match(PATTERN, text, re.ASCII):
        raise ValueError(f'"{text}" is not a duration. Write a whole number and a unit: 45s, 15m, 26h or 7d.')
    return int(text[:-1]) * _UNITS[text[-1]]


def in_words(count: int) -> str:
    """The shortest way to write a number of seconds as a duration: 3600 -> `1h`."""
    for unit in ("d", "h", "m"):
        if count and count % _UNITS[unit] == 0:
            return f"{count // _UNITS[unit]}{unit}"
    return f"{count}s"


def delta(text: str) -> timedelta:
    """A duration as a timedelta; raises as `seconds` does."""
    return timedelta(seconds=seconds(text))
