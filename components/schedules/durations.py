"""Durations in configuration: `45s`, `15m`, `26h`, `7d`."""

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
PATTERN = r"^[0-9]{1,9}[smhd]$"
_DURATION = re.compile(PATTERN, re.ASCII)
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([A-Za-z]+)", re.ASCII)
_WORDS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
}
_LONGEST = 64
"""Characters of a duration that is written out in words."""
_WEEK = ("w", "week", "weeks")
_SECONDS = {word: _UNITS[unit] for unit, words in _WORDS.items() for word in words} | dict.fromkeys(_WEEK, 7 * 86400)


def seconds(text: str, *, unit: str = "") -> int:
    """The seconds of a duration such as `15m`.

    Args:
        text: The duration.
        unit: The unit, `s` or `m`, that AWS's own setting counts in. It tells what a number without a unit is.

    Raises:
        ValueError: The string isn't a duration; the message says what is allowed and what was probably meant.
    """
    if not _DURATION.fullmatch(text):
        meant = _meant(text, unit)
        hint = f" Write {meant}." if meant else ""
        raise ValueError(f'"{text}" is not a duration. Use an integer and a unit: 45s, 15m, 26h or 7d.{hint}')
    return int(text[:-1]) * _UNITS[text[-1]]


def _meant(text: str, unit: str) -> str:
    """The duration that was probably meant: `10m` for `10 minutes` and `PT10M`; empty if it is unclear."""
    written = text.strip().lower() if len(text) <= _LONGEST else ""
    if re.fullmatch(r"\d{1,9}", written, re.ASCII):
        return in_words(int(written) * _UNITS[unit]) if unit and int(written) else ""
    iso = re.fullmatch(r"p(?:(\d{1,9})d)?(?:t(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?)?", written, re.ASCII)
    if iso and any(iso.groups()):
        sizes = (_UNITS["d"], _UNITS["h"], _UNITS["m"], _UNITS["s"])
        return in_words(sum(int(part or 0) * size for part, size in zip(iso.groups(), sizes, strict=True)))
    parts = _PART.findall(written)
    rest = _PART.sub("", written).replace(" ", "").replace(",", "").replace("and", "")
    if not parts or rest or any(word not in _SECONDS for _, word in parts):
        return ""
    total = sum(float(number) * _SECONDS[word] for number, word in parts)
    return in_words(int(total)) if total >= 1 and total == int(total) else ""


def in_words(count: int) -> str:
    """A number of seconds as the shortest duration: `1h` for 3600."""
    for unit in ("d", "h", "m"):
        if count and count % _UNITS[unit] == 0:
            return f"{count // _UNITS[unit]}{unit}"
    return f"{count}s"


def delta(text: str) -> timedelta:
    """A duration as a timedelta. Raises the same error as `seconds`."""
    return timedelta(seconds=seconds(text))
