"""Groups messages by task and cause for reading. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from ..output import short_time
from .causes import Cause
from .message import EVENTS, DeadLetter

ID_LENGTH = 8
"""Characters of a message's id that are shown. The commands accept such a prefix."""
_IDS_SHOWN = 6
_UNREADABLE = (
    "The message is probably not from EventBridge Scheduler or EventBridge, so it is never redriven. To see it, run: "
    "scheduled-tasks dead-letters show ID. To delete it, run: scheduled-tasks dead-letters delete ID"
)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DeadLetterGroup:
    """Messages of one task with the same cause."""

    messages: Sequence[DeadLetter]
    """At least one, oldest first."""

    @property
    def task(self) -> str:
        """Name of the task."""
        return self.messages[-1].task

    @property
    def cause(self) -> Cause:
        """The common cause."""
        return self.messages[-1].cause

    @property
    def unreadable(self) -> str:
        """Why the messages are unreadable. Empty if they are readable."""
        return self.messages[-1].unreadable

    def heading(self) -> str:
        """Return the heading: `backup: 3 failed launches. The task definition is inactive.`"""
        count = len(self.messages)
        one, several = ("undelivered event", "undelivered events")
        if self.messages[0].queue != EVENTS:
            one, several = ("failed launch", "failed launches")
        if self.unreadable:
            one, several = ("unreadable message", "unreadable messages")
        what = one if count == 1 else several
        return f"{self.task or 'no task'}: {count} {what}. {self.unreadable or self.cause.summary}"

    def lines(self) -> list[str]:
        """Return the details: times, last error, fix and ids."""
        last = self.messages[-1]
        error = f"{last.error_code}: {last.error_message}".strip(": ")
        shown = [message.id[:ID_LENGTH] for message in self.messages[-_IDS_SHOWN:]]
        older = len(self.messages) - len(shown)
        return [
            f"{'Sent' if self.unreadable else 'Scheduled'}: {self._times()}",
            *_attempts(last),
            *([f"Error: {error}"] if error else []),
            f"Fix: {_UNREADABLE if self.unreadable else self.cause.fix}",
            f"Messages: {' '.join(shown)}{f' and {older} older' if older else ''}",
        ]

    def _times(self) -> str:
        known = [short_time(message.time or message.sent) for message in self.messages]
        first, last = known[0], known[-1]
        return last if first == last else f"{first} to {last}"


def grouped(messages: Iterable[DeadLetter]) -> list[DeadLetterGroup]:
    """Group messages by queue, task and cause. The group with the latest message comes first."""
    ordered = sorted(messages, key=lambda message: (*_key(message), by_time(message)))
    found = [DeadLetterGroup(list(group)) for _, group in groupby(ordered, key=_key)]
    return sorted(found, key=lambda group: by_time(group.messages[-1]), reverse=True)


def by_time(message: DeadLetter) -> tuple[datetime, str]:
    """Return the key that sorts messages by their scheduled time."""
    return message.time or message.sent or _EARLIEST, message.id


def _key(message: DeadLetter) -> tuple[str, str, str]:
    return message.queue, message.task, message.unreadable or message.cause.summary


def _attempts(message: DeadLetter) -> list[str]:
    if message.retries is None:
        return ["Attempts: unreadable"] if message.attributes.get("RETRY_ATTEMPTS") else []
    limit = f" ({message.exhausted} reached)" if message.exhausted else ""
    return [f"Attempts: {message.retries + 1}{limit}"]
