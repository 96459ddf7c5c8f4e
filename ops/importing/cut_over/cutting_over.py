"""The cut-over of all chosen tasks, and its undo."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from ... import waiting
from ...aws import errors
from ...errors import OpsError
from ...interrupts import Postponed
from . import clock
from .live import Reader, Source
from .planning import Pair, Verdict, moves, timed, verdicts
from .switching import Switcher, SwitchError
from .undo import Change

_FAILURES = 3
"""After so many failures in a row, the rest isn't tried: each attempt changes a schedule back and forth."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The user's answers.

    Args:
        margin: The least time between a switch and the time of a run.
        accept: Whether tasks without a known gap are switched.
        wait: Whether to wait for the gaps.
        dry_run: Whether nothing is changed.
    """

    margin: timedelta
    accept: bool
    wait: bool
    dry_run: bool


Step = Callable[[], Iterator[Verdict]]
Key = TypeVar("Key", bound=tuple[str, ...])


@dataclass(slots=True)
class CutOver:
    """Switches tasks to their new schedules.

    Args:
        reader: Reads both sides.
        switcher: Makes the changes.
        rules: The user's answers.
    """

    reader: Reader
    switcher: Switcher
    rules: Rules

    def run(self) -> list[Verdict]:
        """Switch all tasks, and return the verdict of each. Raises KeyboardInterrupt between two switches."""
        now = clock.now()
        found = {source: self._verdicts(pairs, now) for source, pairs in self.reader.every(now).items()}
        if not self.rules.dry_run:
            steps = {source: self._step(source) for source in found}
            _repeat(found, steps, wait=self.rules.wait, tell=self.switcher.tell)
        return sorted((verdict for each in found.values() for verdict in each), key=lambda verdict: verdict.task)

    def _verdicts(self, pairs: Sequence[Pair], now: datetime) -> list[Verdict]:
        return verdicts(pairs, now, self.rules.margin, accept=self.rules.accept)

    def _step(self, source: Source) -> Step:
        def step() -> Iterator[Verdict]:
            now = clock.now()
            # Somebody may have changed it since all were read.
            pairs = self.reader.pairs(source, now)
            found = self._verdicts(pairs, now)
            yield from (verdict for verdict in found if verdict.result != "switch")
            for move in moves(pairs, found):
                result = _attempt(lambda move=move: self.switcher.cut_over(move))
                yield from (replace(result, task=task) for task in move.tasks)

        return step


@dataclass(slots=True)
class Undo:
    """Switches tasks back to their old rules and schedules.

    Args:
        reader: Reads both sides.
        switcher: Makes the changes.
        rules: The user's answers.
        tasks: The chosen tasks. Empty for all.
    """

    reader: Reader
    switcher: Switcher
    rules: Rules
    tasks: Sequence[str]

    def run(self) -> list[Verdict]:
        """Undo all chosen changes, the last one first, and return the verdict of each task. Raises OpsError."""
        changes = [change for change in reversed(self.switcher.undo.changes) if self._chosen(change)]
        now = clock.now()
        found = {change.key: self._verdicts(change, now) for change in changes}
        if not self.rules.dry_run:
            steps = {change.key: self._step(change) for change in changes}
            _repeat(found, steps, wait=self.rules.wait, tell=self.switcher.tell)
        return sorted((verdict for each in found.values() for verdict in each), key=lambda verdict: verdict.task)

    def _chosen(self, change: Change) -> bool:
        inside = [task for task in change.schedules if task in self.tasks]
        if inside and len(inside) < len(change.schedules):
            options = " ".join(f"--task {task}" for task in change.schedules)
            raise OpsError(f"The tasks of rule {change.name} can only be undone together: {options}.")
        return not self.tasks or bool(inside)

    def _verdicts(self, change: Change, now: datetime) -> list[Verdict]:
        since = change.undone_at if change.undone_at and self.switcher.old_runs(change) else None
        old = self.reader.old(self.reader.origin(change), now)
        if old is None:
            verdict = Verdict("", "refused", f"The old {change.words} doesn't exist any more. Create it again.")
        elif old.over:
            verdict = Verdict("", "skipped", "Its only time has passed.")
        else:
            both = [*([old.clockwork] if old.clockwork else []), *self.reader.clockworks(change.names)]
            verdict = timed("", both, since, now, self.rules.margin, accept=self.rules.accept)
        return [replace(verdict, task=task) for task in change.schedules]

    def _step(self, change: Change) -> Step:
        def step() -> Iterator[Verdict]:
            found = self._verdicts(change, clock.now())
            if found[0].result != "switch":
                yield from found
                return
            deadline = found[0].gap.end if found[0].gap else None
            result = _attempt(lambda: self.switcher.undo_change(change, deadline))
            yield from (replace(result, task=task) for task in change.schedules)

        return step


def _attempt(make: Callable[[], None]) -> Verdict:
    try:
        make()
    except SwitchError as error:
        return Verdict("", "failed", str(error))
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        return Verdict("", "failed", f"{line} Nothing was changed.")
    return Verdict("", "switched", "Now.")


def _repeat(
    found: dict[Key, list[Verdict]], steps: dict[Key, Step], *, wait: bool, tell: Callable[[str], None]
) -> None:
    """Make the steps whose verdicts allow it, and with `wait` the others in their gaps. Updates `found`."""
    while True:
        _once(found, steps)
        gaps = [verdict.gap.start for verdict in _flat(found) if verdict.result == "wait" and verdict.gap]
        if not wait or not gaps or any(verdict.result == "failed" for verdict in _flat(found)):
            return
        first = min(gaps)
        tell(f"Waiting for the next gap, at {first:%Y-%m-%d %H:%M:%S}Z. Ctrl-C ends the wait.")
        while (left := (first - clock.now()).total_seconds()) > 0:
            waiting.wait(min(left, 60))
        for each in found.values():
            each[:] = [replace(verdict, result="switch") if verdict.result == "wait" else verdict for verdict in each]


def _once(found: dict[Key, list[Verdict]], steps: dict[Key, Step]) -> None:
    failures = 0
    with Postponed() as postponed:
        for key, step in steps.items():
            if postponed.came or failures >= _FAILURES:
                break
            if any(verdict.result == "switch" for verdict in found[key]):
                found[key] = list(step())
                failed = any(verdict.result == "failed" for verdict in found[key])
                failures = failures + 1 if failed else 0
    if failures >= _FAILURES:
        for each in found.values():
            each[:] = [
                replace(verdict, result="failed", why=f"Not tried after {_FAILURES} failures in a row.")
                if verdict.result == "switch"
                else verdict
                for verdict in each
            ]


def _flat(found: dict[Key, list[Verdict]]) -> Iterable[Verdict]:
    return (verdict for each in found.values() for verdict in each)
