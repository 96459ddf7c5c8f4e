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
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from components.aws import names
from components.aws.names import GROUP_TAG

from ..aws.schedules import Listed, task_of
from ..errors import OpsError

TAGS = 50
"""Of one resource."""
VALUE_LENGTH = 256
ALL = "*"
"""Stands for all tasks; no task has such a name."""
SETTLED = timedelta(hours=1)
"""What changes a schedule so long after its pause is no part of it: more than a pause of thousands takes, with a clock
that is wrong."""
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

    @property
    def at(self) -> datetime | None:
        """When; None where the tag was written by hand and does not say."""
        try:
            return datetime.fromisoformat(self.when).astimezone(UTC)
        except ValueError:
            return None

    def outlived_by(self, modified: datetime | None) -> bool:
        """Whether a schedule that was changed last then is no more as the pause left it: somebody has changed it since,
        such as a deployment, so that its state now is not the pause's."""
        return modified is not None and self.at is not None and modified > self.at + SETTLED


def pause_now(who_arn: str, why: str, now: datetime) -> Pause:
    """A pause by whom an ARN says. Characters that tags may not have become spaces."""
    who = re.sub(r"[^\w.:/=+@-]", "-", who_arn.split(":", 5)[-1])[-_WHO_LENGTH:]
    return Pause(now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), who, plain(why))


def plain(why: str) -> str:
    """What a tag may have of a text; it can be nothing."""
    return " ".join(re.sub(r"[^\w\s.:/=+@-]", " ", why).split())


@dataclass(frozen=True, slots=True)
class Record:
    """What is paused by hand in a schedule group."""

    pauses: Mapping[str, Pause] = field(default_factory=dict[str, Pause])
    """By task; `ALL` for that of all tasks."""
    left: frozenset[str] = frozenset()
    """Marks of the schedules that were paused before."""

    def pause_of(self, schedule: str, modified: datetime | None = None) -> Pause | None:
        """The pause by hand that a schedule is under, where there is one: that of its task before that of all.
        `modified` is when it was changed last: a pause ends with a later change."""
        if mark(schedule) in self.left:
            return None
        pause = self.pauses.get(ALL)
        return self.own_pause(schedule, modified) or (None if pause and pause.outlived_by(modified) else pause)

    def own_pause(self, schedule: str, modified: datetime | None = None) -> Pause | None:
        """The pause of a schedule's task alone, as `pause_of`."""
        tasks = (task for task in self.pauses if task != ALL and is_of(schedule, task))
        return next((self.pauses[task] for task in tasks if not self.pauses[task].outlived_by(modified)), None)

    def with_pause(self, task: str, pause: Pause, paused: Iterable[str], paused_before: Iterable[str]) -> "Record":
        """The record with a pause more: of schedules that it pauses, and of others that are not to be resumed after
        it."""
        left = self.left - {mark(schedule) for schedule in paused}
        return Record({**self.pauses, task: pause}, left | {mark(schedule) for schedule in paused_before})

    def without(self, tasks: Collection[str], schedules: Iterable[str]) -> "Record":
        """The record without pauses. Of `schedules`, those that no other pause is on are not remembered any more."""
        pauses = {task: pause for task, pause in self.pauses.items() if task not in tasks}
        over = {mark(schedule) for schedule in schedules if not any(is_of(schedule, task) for task in pauses)}
        return Record(pauses, self.left - over if pauses else frozenset())

    def outdated(self, tasks: Iterable[str], schedules: Iterable[Listed]) -> set[str]:
        """Those of these tasks whose pause holds none of its schedules any more: they were enabled, changed or removed
        since. `schedules` are all of these tasks."""
        seen = list(schedules)
        return {task for task in tasks if task in self.pauses and not any(self._holds(task, each) for each in seen)}

    def _holds(self, task: str, schedule: Listed) -> bool:
        pause = self.pauses[task]
        if not is_of(schedule.name, task) or mark(schedule.name) in self.left or pause.outlived_by(schedule.modified):
            return False
        # A list that is behind does not have what the pause did.
        return not schedule.enabled or (pause.at is not None and schedule.modified <= pause.at)

    def tags(self) -> dict[str, str]:
        """As tags of the schedule group."""
        found = {_PAUSED if task == ALL else f"{_PAUSED}/{task}": pause.text for task, pause in self.pauses.items()}
        marks = sorted(self.left)
        for number, start in enumerate(range(0, len(marks), _MARKS_PER_TAG)):
            found[f"{_LEFT}{number + 1}"] = " ".join(marks[start : start + _MARKS_PER_TAG])
        return found


def read_record(tags: Mapping[str, str]) -> Record:
    """The record in the tags of a schedule group."""
    pauses = {
        key.removeprefix(f"{_PAUSED}/") if key != _PAUSED else ALL: _pause(value)
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


def is_of(schedule: str, task: str) -> bool:
    """Whether a schedule is of a task; `ALL` has all of them."""
    if task in (ALL, task_of(schedule)):
        return True
    # A name that was cut has all the length that there is, and a hash instead of what tells the task.
    return len(schedule) == _NAME_LENGTH and schedule in {names.schedule(task, n) for n in range(_POSITIONS)}
