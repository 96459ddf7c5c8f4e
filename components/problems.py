"""Problems in what a person wrote: where, what, and what to do about it.

Checks return problems instead of raising at the first one, so that everything that is wrong can be said at
once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class Name(str):
    """A path element that a person chose (a task, a tag, an environment variable), as against a key of the
    format."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `path` leads to the value: keys of the arguments in snake_case, list positions from 0, and `Name`s.
    `message` says what is wrong, what is allowed and what to do; it never holds a secret's value.
    """

    path: tuple[str | int, ...]
    message: str

    def within(self, *parents: str | int) -> Problem:
        """The same problem, seen from further up."""
        return Problem((*parents, *self.path), self.message)

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path)
        message = self.message.replace("\n", "\n    ")
        return f"{where}: {message}" if where else message


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A hint at the spelling that was probably meant, or the empty string: ` Did you mean "memory"?`."""
    known = {option.lower(): option for option in allowed}
    matches = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f' Did you mean "{known[matches[0]]}"?' if matches else ""


def listed(options: Iterable[object], last: str = "or") -> str:
    """`a, b or c`: options as a sentence says them."""
    words = [str(option) for option in options]
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def report(problems: Iterable[Problem], heading: str) -> str:
    """All problems under one heading, one paragraph each."""
    lines = [f"  - {problem}" for problem in problems]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    return "\n".join([f"{heading}: {count}", *lines])
