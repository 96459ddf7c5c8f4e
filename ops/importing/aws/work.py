"""A task in the making, and the decisions about the values that it comes from. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..model import Decision, Draft
from ..yaml_sources import Ledger, Value
from .values import is_empty, unresolved

_FREE = frozenset({"options", "dockerLabels", "labels", "driverOpts", "tags", "Tags", "InputPathsMap", "stringMap"})
"""Members whose entries may be empty strings with a meaning."""
_VALUES = frozenset({"value", "Value"})
"""Members that may be an empty string with a meaning."""


@dataclass(slots=True)
class Work:
    """A task in the making.

    Args:
        draft: The draft. Its decisions are those of the ledger.
        ledger: The decisions.
    """

    draft: Draft
    ledger: Ledger

    def found(self, value: Value | None, to: str) -> Value | None:
        """A value if it is set and known. If it isn't known, the user must say what it is."""
        if value is None or is_empty(value):
            return None
        open_ = unresolved(value)
        for leaf, what in open_:
            self.ledger.add(leaf, "undecided", to, what.note, blocks=True, key=leaf.path)
        return None if open_ else value

    def take(self, value: Value | None, key: str, data: object = None, to: str = "") -> None:
        """Set a key to a value, or to other data with the same meaning."""
        known = self.found(value, to or key)
        if known is not None:
            self.draft.keys[key] = known.data if data is None else data
            if data is None:
                self.ledger.take(known, to or key, whole=True)
            else:
                self.ledger.change(known, to or key, whole=True)

    def texts(self, value: Value | None, to: str) -> list[str]:
        """The strings of a list that is set and known."""
        known = self.found(value, to)
        return known.texts if known else []

    def default(self, key: str, line: int, to: str, note: str) -> None:
        """Tell what applies in place of a member that isn't set."""
        self.ledger.decisions.append(Decision(self.draft.file, line, key, "changed", to, note, keys=0))

    def block(self, value: Value, to: str, note: str) -> None:
        """Report a value that makes the task impossible."""
        self.ledger.add(value, "not possible", to, note, blocks=True)

    def leave_empty(self, root: Value) -> None:
        """Decide at once about all members that aren't set: null, empty strings, lists and objects."""
        empty = [leaf for leaf in _empty(root) if not leaf.decided]
        for leaf in empty:
            leaf.decided = True
        if empty:
            self.ledger.decisions.append(
                Decision(self.draft.file, empty[0].line, "(not set)", "taken", keys=len(empty))
            )


def _empty(value: Value) -> Iterator[Value]:
    for key, child in value.entries.items():
        if is_empty(child):
            if key not in _VALUES:
                yield child
        elif key not in _FREE or child.items:
            yield from _empty(child)
    for child in value.items:
        yield from _empty(child)


def integer(value: Value) -> int | None:
    """An integer, also one in a string."""
    text = value.text
    return int(text) if re.fullmatch(r"\d{1,12}", text, re.ASCII) else None


def is_true(value: Value | None) -> bool:
    """Whether a value is true, also as a string."""
    return value is not None and value.text.lower() in ("true", "enabled")


def cpu_units(text: str) -> int | None:
    """CPU units of a task: `1024`, `1 vCPU` or `.5 vcpu`.

    AWS: Amazon ECS API reference, RegisterTaskDefinition, cpu.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(vcpu)?", text.strip().lower(), re.ASCII)
    if not match or (not match[2] and "." in match[1]):
        return None
    return round(float(match[1]) * 1024) if match[2] else int(match[1])


def mebibytes(text: str) -> int | None:
    """MiB of a task: `2048`, `2 GB` or `0.5GB`.

    AWS: Amazon ECS API reference, RegisterTaskDefinition, memory.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(gb)?", text.strip().lower(), re.ASCII)
    if not match or (not match[2] and "." in match[1]):
        return None
    return round(float(match[1]) * 1024) if match[2] else int(match[1])
