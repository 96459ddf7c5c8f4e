"""Durations of Go, such as `1h30m`. Pure.

Source: time.ParseDuration of Go.
"""

import re
from decimal import Decimal

_UNITS = {
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "µs": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
}
_PART = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)"
_LONGEST = 100
"""Characters, so that a hostile text costs no time."""
_PARTS = re.compile(_PART)
_DURATION = re.compile(rf"\+?(?:{_PART})+")


def seconds_of(text: str) -> Decimal | None:
    """The seconds of a duration that isn't negative; None if it is none."""
    if len(text) > _LONGEST or not _DURATION.fullmatch(text):
        return None
    return sum((Decimal(number) * _UNITS[unit] for number, unit in _PARTS.findall(text)), Decimal(0))
