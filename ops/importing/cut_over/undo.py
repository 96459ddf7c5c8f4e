"""The undo file: what a cut-over changed, so that it can be undone.

A change is in the file before it is made in AWS. A target of a rule is saved with all its settings. The input of a
target can hold secrets, so only the owner can read the file.
"""

import json
import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent

from components.json_values import is_list, is_object

from ...errors import OpsError

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule or schedule that is disabled, or a target that is removed from a rule.

    Args:
        kind: `rule`, `target` or `schedule`.
        place: Name of the rule's bus, or of the schedule's group.
        name: Name of the rule or schedule.
        schedules: Names of the schedules in the stack that replace it, by task.
        target: The removed target, in AWS's spelling. Empty for the other kinds.
        undone: Time at which an undo began to enable the old side. Empty before.
    """

    kind: str
    place: str
    name: str
    schedules: Mapping[str, Sequence[str]]
    target: Mapping[str, object]
    undone: str = ""

    @property
    def key(self) -> Key:
        """Identifies the thing in AWS."""
        return self.kind, self.place, self.name, str(self.target.get("Id", ""))

    @property
    def names(self) -> list[str]:
        """Names of the schedules of all tasks."""
        return [name for names in self.schedules.values() for name in names]

    @property
    def words(self) -> str:
        """The thing as a phrase."""
        if self.kind == "target":
            return f"target {self.target.get('Id')} of rule {self.name}"
        return f"{self.kind} {self.name}"

    @property
    def undone_at(self) -> datetime | None:
        """The time of `undone`."""
        return datetime.fromisoformat(self.undone) if self.undone else None

    def without(self, tasks: Collection[str]) -> "Change":
        """The change of the other tasks."""
        if self.schedules.keys().isdisjoint(tasks):
            return self
        return replace(self, schedules={task: names for task, names in self.schedules.items() if task not in tasks})

    @property
    def text(self) -> str:
        """The entry of the file, as indented JSON."""
        data = {
            "kind": self.kind,
            "place": self.place,
            "name": self.name,
            "schedules": {task: list(names) for task, names in self.schedules.items()},
            **({"target": self.target} if self.target else {}),
            **({"undone": self.undone} if self.undone else {}),
        }
        return indent(json.dumps(data, indent=2), " " * 4)


class UndoFile:
    """The changes of a stack, in their order."""

    def __init__(self, path: Path, group: str):
        """Read the file, if it exists.

        Args:
            path: The file.
            group: ARN of the stack's schedule group.

        Raises OpsError if the file can't be read, or is one of another stack.
        """
        self.path, self._group = path, group
        self._changes: dict[Key, Change] = {change.key: change for change in self._read()}
        self._texts: dict[Key, tuple[Change, str]] = {}
        """The entry of each change. The file is written at each step, and most entries don't change."""

    @property
    def changes(self) -> list[Change]:
        """All changes."""
        return list(self._changes.values())

    def add(self, change: Change) -> None:
        """Save a change before it is made. A target that was saved before keeps its settings."""
        if known := self._changes.get(change.key):
            change = replace(change, schedules={**known.schedules, **change.schedules}, target=known.target)
        # A task is in one change only, so that an undo can't disable its new schedule twice.
        others = {key: each.without(change.schedules) for key, each in self._changes.items() if key != change.key}
        self._save({**{key: each for key, each in others.items() if each.schedules}, change.key: change})

    def begin_undo(self, change: Change, now: datetime) -> None:
        """Save that an undo enables the old side. An earlier time stays."""
        if not change.undone:
            text = now.astimezone(UTC).isoformat()
            self._save({**self._changes, change.key: replace(self._changes[change.key], undone=text)})

    def remove(self, change: Change) -> None:
        """Remove a change that was undone. The file is deleted with its last change."""
        self._save({key: each for key, each in self._changes.items() if key != change.key})

    def _save(self, changes: dict[Key, Change]) -> None:
        try:
            if not changes:
                self.path.unlink(missing_ok=True)
            else:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _write(self.path, self._text(changes))
        except OSError as error:
            raise OpsError(f"Can't write the undo file {self.path}: {error.strerror}. Nothing was changed.") from None
        self._changes = changes

    def _text(self, changes: dict[Key, Change]) -> str:
        for key, change in changes.items():
            if key not in self._texts or self._texts[key][0] is not change:
                self._texts[key] = change, change.text
        entries = ",\n".join(self._texts[key][1] for key in changes)
        return f'{{\n  "group": {json.dumps(self._group)},\n  "changes": [\n{entries}\n  ]\n}}\n'

    def _read(self) -> list[Change]:
        try:
            content: object = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OpsError(f"Can't read the undo file {self.path}: {error.strerror}.") from None
        except (ValueError, RecursionError):
            raise self._broken() from None
        if not is_object(content) or not is_list(entries := content.get("changes")):
            raise self._broken()
        if content.get("group") != self._group:
            raise OpsError(
                f"{self.path} is the undo file of {content.get('group')}. Pass its --stack and --profile, or another "
                "--undo-file."
            )
        return [self._change(entry) for entry in entries]

    def _change(self, entry: object) -> Change:
        if not is_object(entry):
            raise self._broken()
        target, schedules = entry.get("target", {}), entry.get("schedules")
        kind, place, name, undone = (entry.get(key, "") for key in ("kind", "place", "name", "undone"))
        if (
            kind not in ("rule", "target", "schedule")
            or not (isinstance(place, str) and isinstance(name, str) and isinstance(undone, str))
            or not (is_object(target) and is_object(schedules))
            or not all(is_list(names) for names in schedules.values())
        ):
            raise self._broken()
        by_task = {task: [str(each) for each in names] for task, names in schedules.items() if is_list(names)}
        return Change(str(kind), place, name, by_task, target, undone)

    def _broken(self) -> OpsError:
        return OpsError(f"{self.path} isn't an undo file of a cut-over. Restore it, or pass another --undo-file.")


def _write(path: Path, text: str) -> None:
    """Write a file as a whole, readable only for its owner."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
