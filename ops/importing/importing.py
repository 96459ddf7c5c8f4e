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
from .stack_entries import StackFile, others, problem, project_of, stack_file
from .trial import BASE, Stacks, trial_plans, trial_problems

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
        proofs: The comparison of its times with those of its source, per stack. The stack is the empty string for
            stacks without an entry. None if the task is blocked.
    """

    draft: Draft
    path: Path
    text: str = ""
    proofs: dict[str, Proof] = field(default_factory=dict[str, Proof])
    written: bool = field(default=False)

    @property
    def ready(self) -> bool:
        """Whether the task can be written."""
        return not self.draft.blocked

    @property
    def proof(self) -> Proof | None:
        """The comparison without entries of stacks, or that of the first stack."""
        return next(iter(self.proofs.values()), None)

    def as_data(self) -> dict[str, object]:
        """The task for JSON output."""
        stacks = {
            stack: {"keys": keys, **(_proof_data(self.proofs[stack]) if stack in self.proofs else {})}
            for stack, keys in self.draft.stacks.items()
        }
        return {
            "task": self.draft.name,
            "file": str(self.path),
            "written": self.written,
            "ready": self.ready,
            "keys": self.draft.keys,
            "stacks": stacks,
            **(_proof_data(self.proof) if self.proof else {"runs": None, "differences": []}),
            "decisions": [decision.as_data() for decision in self.draft.decisions],
        }


def _proof_data(found: Proof) -> dict[str, object]:
    return {"runs": found.runs, "differences": [difference.sentence for difference in found.differences]}


def prepared(reading: Reading, target: Target, now: datetime) -> list[Imported]:
    """Check and prove all drafts. A draft with a problem is blocked and names it."""
    tasks = [Imported(draft, target.folder / f"{draft.name}.yaml") for draft in reading.drafts]
    defaults = target.folder / "defaults.yaml"
    for task in tasks:
        _block_existing(task, target)
    _check(_ready(tasks), target, defaults, now)
    ready = _ready(tasks)
    plans = trial_plans(_texts(ready, target), _stacks(ready), defaults) if ready else {}
    for name, task in ready.items():
        for stack, found in plans[name].items():
            times = task.draft.times if stack == BASE else task.draft.stack_times[stack]
            if times:
                task.proofs[stack] = proof(times, found, now)
        _judge(task, target)
    for name, text in _texts(_ready(tasks), target).items():
        ready[name].text = text
    return tasks


def _block_existing(task: Imported, target: Target) -> None:
    """Block a task if its files can't be written."""
    if not target.force and (task.path.exists() or task.path.is_symlink()):
        task.draft.block(task.draft.line, "file", f"{task.path} exists. To replace it, pass --force.")
    project = project_of(target.folder) if task.draft.stacks else None
    for stack, entry in task.draft.stacks.items():
        if found := problem(project, stack, task.draft.name, entry, force=target.force):
            task.draft.block(task.draft.line, f"Pulumi.{stack}.yaml", found)


def _ready(tasks: Sequence[Imported]) -> dict[str, Imported]:
    return {task.draft.name: task for task in tasks if task.ready}


def _stacks(ready: Mapping[str, Imported]) -> Stacks:
    """The tasks of each stack with the stack's own keys, and those that run without any."""
    stacks: dict[str, dict[str, dict[str, object]]] = {BASE: {}}
    for name, task in ready.items():
        if task.draft.complete:
            stacks[BASE][name] = {}
        for stack, entry in task.draft.stacks.items():
            stacks.setdefault(stack, {})[name] = entry
    return stacks


def _check(ready: Mapping[str, Imported], target: Target, defaults: Path, now: datetime) -> None:
    """Block the tasks in which `check` would find problems."""
    problems = trial_problems(_texts(ready, target), _stacks(ready), defaults, now) if ready else {}
    for name, found in problems.items():
        ready[name].draft.block(ready[name].draft.line, "task", " ".join(found))


def _judge(task: Imported, target: Target) -> None:
    """Block a task whose times differ, unless the user accepts that."""
    for stack, found in task.proofs.items():
        if found.differences:
            _judge_proof(task, stack, found, target)


def _judge_proof(task: Imported, stack: str, found: Proof, target: Target) -> None:
    differences = found.differences
    where = f" in stack {stack}" if stack != BASE else ""
    listed = "; ".join(difference.sentence for difference in differences[:_SHOWN])
    more = f"; and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
    note = f"The times of the next {DAYS} days differ{where}: {listed}{more}."
    if found.explained and target.accept_differences:
        task.draft.decisions.append(
            Decision(task.draft.file, task.draft.line, "times", "changed", "schedule", note, keys=0)
        )
    elif found.explained:
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
    origin = f"{draft.file}:{draft.line}" if draft.line else draft.file
    found = [f"From {origin}, by {command}."]
    for decision in draft.decisions:
        line = f" (line {decision.line})" if decision.line else ""
        if decision.outcome == "not possible":
            found.append(f"Not possible: {decision.key}{line}. {decision.note}")
        elif decision.outcome == "changed" and decision.note:
            to = f" is now {decision.to}" if decision.to and decision.to != decision.key else ""
            found.append(f"Changed: {decision.key}{line}{to}. {decision.note}")
    return found


def stack_files(tasks: Sequence[Imported], target: Target) -> list[StackFile]:
    """The files of stacks with the entries of all tasks that are ready."""
    project = project_of(target.folder)
    if project is None:
        return []
    found = (
        stack_file(project, stack, entries, schema=target.schema)
        for stack, entries in _stacks(_ready(tasks)).items()
        if stack != BASE
    )
    return [each for each in found if each]


def other_stacks(tasks: Sequence[Imported], target: Target) -> list[str]:
    """Sentences about stacks that also run tasks which have entries of other stacks."""
    project = project_of(target.folder)
    stacks = {stack: entries for stack, entries in _stacks(_ready(tasks)).items() if stack != BASE}
    return others(project, stacks) if project else []


def write(tasks: Sequence[Imported], stacks: Sequence[StackFile] = (), *, force: bool) -> None:
    """Write the files of all tasks that are ready, and of their stacks. Raises OpsError."""
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
    for each in stacks:
        each.write()


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
        or (decision.outcome == "not possible" and not {"all", decision.key, _last(decision.key)} & set(left_out))
    ]


def _last(key: str) -> str:
    """The last part of a key, such as `InputPath` of `Targets[0].InputPath`: many rules have the same keys."""
    return key.rsplit(".", 1)[-1]
