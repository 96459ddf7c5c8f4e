"""Makes files of drafts: checks them, proves their times, and writes them."""

import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..creation.answers import task_text
from ..errors import OpsError
from .model import Decision, Draft, Reading
from .proof import DAYS, Proof, proof
from .trial import trial_plans, trial_problems

_SHOWN = 5
"""Differences of a task that are shown."""


@dataclass(frozen=True, slots=True)
class Target:
    """The files to write.

    Args:
        folder: The folder of the task's files.
        force: Whether existing files are replaced.
        accept_differences: Whether a task may differ from its source at clock changes, and where two of its schedules
            have the same time.
        schema: Whether the folder's project has the schema for editors.
        command: The command that imports, for a comment.
    """

    folder: Path
    force: bool
    accept_differences: bool
    schema: bool
    command: str


@dataclass(slots=True)
class Imported:
    """A task after the import.

    Args:
        draft: The draft.
        path: The file.
        text: The text of the file. Empty if the task can't be written.
        proof: The comparison of its times with those of its source. None without a schedule, or if it is blocked.
    """

    draft: Draft
    path: Path
    text: str = ""
    proof: Proof | None = None
    written: bool = field(default=False)

    @property
    def ready(self) -> bool:
        """Whether the task can be written."""
        return not self.draft.blocked

    def as_data(self) -> dict[str, object]:
        """The task for JSON output."""
        return {
            "task": self.draft.name,
            "file": str(self.path),
            "written": self.written,
            "ready": self.ready,
            "keys": self.draft.keys,
            "stacks": self.draft.stacks,
            "runs": self.proof.runs if self.proof else None,
            "differences": [difference.sentence for difference in self.proof.differences] if self.proof else [],
            "decisions": [decision.as_data() for decision in self.draft.decisions],
        }


def prepared(reading: Reading, target: Target, now: datetime) -> list[Imported]:
    """Check and prove all drafts. A draft with a problem is blocked and names it."""
    tasks = [Imported(draft, target.folder / f"{draft.name}.yaml") for draft in reading.drafts]
    defaults = target.folder / "defaults.yaml"
    for task in tasks:
        if not target.force and (task.path.exists() or task.path.is_symlink()):
            task.draft.block(task.draft.line, "file", f"{task.path} exists. To replace it, pass --force.")
    _check(_ready(tasks), target, defaults, now)
    ready = _ready(tasks)
    plans = trial_plans(_texts(ready, target), defaults) if ready else {}
    for name, task in ready.items():
        if task.draft.times:
            task.proof = proof(task.draft.times, plans[name], now)
            _judge(task, target)
    for name, text in _texts(_ready(tasks), target).items():
        ready[name].text = text
    return tasks


def _ready(tasks: Sequence[Imported]) -> dict[str, Imported]:
    return {task.draft.name: task for task in tasks if task.ready}


def _check(ready: Mapping[str, Imported], target: Target, defaults: Path, now: datetime) -> None:
    """Block the tasks in which `check` would find problems."""
    stacks: dict[str, dict[str, object]] = {}
    for name, task in ready.items():
        for stack, entry in task.draft.stacks.items():
            stacks.setdefault(stack, {})[name] = entry
    problems = trial_problems(_texts(ready, target), stacks, defaults, now) if ready else {}
    for name, found in problems.items():
        ready[name].draft.block(ready[name].draft.line, "task", " ".join(found))


def _judge(task: Imported, target: Target) -> None:
    """Block a task whose times differ, unless the user accepts that."""
    if task.proof is None or not task.proof.differences:
        return
    found = task.proof.differences
    listed = "; ".join(difference.sentence for difference in found[:_SHOWN])
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    note = f"The times of the next {DAYS} days differ: {listed}{more}."
    if task.proof.explained and target.accept_differences:
        task.draft.decisions.append(
            Decision(task.draft.file, task.draft.line, "times", "changed", "schedule", note, keys=0)
        )
    elif task.proof.explained:
        task.draft.block(task.draft.line, "times", f"{note} To accept this, pass --accept-differences.")
    else:
        task.draft.block(task.draft.line, "times", f"{note} This is a fault of the import. Report it.", "not possible")


def _texts(tasks: Mapping[str, Imported], target: Target) -> dict[str, str]:
    return {
        name: task_text(task.draft.keys, schema=target.schema, comments=_comments(task.draft, target.command))
        for name, task in tasks.items()
    }


def _comments(draft: Draft, command: str) -> list[str]:
    """The comments of a task's file: its origin, and what isn't as in the source."""
    found = [f"From {draft.file}:{draft.line}, by {command}."]
    for decision in draft.decisions:
        if decision.outcome == "not possible":
            found.append(f"Not possible: {decision.key} (line {decision.line}). {decision.note}")
        elif decision.outcome == "changed" and decision.note:
            to = f" is now {decision.to}" if decision.to and decision.to != decision.key else ""
            found.append(f"Changed: {decision.key} (line {decision.line}){to}. {decision.note}")
    return found


def write(tasks: Sequence[Imported], *, force: bool) -> None:
    """Write the files of all tasks that are ready. Raises OpsError."""
    for task in tasks:
        if not task.ready:
            continue
        try:
            task.path.parent.mkdir(parents=True, exist_ok=True)
            _write(task.path, task.text, force=force)
        except FileExistsError:
            raise OpsError(f"{task.path} exists. To replace it, pass --force.") from None
        except OSError as error:
            raise OpsError(f"Can't write {task.path}: {error.strerror}.") from None
        task.written = True


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write a file as a whole, so that an interrupted import leaves no half of it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(0o644)
        if force:
            Path(name).replace(path)
        else:
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def undecided(decisions: Collection[Decision], left_out: Collection[str]) -> list[Decision]:
    """The decisions that the user still has to make: open questions, and lost keys that `--leave-out` doesn't name."""
    return [
        decision
        for decision in decisions
        if decision.outcome == "undecided"
        or decision.blocks
        or (decision.outcome == "not possible" and not {"all", decision.key} & set(left_out))
    ]
