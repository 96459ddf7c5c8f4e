"""Plans the next step of each task in a cut-over, from both sides and the current time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..record import Kind, Origin
from .gaps import MARGIN, Clockwork, Gap, next_gap, settled

Result = Literal["switch", "switched", "wait", "refused", "skipped", "failed"]
"""`switch` now, already `switched`, `wait` for a gap, `refused` until somebody changes something, `skipped` because
nothing is left to do, or `failed`."""


@dataclass(frozen=True, slots=True)
class Old:
    """A rule or schedule that tasks come from, as it is in AWS now.

    Args:
        kind: `rule` or `schedule`.
        enabled: Whether it is enabled.
        settings: Its settings that determine the times, in the form of the record: `expression`, `timezone` and so on.
        clockwork: Its times. None if the expression can't be understood.
        targets: IDs of a rule's targets. Empty for a schedule.
        fixed: Why it can't be switched, as a sentence. Empty if it can.
        over: Whether it is a one-time schedule in the past.
    """

    kind: Kind
    enabled: bool
    settings: Mapping[str, str]
    clockwork: Clockwork | None
    targets: frozenset[str] = frozenset()
    fixed: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class New:
    """The schedules of a task in the stack, as they are in AWS now.

    Args:
        names: Names of all of them.
        disabled: Names of those that are disabled.
        clockworks: Their times.
        modified: The latest change of one of them.
        paused: Who paused them by hand, as a phrase. Empty if nobody did.
        differences: How their times differ from those of the old side, as phrases.
    """

    names: Sequence[str]
    disabled: Sequence[str]
    clockworks: Sequence[Clockwork]
    modified: datetime
    paused: str = ""
    differences: Sequence[str] = ()

    @property
    def enabled(self) -> bool:
        """Whether all of them are enabled."""
        return not self.disabled


@dataclass(frozen=True, slots=True)
class Pair:
    """A task with both sides.

    Args:
        task: The task's name.
        origin: Its entry in the record of the import.
        old: The old side. None if it doesn't exist any more.
        new: The new side. None if the stack has no schedule of the task.
    """

    task: str
    origin: Origin
    old: Old | None
    new: New | None

    @property
    def old_runs(self) -> bool:
        """Whether the old side starts runs of this task."""
        if self.old is None or not self.old.enabled:
            return False
        return self.old.kind == "schedule" or self.origin.target in self.old.targets


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a task, and what happens next.

    Args:
        task: The task's name.
        result: The next step.
        why: The reason, as sentences. Empty if it is obvious.
        gap: The gap of a switch, or the one to wait for. None if its times aren't known, or no gap is needed.
    """

    task: str
    result: Result
    why: str = ""
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A switch of some tasks of one rule or schedule.

    Args:
        pairs: The tasks.
        whole: Whether the rule or schedule is disabled. Otherwise, only the targets of these tasks are removed from it.
        deadline: The end of the gap. None without a limit.
    """

    pairs: Sequence[Pair]
    whole: bool
    deadline: datetime | None

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks."""
        return [pair.task for pair in self.pairs]


def verdicts(
    pairs: Sequence[Pair], now: datetime, margin: timedelta = MARGIN, *, accept: bool = False
) -> list[Verdict]:
    """The next step of each task. `accept` also switches tasks without a known gap."""
    return [_verdict(pair, now, margin, accept=accept) for pair in pairs]


def moves(pairs: Sequence[Pair], found: Sequence[Verdict]) -> list[Move]:
    """The switches of one rule or schedule. It is disabled as a whole if no target of another task is left.

    Args:
        pairs: All chosen tasks of the rule or schedule.
        found: Their verdicts.
    """
    ready = [(pair, verdict) for pair, verdict in zip(pairs, found, strict=True) if verdict.result == "switch"]
    targets = {target for pair, _ in ready if pair.old for target in pair.old.targets}
    if targets - {pair.origin.target for pair, _ in ready}:
        return [Move([pair], whole=False, deadline=verdict.gap and verdict.gap.end) for pair, verdict in ready]
    ends = [verdict.gap.end for _, verdict in ready if verdict.gap and verdict.gap.end]
    return [Move([pair for pair, _ in ready], whole=True, deadline=min(ends, default=None))] if ready else []


def _verdict(pair: Pair, now: datetime, margin: timedelta, *, accept: bool) -> Verdict:
    old, new = pair.old, pair.new
    if old is not None and old.over:
        return Verdict(pair.task, "skipped", "Its only time has passed.")
    if old is None or not pair.old_runs:
        return _without_old(pair)
    if pair.origin.state == "DISABLED":
        return _refused(pair, f"The {old.kind} was disabled at the import and is enabled now. Import it again.")
    if new is None:
        return _refused(pair, "The stack has no schedule of this task. Deploy the task first.")
    for problem in (old.fixed, _changed(pair, old), _unlike(old, new)):
        if problem:
            return _refused(pair, problem)
    if new.paused and new.disabled:
        return _refused(pair, f"Its schedule was paused by hand {new.paused}. Resume it when it may run.")
    both = [*([old.clockwork] if old.clockwork else []), *new.clockworks]
    since = new.modified if new.enabled else None
    return timed(pair.task, both, since, now, margin, accept=accept)


def _refused(pair: Pair, why: str) -> Verdict:
    return Verdict(pair.task, "refused", why)


def _without_old(pair: Pair) -> Verdict:
    """The verdict if the old side starts no runs."""
    if pair.origin.state == "DISABLED":
        return Verdict(pair.task, "skipped", f"The {pair.origin.kind} was disabled at the import.")
    if pair.new and pair.new.enabled:
        return Verdict(pair.task, "switched")
    if pair.old is None and pair.origin.expression.startswith("at("):
        return Verdict(pair.task, "skipped", "The one-time schedule doesn't exist any more.")
    kind = pair.origin.kind
    if pair.old is None:
        old = f"The {kind} doesn't exist any more"
    elif pair.old.enabled:
        old = f"The rule has no target {pair.origin.target}"
    else:
        old = f"The {kind} is disabled"
    new = "the new schedule is disabled" if pair.new else "the stack has no schedule of this task"
    return _refused(pair, f"{old}, and {new}, so nothing starts this task. Enable one of them.")


def _changed(pair: Pair, old: Old) -> str:
    """How the old side differs from the record of the import, as a sentence."""
    recorded = {
        "expression": pair.origin.expression,
        "timezone": pair.origin.timezone,
        "start": pair.origin.start,
        "end": pair.origin.end,
    }
    changed = [
        f"{key} was {before or 'not set'} and is {old.settings.get(key) or 'not set'} now"
        for key, before in recorded.items()
        if _instant(before) != _instant(old.settings.get(key, ""))
    ]
    return f"The {old.kind} was changed since the import: {'; '.join(changed)}. Import it again." if changed else ""


def _instant(text: str) -> object:
    """A time in ISO 8601 in any of its forms; any other text as it is."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def _unlike(old: Old, new: New) -> str:
    """How the times of both sides differ, as a sentence."""
    if old.clockwork is None:
        return f"The expression of the {old.kind} isn't known to this version."
    if not new.differences:
        return ""
    return f"The times of both differ: {'; '.join(new.differences)}. Change the task, and deploy it."


def timed(
    task: str,
    both: Sequence[Clockwork],
    since: datetime | None,
    now: datetime,
    margin: timedelta = MARGIN,
    *,
    accept: bool = False,
) -> Verdict:
    """The verdict of a task that can be switched: at once, in a gap, or not at all.

    Args:
        task: The task's name.
        both: The times of both sides.
        since: Time since which the side to enable is enabled. None if it is disabled.
        now: The current time.
        margin: The least time between a switch and the time of a run.
        accept: Whether a switch without a known gap is allowed.
    """
    if since is not None and settled(both, now, since, margin):
        # Each run is doubled until the other side is disabled, and none can be lost.
        return Verdict(task, "switch")
    gap = next_gap(both, now, margin)
    if gap is None and accept:
        return Verdict(task, "switch", "One run can be doubled or late.")
    if gap is None and all(clockwork.anchored for clockwork in both):
        minutes = f"{margin.total_seconds() / 60:g}"
        return Verdict(
            task,
            "refused",
            f"Its runs leave no gap of {minutes} minutes before and after each. To switch anyway, pass "
            "--accept-differences: one run can be doubled or left out.",
        )
    if gap is None:
        return Verdict(
            task,
            "refused",
            "AWS doesn't report when a rate without a start runs next, so there is no known gap. To switch anyway, "
            "pass --accept-differences: up to one interval can be shorter or longer.",
        )
    if gap.contains(now):
        return Verdict(task, "switch", gap=gap)
    return Verdict(task, "wait", f"The next gap is at {gap.start:%Y-%m-%d %H:%M:%S}Z.", gap)
