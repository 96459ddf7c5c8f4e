"""Dead letters by task and cause, as a person wants to read them. Data in, data out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from ..output import short_time
from .causes import Cause
from .message import EVENTS, Letter

ID_LENGTH = 8
"""Characters of a message's id that are shown; the commands take such a beginning."""
_IDS_SHOWN = 6
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pile:
    """Messages of one task with one cause."""

    letters: Sequence[Letter]
    """At least one, in the order of time."""

    @property
    def task(self) -> str:
        """Name of the task."""
        return self.letters[-1].task

    @property
    def cause(self) -> Cause:
        """What they have in common."""
        return self.letters[-1].cause

    def heading(self) -> str:
        """What it is: `backup: 3 launches given up: the task definition is inactive`."""
        count = len(self.letters)
        what = "event" if self.letters[0].queue == EVENTS else "launch"
        plural = "" if count == 1 else "s" if what == "event" else "es"
        end = "not delivered" if what == "event" else "given up"
        return f"{self.task or 'no task'}: {count} {what}{plural} {end}: {self.cause.words}"

    def lines(self) -> list[str]:
        """What else there is to know: when, what the last error said, what to do, which messages."""
        last = self.letters[-1]
        said = f"{last.error_code}: {last.error_message}".strip(": ")
        shown = [letter.id[:ID_LENGTH] for letter in self.letters[-_IDS_SHOWN:]]
        more = len(self.letters) - len(shown)
        return [
            f"for: {self._times()}{_tries(last)}",
            *([f"error: {said}"] if said else []),
            f"fix: {self.cause.fix}",
            f"messages: {' '.join(shown)}{f', and {more} before' if more else ''}",
        ]

    def _times(self) -> str:
        known = [short_time(letter.time or letter.sent) for letter in self.letters]
        first, last = known[0], known[-1]
        return last if first == last else f"{first} to {last}"


def piles(letters: Iterable[Letter]) -> list[Pile]:
    """The letters by queue, task and cause; that with the latest message first."""
    ordered = sorted(letters, key=lambda letter: (*_key(letter), in_time(letter)))
    found = [Pile(list(group)) for _, group in groupby(ordered, key=_key)]
    return sorted(found, key=lambda pile: in_time(pile.letters[-1]), reverse=True)


def in_time(letter: Letter) -> tuple[datetime, str]:
    """The key that sorts letters in the order of the times that they are about."""
    return letter.time or letter.sent or _EARLIEST, letter.id


def _key(letter: Letter) -> tuple[str, str, str]:
    return letter.queue, letter.task, letter.cause.words


def _tries(letter: Letter) -> str:
    if letter.retries is None:
        return ""
    often = "once" if letter.retries == 0 else f"{letter.retries + 1} times"
    return f"; tried {often}" + (f", up to {letter.exhausted}" if letter.exhausted else "")
