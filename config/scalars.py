"""Plain scalars that YAML readers disagree about, such as `0755`, `2026-12-01` or `no`.

Pulumi reads a stack's file with Go's yaml.v3, the command line and the program read the shared tasks with this package,
and editors and other tools read both. A scalar without quotes has one meaning only if all of them read the same value.

Sources: https://yaml.org/type/ (YAML 1.1: int, float, bool, null, timestamp, merge, value),
https://yaml.org/spec/1.2.2/#103-core-schema (YAML 1.2), and resolve.go of gopkg.in/yaml.v3.
"""

import math
import re
from dataclasses import dataclass

MOST = 2**53 - 1
"""The largest integer that every reader keeps exactly. RFC 8259, section 6: JSON numbers up to 2^53 - 1."""
_DIGITS = 16
"""Digits of `MOST`. Python reads no integer of more than 4,300."""

INTEGER = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
"""The integers that every reader takes for the same number, and writes again as the same text."""
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
"""The numbers with a fraction that every reader takes for the same number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type that some readers give a scalar."""

    noun: str
    pattern: re.Pattern[str]
    first: str
    """The characters that such a scalar starts with."""
    changed_by_pulumi: bool = False
    """Whether Pulumi passes most of these as another text to the program."""


def _kind(noun: str, pattern: str, first: str, *, changed_by_pulumi: bool = False) -> Kind:
    return Kind(noun, re.compile(pattern, re.ASCII | re.VERBOSE), first, changed_by_pulumi)


KINDS = (
    _kind("a boolean", "y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF", "yYnNoO"),
    _kind("a time", r"""
        [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}
        (?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?
        (?:[ \t]*(?:[Zz]|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?
        """, "0123456789", changed_by_pulumi=True),
    _kind("a number", r"""
          [-+]?[0-9][0-9_]*                                              # leading zeros are octal in YAML 1.1
        | [-+]?0[xX][0-9a-fA-F_]+ | [-+]?0[oO][0-7_]+ | [-+]?0[bB][01_]+
        | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?               # to the base 60 in YAML 1.1
        | [-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?
        | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
        """, "-+.0123456789", changed_by_pulumi=True),
    _kind("the key of a default value", "=", "="),
)  # fmt: skip
"""The scalars with more than one meaning. `INTEGER` up to `MOST` and `DECIMAL` have one, and come first."""


MERGE = Kind("a merge key", re.compile("<<"), "<")
"""A value that would merge objects if it were a key."""


def is_kept(text: str) -> bool:
    """Whether all readers take a plain scalar for the same number."""
    if INTEGER.fullmatch(text):
        return len(text.lstrip("-")) <= _DIGITS and abs(int(text)) <= MOST
    return DECIMAL.fullmatch(text) is not None and math.isfinite(float(text))


def kind_of(text: str) -> Kind | None:
    """The type that only some readers give a plain scalar; None if all agree."""
    if is_kept(text):
        return None
    return next((kind for kind in KINDS if text[:1] in kind.first and kind.pattern.fullmatch(text)), None)
