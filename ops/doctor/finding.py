"""What was found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..aws import errors

OK, WARNING, PROBLEM, UNKNOWN = "ok", "warning", "problem", "cannot tell"
STACK = ""
"""The subject of what all tasks share."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: str
    """`ok`; `warning`: it may be meant; `problem`: it keeps a run from starting, or its failure from being seen;
    `cannot tell`: AWS did not let it be looked at."""
    subject: str
    """The task; `STACK` for what all share."""
    words: str
    fix: str = ""

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"level": self.level, "task": self.subject or None, "words": self.words, "fix": self.fix}


def attempt(subject: str, what: str, check: Callable[..., Iterable[Finding] | Finding], *given: Any) -> list[Finding]:
    """What a check finds that is `given` this; where AWS refuses a call of it, what it found before that, that the rest
    is not known, and who lacks which permission."""
    found: list[Finding] = []
    try:
        result = check(*given)
        # One by one: what was found stays where the next call fails.
        for finding in [result] if isinstance(result, Finding) else result:
            found.append(finding)  # noqa: PERF402
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        found.append(Finding(UNKNOWN, subject, f"{what}: {line}"))
    return found


def some(names: Iterable[str], most: int = 3) -> str:
    """Some of many names."""
    every = sorted(names)
    more = len(every) - most
    return ", ".join(every[:most]) + (f" and {more} more" if more > 0 else "")
