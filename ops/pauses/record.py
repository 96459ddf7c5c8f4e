"""The record of manual pauses: the tasks, the operator, the time and the reason. Pure functions.

The record is in the tags of the schedule group, because schedules have no tags.

| Tag | Value |
|---|---|
| `scheduled-tasks/paused` | The pause of all tasks: `2026-11-25T04:34:00Z alice: database migration` |
| `scheduled-tasks/paused/<task>` | The pause of one task, in the same form |
| `scheduled-tasks/left/<n>` | Schedules that their configuration had paused before, which are not resumed |

A pause that ends by itself has its end, too: `2026-11-25T04:34:00Z/2026-11-25T06:00:00Z alice: database migration`. A
pause that continues an earlier one has the start of that one in third place.

Each paused task has its own tag, because people read tags in the console. A pause of all tasks has only one, because a
resource can have at most 50 tags. The schedules that were paused before are a list of hashes, 36 per tag. AWS: AWS
General Reference, "Tag naming limits and requirements"; botocore scheduler, TagKey and TagValue.
"""

import base64
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from components.aws import names
from components.aws.names import GROUP_TAG

from ..aws.schedules import Listed
from ..errors import OpsError

TAGS = 50
"""The most tags of a resource."""
VALUE_LENGTH = 256
ALL = "*"
"""In place of a task's name: all tasks. No task can have this name."""
SETTLED = timedelta(hours=1)
"""A change of a schedule this long after its pause isn't part of the pause. Longer than it takes to pause thousands of
schedules with a clock that is wrong."""
_PAUSED, _LEFT = f"{GROUP_TAG}/paused", f"{GROUP_TAG}/left/"
_MARK_LENGTH = 6
_MARKS_PER_TAG = VALUE_LENGTH // (_MARK_LENGTH + 1)
_WHO_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause by hand."""

    when: str
    """Time in ISO 8601, to the second."""
    who: str
    why: str
    until: str = ""
    """The time at which it ends by itself, in the same form. Empty if somebody has to end it."""
    since: str = ""
    """The start of the earlier pause that it continues, in the same form. Empty if it continues none."""

    @property
    def text(self) -> str:
        """The value of the tag, truncated to the allowed length."""
        span = "/".join((self.when, self.until, self.since)).rstrip("/")
        return f"{span} {self.who}: {self.why}"[:VALUE_LENGTH].rstrip()

    @property
    def words(self) -> str:
        """The text for messages: `since 2026-11-25T04:34:00Z, by alice: database migration`."""
        until = f" until {self.until}" if self.until else ""
        return f"since {self.when}{until}, by {self.who}: {self.why}"

    @property
    def ends(self) -> datetime | None:
        """The time at which it ends by itself. None if somebody has to end it."""
        return _time(self.until)

    def has_ended(self, now: datetime) -> bool:
        """Tell if it ended by itself."""
        return self.ends is not None and self.ends <= now

    def defers(self, now: datetime) -> bool:
        """Tell if it lasts, and ends by itself."""
        return self.ends is not None and self.ends > now

    @property
    def began(self) -> datetime | None:
        """The time since which runs are skipped: its own, or that of the earlier pause that it continues."""
        return _time(self.since) or self.at

    @property
    def at(self) -> datetime | None:
        """The time. None if someone wrote the tag by hand without one."""
        return _time(self.when)

    def outlived_by(self, modified: datetime | None) -> bool:
        """Tell if a schedule was changed after the pause, for example by a deployment. Then its state isn't the
        pause's any more."""
        return modified is not None and self.at is not None and modified > self.at + SETTLED


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def _text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pause_now(who_arn: str, why: str, now: datetime, until: datetime | None = None) -> Pause:
    """Create a pause by the caller with this ARN. Characters that tags can't have are replaced."""
    who = re.sub(r"[^\w.:/=+@-]", "-", who_arn.split(":", 5)[-1])[-_WHO_LENGTH:]
    return Pause(_text(now), who, taggable(why), _text(until) if until else "")


def taggable(text: str) -> str:
    """Return a text without the characters that tags can't have. The result can be empty."""
    return " ".join(re.sub(r"[^\w\s.:/=+@-]", " ", text).split())


@dataclass(frozen=True, slots=True)
class Record:
    """The pauses by hand in a schedule group."""

    pauses: Mapping[str, Pause] = field(default_factory=dict[str, Pause])
    """The pauses by task. The key of a pause of all tasks is `ALL`."""
    left: frozenset[str] = frozenset()
    """Marks of the schedules that were paused before."""

    def pause_of(self, schedule: str, modified: datetime | None = None) -> Pause | None:
        """Return the pause of a schedule: that of its task, or else that of all tasks.

        Args:
            schedule: Name of the schedule.
            modified: Time of its last change. A later change ends a pause.
        """
        if mark(schedule) in self.left:
            return None
        pause = self.pauses.get(ALL)
        return self.own_pause(schedule, modified) or (None if pause and pause.outlived_by(modified) else pause)

    def own_pause(self, schedule: str, modified: datetime | None = None) -> Pause | None:
        """Return the pause of a schedule's task alone. Same arguments as `pause_of`."""
        tasks = (task for task in self.pauses if task != ALL and is_of(schedule, task))
        return next((self.pauses[task] for task in tasks if not self.pauses[task].outlived_by(modified)), None)

    def with_pause(self, task: str, pause: Pause, paused: Iterable[str], paused_before: Iterable[str]) -> "Record":
        """Return the record with another pause.

        Args:
            task: Name of the task, or `ALL`.
            pause: The pause.
            paused: Names of the schedules that it pauses.
            paused_before: Names of schedules that were paused before and must not be resumed after it.
        """
        left = self.left - {mark(schedule) for schedule in paused}
        return Record({**self.pauses, task: pause}, left | {mark(schedule) for schedule in paused_before})

    def without(self, tasks: Collection[str], schedules: Iterable[str]) -> "Record":
        """Return the record without the pauses of these tasks. Marks of `schedules` without another pause end too."""
        pauses = {task: pause for task, pause in self.pauses.items() if task not in tasks}
        over = {mark(schedule) for schedule in schedules if not any(is_of(schedule, task) for task in pauses)}
        return Record(pauses, self.left - over if pauses else frozenset())

    def continued_by(self, task: str, schedules: Sequence[Listed], now: datetime) -> Pause | None:
        """Return the pause that a new pause of a task, or of `ALL`, continues: one that still has an effect."""
        for key in dict.fromkeys((task, ALL)):
            pause = self.pauses.get(key)
            if pause and not pause.has_ended(now) and not self.outdated([key], schedules, now):
                return pause
        return None

    def outdated(self, tasks: Iterable[str], schedules: Iterable[Listed], now: datetime) -> set[str]:
        """Return those of the tasks whose pause has no effect any more: it has ended, or all their schedules were
        enabled, changed or removed since. `schedules` are all schedules of these tasks."""
        listed = list(schedules)
        return {
            task for task in tasks if task in self.pauses and not any(self._holds(task, each, now) for each in listed)
        }

    def deferred_until(self, schedule: Listed, now: datetime) -> datetime | None:
        """Return the time until which a pause defers an enabled schedule. None if none does."""
        pause = self.pause_of(schedule.name, schedule.modified) if schedule.enabled else None
        return pause.ends if pause and pause.defers(now) else None

    def _holds(self, task: str, schedule: Listed, now: datetime) -> bool:
        pause = self.pauses[task]
        if not is_of(schedule.name, task) or mark(schedule.name) in self.left or pause.outlived_by(schedule.modified):
            return False
        # A deferred schedule is enabled.
        if pause.ends is not None and schedule.enabled:
            return pause.defers(now)
        # A list may be older than the pause and show the schedule as enabled.
        return not schedule.enabled or (pause.at is not None and schedule.modified <= pause.at)

    def tags(self) -> dict[str, str]:
        """Return the tags of the schedule group."""
        found = {_PAUSED if task == ALL else f"{_PAUSED}/{task}": pause.text for task, pause in self.pauses.items()}
        marks = sorted(self.left)
        for number, start in enumerate(range(0, len(marks), _MARKS_PER_TAG)):
            found[f"{_LEFT}{number + 1}"] = " ".join(marks[start : start + _MARKS_PER_TAG])
        return found


def read_record(tags: Mapping[str, str]) -> Record:
    """Read the record from the tags of a schedule group."""
    pauses = {
        key.removeprefix(f"{_PAUSED}/") if key != _PAUSED else ALL: _pause(value)
        for key, value in tags.items()
        if key == _PAUSED or key.startswith(f"{_PAUSED}/")
    }
    left = (marks for key, value in tags.items() if key.startswith(_LEFT) for marks in value.split())
    return Record(pauses, frozenset(left))


def changes(tags: Mapping[str, str], record: Record) -> tuple[dict[str, str], list[str]]:
    """Return the tags to add and the keys to remove to store a record. Raises OpsError if a resource can't have as many
    tags."""
    old, new = read_record(tags).tags(), record.tags()
    if (count := len(tags.keys() - old.keys() | new.keys())) > TAGS:
        raise OpsError(
            f"The pause of each task is a tag. The schedule group would have {count} tags, but {TAGS} are allowed. "
            "Pause all tasks (--all), or resume some."
        )
    put = {key: value for key, value in new.items() if tags.get(key) != value}
    return put, sorted(old.keys() - new.keys())


def mark(schedule: str) -> str:
    """Return the mark of a schedule: 36 bits of a hash of its name. Two of 1,000 are the same once in 10^5 groups."""
    return base64.urlsafe_b64encode(hashlib.sha256(schedule.encode()).digest())[:_MARK_LENGTH].decode()


def _pause(text: str) -> Pause:
    found = re.fullmatch(r"([^\s/]+)(?:/([^\s/]*))?(?:/(\S+))? (\S+): (.*)", text)
    return Pause(found[1], found[4], found[5], found[2] or "", found[3] or "") if found else Pause("?", "?", text)


def is_of(schedule: str, task: str) -> bool:
    """Tell if a schedule belongs to a task. All schedules belong to `ALL`."""
    return task == ALL or names.is_schedule_of(schedule, task)
