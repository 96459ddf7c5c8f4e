"""Values as people write them, and the value to write: `0.5` vCPU is 512, `1GB` is 1024 MiB, `10 minutes` is 10m.

These forms are answered and not accepted, because the same text has another meaning elsewhere: `cpu: 1` would be one
CPU unit or one vCPU.
"""

from __future__ import annotations

import json
import re
import shlex

_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>[A-Za-z]*)", re.ASCII)
_LONGEST = 40
_LONGEST_LINE = 1000
_MIB = {"": 1, "m": 1, "mb": 1, "mi": 1, "mib": 1, "g": 1024, "gb": 1024, "gi": 1024, "gib": 1024}
_SHELL = re.compile(r"[|&;<>$`*]")
_PLAIN = re.compile(r"[A-Za-z0-9_./=+-]+", re.ASCII)


def integer(key: str, value: object) -> str:
    """A hint at the integer to write for a key, as a sentence; empty if it is unclear.

    Args:
        key: The key in snake_case.
        value: A number with a fraction, or a string.
    """
    # Nobody writes more digits, and Python reads no integer of more than 4,300.
    text = str(value).strip() if not isinstance(value, str) or len(value) <= _LONGEST else ""
    found = _SIZE.fullmatch(text) if isinstance(value, int | float | str) else None
    if found is None:
        return ""
    number, unit = float(found["number"]), found["unit"].lower()
    if key == "cpu":
        return _cpu(number, unit, is_number=not isinstance(value, str) or "." in value)
    if key == "memory" and unit in _MIB and unit:
        return _whole(number * _MIB[unit], f"{number:g} {'GiB' if _MIB[unit] > 1 else 'MiB'}")
    if key == "ephemeral_storage" and _MIB.get(unit) == 1024:
        return _whole(number, f"{number:g} GiB")
    if key == "retention_days" and unit in ("d", "day", "days", "w", "week", "weeks"):
        return _whole(number * (7 if unit[0] == "w" else 1), "")
    return _whole(number, "") if not unit and number.is_integer() else ""


def _cpu(number: float, unit: str, *, is_number: bool) -> str:
    if unit == "m":
        # Kubernetes: 500m are 500 thousandths of a CPU.
        return _whole(number / 1000 * 1024, f"{number / 1000:g} vCPU")
    if unit in ("vcpu", "vcpus", "cpu", "cpus") or (not unit and (number < 1 or (is_number and number < 128))):
        return _whole(number * 1024, f"{number:g} vCPU")
    return _whole(number, "") if not unit and number.is_integer() else ""


def _whole(number: float, words: str) -> str:
    return f" Write {round(number)}{f', which is {words}' if words else ''}."


def words(key: str, value: str) -> str:
    """A hint at the list to write for a string, as a sentence; empty for a long one.

    `key` in snake_case is that of the list.
    """
    if len(value) > _LONGEST_LINE:
        return ""
    if key not in ("command", "entry_point"):
        return f" Write [{_quoted(value)}]."
    try:
        parts = shlex.split(value)
    except ValueError:
        parts = []
    if not parts or _SHELL.search(value):
        parts = ["sh", "-c", value]
    return f" Write [{', '.join(map(_quoted, parts))}]."


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) and not re.fullmatch(r"[0-9.+-]+", word) else json.dumps(word)
