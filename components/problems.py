"""Problems in configuration or arguments: the place, the cause, and the fix.

Checks return problems instead of raising at the first one, so that all of them can be reported at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .aws.spelling import camel_case
from .text import visible_message, visible_name

KNOWN_KEYS = "Known keys:"
"""Starts the sentence that lists the keys of an object. A report has each list once."""
_KEY = re.compile("\x02([^\x02\x03]*)\x03")
_LONGEST_WORD = 100


class Name(str):
    """A path element that a user chose (a task, a tag, an environment variable), as opposed to a key."""

    __slots__ = ()


Path = tuple[str | int, ...]


def key(name: str) -> str:
    """A key within a message. The reader sees it in their own spelling: `retry_run` in Python, `retryRun` in YAML."""
    return f"\x02{name}\x03"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `path` leads to the value: keys of the arguments in snake_case, list positions from 0, and `Name`s. `message` says
    what is wrong, what is allowed and what to do. It names keys by `key(...)`, and never contains a secret's value.
    """

    path: Path
    message: str

    def within(self, *parents: str | int) -> Problem:
        """The same problem, seen from further up."""
        return Problem((*parents, *self.path), self.message)

    def spelled(self, spell_key: Callable[[str], str], spell_path: Callable[[Path], Path] | None = None) -> Problem:
        """The same problem with keys as its reader spells them. By default, a path is spelled key by key."""

        def each(path: Path) -> Path:
            return tuple(part if isinstance(part, int | Name) else spell_key(part) for part in path)

        message = _KEY.sub(lambda found: spell_key(found[1]), self.message)
        return Problem((spell_path or each)(self.path), message)

    def in_camel_case(self) -> Problem:
        """The same problem with keys as YAML and other languages spell them."""
        return self.spelled(camel_case)

    def __str__(self) -> str:
        where = ".".join(visible_name(str(part)) for part in self.path)
        message = visible_message(_KEY.sub(r"\1", self.message)).replace("\n", "\n    ")
        return f"{where}: {message}" if where else message


def closest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that was probably meant, or None. Nobody misspells a word of more than 100 characters."""
    return _closest(word, tuple(allowed)) if len(word) <= _LONGEST_WORD else None


# Many tasks can have the same mistake.
@lru_cache(maxsize=4096)
def _closest(word: str, allowed: tuple[str, ...]) -> str | None:
    known = {option.lower(): option for option in allowed}
    matches = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return known[matches[0]] if matches else None


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A hint at the spelling that was probably meant, or the empty string: ` Did you mean "memory"?`."""
    meant = closest(word, allowed)
    return "" if meant is None else f' Did you mean "{meant}"?'


def listed(options: Iterable[object], last: str = "or") -> str:
    """Options as a sentence lists them: `a, b or c`."""
    words = [str(option) for option in options]
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


_KEY_LIST = re.compile(rf" {KNOWN_KEYS} [^.:]*\.")


def _without_repeated_lists(problems: Iterable[Problem]) -> Iterator[str]:
    """The texts of problems, with each list of known keys in the first one that has it."""
    seen: set[str] = set()
    for problem in problems:
        text = str(problem)
        found = _KEY_LIST.search(text)
        if found and found[0] in seen:
            text = text.replace(found[0], "")
        elif found:
            seen.add(found[0])
        yield text


def abbreviated(names: Sequence[str], limit: int = 5) -> str:
    """The first names of a list, and how many more there are: `a, b and 3 more`."""
    more = [f"{len(names) - limit} more"] if len(names) > limit else []
    return listed([*names[:limit], *more], "and")


def report(problems: Iterable[Problem], heading: str) -> str:
    """All problems under one heading, one paragraph each."""
    lines = [f"  - {text}" for text in _without_repeated_lists(problems)]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    return "\n".join([f"{visible_name(heading)}: {count}", *lines])
