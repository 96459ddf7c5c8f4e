"""Sources, drafts of tasks, and decisions about each key of a source: the types that all formats share. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["taken", "changed", "not possible", "undecided"]
Times = Callable[[datetime, datetime], Iterator[datetime]]
"""The times of a source after an instant, up to and including another one, in UTC and ascending order."""


class SourceError(Exception):
    """A source that can't be read at all.

    Args:
        file: The file as the user named it.
        line: The line, from 1. None for the whole file.
        message: One or more sentences: what is wrong, then what to do.
    """

    def __init__(self, file: str, line: int | None, message: str):
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import.

    Args:
        file: Its path as the user named it.
        text: Its content.
    """

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The fate of a key of the source.

    Args:
        file: The file of the key.
        line: Its line, from 1. 0 if the source has no lines.
        key: The key, as a path such as `spec.schedule`.
        outcome: `taken` without a change, `changed` to something that does the same, `not possible`, or `undecided`
            until the user answers a question.
        to: The keys of the task that it becomes. Empty if it isn't needed.
        note: Why, and what to do.
        keys: The number of keys of the source that it covers.
        blocks: Whether the task can't be written because of it.
    """

    file: str
    line: int
    key: str
    outcome: Outcome
    to: str = ""
    note: str = ""
    keys: int = 1
    blocks: bool = False

    @property
    def place(self) -> str:
        """The file and the line. A live account has no lines."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def as_data(self) -> dict[str, object]:
        """The decision for JSON output."""
        return {
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "outcome": self.outcome,
            "to": self.to,
            "note": self.note,
            "keys": self.keys,
        }


@dataclass(slots=True)
class Draft:
    """A task that isn't written yet.

    Args:
        name: The task's name.
        file: The file that it comes from.
        line: The line in it.
        keys: The keys of the task's file.
        decisions: One or more per key of its source.
        times: The times of the source. None if they can't be read.
        stacks: The keys that differ per stack, for each stack that runs the task. Empty if the task's file is all.
        stack_times: The times of the source per stack. None as above.
        complete: Whether a stack without an entry can run the task.
    """

    name: str
    file: str
    line: int
    keys: dict[str, object] = field(default_factory=dict[str, object])
    decisions: list[Decision] = field(default_factory=list[Decision])
    times: Times | None = None
    stacks: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])
    stack_times: dict[str, Times | None] = field(default_factory=dict[str, "Times | None"])
    complete: bool = True

    def block(self, line: int, key: str, note: str, outcome: Outcome = "undecided") -> None:
        """Add the reason why the task can't be written."""
        self.decisions.append(Decision(self.file, line, key, outcome, note=note, keys=0, blocks=True))

    @property
    def blocked(self) -> bool:
        """Whether the task can't be written."""
        return any(decision.blocks for decision in self.decisions)


@dataclass(slots=True)
class Reading:
    """The result of a format.

    Args:
        drafts: The tasks.
        decisions: Those about keys that belong to no task.
        remarks: Other remarks for the user, as sentences.
        keys: The number of keys of the sources, counted independently of the decisions.
    """

    drafts: list[Draft] = field(default_factory=list[Draft])
    decisions: list[Decision] = field(default_factory=list[Decision])
    remarks: list[str] = field(default_factory=list[str])
    keys: int = 0

    @property
    def every(self) -> list[Decision]:
        """All decisions."""
        return [*self.decisions, *(decision for draft in self.drafts for decision in draft.decisions)]

    @property
    def uncounted(self) -> int:
        """Keys of the sources without a decision. If it isn't 0, the import has a fault, and nothing is written."""
        return self.keys - sum(decision.keys for decision in self.every)


@dataclass(frozen=True, slots=True)
class Answers:
    """The user's answers to what a source leaves open.

    Args:
        image: The image of commands.
        timezone: The time zone of schedules without one.
        columns: The column of crontab lines besides five time fields and a command: `none`, `user` or `seconds`.
        secrets: ARNs or names of SSM parameters, by environment variable.
        container: The name of the main container of pods and task definitions with several.
        values: Values of variables that a source refers to, by name.
        app: The name of a Copilot application.
        environments: Environments of the Copilot application besides those that a manifest names.
        stacks: The stack of each Copilot environment whose stack has another name.
        region: The Region of resources that a source refers to by name.
        account: The account of these resources.
        parameters: Values that a template leaves open, by name.
        expand: Whether task definitions are rewritten into keys.
    """

    image: str = ""
    timezone: str = ""
    columns: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    container: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    app: str = ""
    environments: Sequence[str] = ()
    stacks: Mapping[str, str] = field(default_factory=dict[str, str])
    region: str = ""
    account: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    expand: bool = False


Format = Callable[[Sequence[Source], Answers], Reading]
"""A format. Raises SourceError if a source isn't of this format."""
