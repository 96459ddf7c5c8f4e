"""Who paused what by hand, when and why: kept as tags of the schedule group, as schedules have none. Data in, data out.

| tag | value |
|---|---|
| `scheduled-tasks/paused` | the pause of all tasks: `2026-11-25T04:34:00Z alice: the database is being moved` |
| `scheduled-tasks/paused/<task>` | the pause of one task, as above |
| `scheduled-tasks/left/<n>` | schedules that were paused before by their configuration, and are not to be resumed |

One tag a task, as that is what a person reads in the console; one for all of them, as a resource has at most 50 tags.
What was paused before is a list of hashes, 36 of them in a tag. AWS: AWS General Reference, "Tag naming limits and
requirements"; botocore scheduler, TagKey and TagValue.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from components import names
from components.names import GROUP_TAG

from ..aws.schedules import task_of
from ..errors import OpsError

TAGS = 50
"""Of one resource."""
VALUE_LENGTH = 256
ALL = ""
"""Stands for all tasks."""
_PAUSED, _LEFT = f"{GROUP_TAG}/paused", f"{GROUP_TAG}/left/"
_MARK_LENGTH = 6
_MARKS_PER_TAG = VALUE_LENGTH // (_MARK_LENGTH + 1)
_WHO_LENGTH = 100
_NAME_LENGTH = 64
_POSITIONS = 200


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause by hand."""

    when: str
    """Instant in ISO 8601, to the second."""
    who: str
    why: str

    @property
    def text(self) -> str:
        """As the value of a tag, cut to what it may have."""
        return f"{self.when} {self.who}: {self.why}"[:VALUE_LENGTH].rstrip()

    @property
    def words(self) -> str:
        """As a person is told: `since 2026-11-25T04:34:00Z, by alice: the database is being moved`."""
        return f"since {self.when}, by {self.who}: {self.why}"


def pause_now(who_arn: str, why: str, now: datetime) -> Pause:
    """A pause by whom an ARN says. Characters that tags may not have become spaces."""
    who = re.sub(r"[^\w.:/=+@-]", "-", who_arn.split(":", 5)[-1])[-_WHO_LENGTH:]
    plain = " ".join(re.sub(r"[^\w\s.:/=+@-]", " ", why).split())
    return Pause(now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), who, plain)


@dataclass(frozen=True, slots=True)
class Record:
    """What is paused by hand in a schedule group."""

    pauses: Mapping[str, Pause] = field(default_factory=dict[str, Pause])
    """By task; `ALL` for that of all tasks."""
    left: frozenset[str] = frozenset()
    """Marks of the schedules that were paused before."""

    def pause_of(self, schedule: str) -> Pause | None:
        """The pause by hand that a schedule is under, where there is one."""
        if mark(schedule) in self.left:
            return None
        tasks = (task for task in self.pauses if task != ALL and _is_of(schedule, task))
        return next((self.pauses[task] for task in tasks), self.pauses.get(ALL))

    def with_pause(self, task: str, pause: Pause, paused_before: Iterable[str]) -> "Record":
        """The record with a pause more, and schedules that are not to be resumed after it."""
        marks = {mark(schedule) for schedule in paused_before}
        return Record({**self.pauses, task: pause}, self.left | marks)

    def without(self, task: str) -> "Record":
        """The record when a task was resumed; `ALL` ends all pauses."""
        pauses = {} if task == ALL else {key: pause for key, pause in self.pauses.items() if key != task}
        return replace(self, pauses=pauses, left=self.left if pauses else frozenset())

    def tags(self) -> dict[str, str]:
        """As tags of the schedule group."""
        found = {f"{_PAUSED}/{task}" if task else _PAUSED: pause.text for task, pause in self.pauses.items()}
        marks = sorted(self.left)
        for number, start in enumerate(range(0, len(marks), _MARKS_PER_TAG)):
            found[f"{_LEFT}{number + 1}"] = " ".join(marks[start : start + _MARKS_PER_TAG])
        return found


def read_record(tags: Mapping[str, str]) -> Record:
    """The record in the tags of a schedule group."""
    pauses = {
        key.removeprefix(_PAUSED).removeprefix("/"): _pause(value)
        for key, value in tags.items()
        if key == _PAUSED or key.startswith(f"{_PAUSED}/")
    }
    left = (marks for key, value in tags.items() if key.startswith(_LEFT) for marks in value.split())
    return Record(pauses, frozenset(left))


def changes(tags: Mapping[str, str], record: Record) -> tuple[dict[str, str], list[str]]:
    """The tags to put and those to remove, so that a group's tags hold a record. Raises OpsError where they are more
    than a resource can have."""
    old, new = read_record(tags).tags(), record.tags()
    if (count := len(tags.keys() - old.keys() | new.keys())) > TAGS:
        raise OpsError(
            f"the schedule group would have {count} tags, and {TAGS} are the most: a pause of a task is kept in one. "
            "Pause all of them (--all), or resume some."
        )
    put = {key: value for key, value in new.items() if tags.get(key) != value}
    return put, sorted(old.keys() - new.keys())


def mark(schedule: str) -> str:
    """What stands for a schedule's name: 36 bits of a hash, so that of a thousand two are the same once in 10^5."""
    return base64.urlsafe_b64encode(hashlib.sha256(schedule.encode()).digest())[:_MARK_LENGTH].decode()


def _pause(text: str) -> Pause:
    found = re.fullmatch(r"(\S+) (\S+): (.*)", text)
    return Pause(*found.groups()) if found else Pause("?", "?", text)


def _is_of(schedule: str, task: str) -> bool:
    if task_of(schedule) == task:
        return True
    # A name that was cut has all the length that there is, and a hash instead of what tells the task.
    return len(schedule) == _NAME_LENGTH and schedule in {names.schedule(task, n) for n in range(_POSITIONS)}
