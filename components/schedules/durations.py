"""Durations in configuration: `45s`, `15m`, `26h`, `7d`."""

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
PATTERN = r"^[0-9]{1,9}[smhd]$"
_DURATION = re.compile(PATTERN, re.ASCII)


def seconds(text: str) -> int:
    """The seconds of a duration such as `15m`.

    Raises:
        ValueError: The string isn't a duration; the message says what is allowed.
    """
    if not _DURATION.fullmatch(text):
        raise ValueError(f'"{text}" is not a duration. Use an integer and a unit: 45s, 15m, 26h or 7d.')
    return int(text[:-1]) * _UNITS[text[-1]]


def in_words(count: int) -> str:
    """A number of seconds as the shortest duration: `1h` for 3600."""
    for unit in ("d", "h", "m"):
        if count and count % _UNITS[unit] == 0:
            return f"{count // _UNITS[unit]}{unit}"
    return f"{count}s"


def delta(text: str) -> timedelta:
    """A duration as a timedelta. Raises the same error as `seconds`."""
    return timedelta(seconds=seconds(text))
