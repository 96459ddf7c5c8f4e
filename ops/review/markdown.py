"""Differences as Markdown for a pull request. The size is limited, however many changes there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from components.problems import listed as listed_in_words
from ops import prices
from ops.costs import Assumptions, Cost
from ops.output import counted

from ..planning.plans import ESTIMATE
from .differences import Differences, Runs, TaskChange, TaskSummary
from .formatting import block, change, code, dollars, listed
from .permissions import ENTER, MANAGED_POLICY, ROLE, Gain, Grant
from .preview import Preview, Step
from .value_changes import Change

T = TypeVar("T")

LIMIT = 60_000
"""Maximum bytes of a review. GitHub accepts 65,536 characters in a comment, and the script that posts it adds some."""
_BOUNDS = (25, 10, 5, 2, 0)
"""Maximum entries per list, from many to counts only. The first bound that fits the limit applies."""
_EXAMPLES = 3
_LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a stack."""

    stack: str
    differences: Differences | None = None
    """None if the new version is invalid or doesn't exist."""
    problems: str = ""
    """The problems of the new version."""
    base_problems: str = ""
    """The problems of the base."""
    is_new: bool = False


def markdown(reviews: Sequence[Review], assumptions: Assumptions, limit: int = LIMIT) -> str:
    """The reviews of several stacks in at most `limit` bytes.

    Lists are shortened first. If that isn't enough, only the headings remain.
    """
    text = ""
    for bound in _BOUNDS:
        text = _Page(assumptions, bound).text(reviews)
        if len(text.encode()) <= limit:
            return text
    headings = "\n".join(line for line in text.splitlines() if line.startswith(("### ", "No changes ")))
    end = "\n\nThe rest is too long to show.\n"
    return headings.encode()[: limit - len(end)].decode(errors="ignore") + end


class _Page:
    """The reviews of several stacks, with lists of at most `bound` entries."""

    def __init__(self, assumptions: Assumptions, bound: int):
        self.assumptions, self.bound = assumptions, bound

    def text(self, reviews: Sequence[Review]) -> str:
        unchanged = [review.stack for review in reviews if _has_no_changes(review)]
        parts = ["\n\n".join(self._stack(review)) for review in reviews if not _has_no_changes(review)]
        if unchanged:
            word = "stack" if len(unchanged) == 1 else "stacks"
            parts.append(f"No changes in {word} {listed(unchanged, self._names)}.")
        return "\n\n".join(parts) + "\n"

    @property
    def _names(self) -> int:
        return max(_EXAMPLES, self.bound)

    def _stack(self, review: Review) -> Iterator[str]:
        found = review.differences
        if review.problems:
            yield f"### Stack {review.stack}: the configuration can't be deployed"
            yield block(_cut(review.problems, self.bound))
            return
        if found is None:
            yield f"### Stack {review.stack}: file removed"
            yield "The deployed resources remain, but nothing manages them. Run `pulumi destroy` before you merge this."
            return
        yield f"### Stack {review.stack}: {'new, ' if review.is_new else ''}{_summary(found)}"
        if review.base_problems:
            yield "The base is invalid, so everything is shown as new:"
            yield block(_cut(review.base_problems, self.bound))
        yield from self._sections(found)

    def _sections(self, found: Differences) -> Iterator[str]:
        if found.preview:
            yield from self._preview(found.preview)
        if wide := [gain for gain in found.permissions.gained if gain.grant.wide]:
            yield from self._list("Broad permissions", wide, _wide)
        rest = [gain for gain in found.permissions.gained if not gain.grant.wide]
        yield from self._list("Permissions gained", _statements(gain.grant for gain in rest), str)
        yield from self._list("Permissions lost", _statements(found.permissions.lost), str)
        yield from self._list("Removed", found.removed, _removed)
        yield from self._list("Changed", _alike(found.changed), self._task_changes)
        yield from self._list("Added", found.added, _added)
        yield from self._list("Stack settings", found.settings, change)
        yield from self._cost(found)
        yield from self._warnings(found)

    def _list(self, title: str, items: Sequence[T], line: Callable[[T], str]) -> Iterator[str]:
        """A heading with a list of limited length; nothing if there are no items."""
        if not items:
            return
        lines = [f"- {line(item)}" for item in items[: self.bound]]
        if len(items) > self.bound:
            more = len(items) - self.bound
            lines.append(f"- … and {more:,} more" if self.bound else f"- {counted(more, 'item')}")
        yield f"**{title}**\n\n" + "\n".join(lines)

    # Tasks

    def _task_changes(self, tasks: list[TaskChange]) -> str:
        """Tasks with the same changes."""
        names = listed((f"**{task.name}**" for task in tasks), self._names)
        lines = [f"{names} ({counted(len(tasks), 'task')})" if len(tasks) > 1 else names]
        keys = list(dict.fromkeys(_key_change(item) for item in tasks[0].changes))
        lines += [f"  - {line}" for line in keys[: self.bound]]
        if len(keys) > self.bound:
            lines.append(f"  - … and {len(keys) - self.bound} more")
        return "\n".join([*lines, *(f"  - {line}" for line in _moved(tasks))])

    # Preview

    def _preview(self, preview: Preview) -> Iterator[str]:
        if preview.errors:
            yield "**`pulumi preview` fails**"
            yield block(_cut("\n".join(preview.errors), self.bound))
            return
        revisions = [step for step in preview.steps if step.keeps_old and step.operation in ("replace", "delete")]
        lost = [step for step in preview.steps if step.operation in ("replace", "delete") and step not in revisions]
        yield from self._list("Resources replaced or deleted", lost, _lost)
        others = [step for step in preview.steps if step not in lost]
        if others:
            yield f"Resources: {', '.join(self._counts(others))}."
        if preview.unknown_policies:
            names = listed((code(name) for name in preview.unknown_policies), self._names)
            yield f"Policies that are known only at deployment: {names}."

    def _counts(self, steps: list[Step]) -> Iterator[str]:
        done = {"create": "created", "import": "imported", "update": "updated"}
        kept = {
            "replace": "with a new revision next to the old one",
            "delete": "removed from the stack, kept in AWS",
        }
        for operation, words in {**done, **kept}.items():
            if found := [step for step in steps if step.operation == operation]:
                yield f"{len(found):,} {words} ({listed(map(_named, found), self.bound)})"

    # Cost and warnings

    def _cost(self, found: Differences) -> Iterator[str]:
        before, after = found.cost
        if _same(before.total, after.total) and all(map(_same, before.parts.values(), after.parts.values())):
            return
        rows = [
            f"| {_PARTS[part]} | {dollars(old)} | {dollars(after.parts[part])} |"
            for part, old in before.parts.items()
            if not _same(old, after.parts[part])
        ]
        rows.append(f"| **Total** | **{dollars(before.total)}** | **{dollars(after.total)}** |")
        yield "\n".join(["| US dollars per month | Before | After |", "|---|---|---|", *rows])
        movers = sorted(
            (task for task in found.changed if not _same(*task.cost)),
            key=lambda task: -abs(task.cost[1] - task.cost[0]),
        )
        if movers and len(found.changed) > 1:
            shown = [f"{task.name} {dollars(task.cost[0])} → {dollars(task.cost[1])}" for task in movers]
            yield f"Largest changes: {listed(shown, max(_EXAMPLES, min(self.bound, 5)))}."
        yield (
            f"Assumes {self.assumptions.minutes:g} minutes and {self.assumptions.log_mb:g} MB of logs per run, and "
            f"prices for {prices.REGION} as of {prices.AS_OF} without free tiers (docs/cost.md)."
        )

    def _warnings(self, found: Differences) -> Iterator[str]:
        warnings = found.warnings
        if warnings.new:
            shown = list(warnings.new[: self.bound])
            if len(warnings.new) > self.bound:
                shown.append(f"… and {len(warnings.new) - self.bound:,} more")
            unchanged = f", {warnings.unchanged:,} unchanged" if warnings.unchanged else ""
            yield f"**Warnings: {len(warnings.new):,} new{unchanged}**\n\n{block(chr(10).join(shown))}"
        if warnings.resolved:
            yield f"{counted(warnings.resolved, 'warning')} resolved."


_PARTS = {
    "fargate": "Fargate on demand",
    "spot": "Fargate Spot",
    "scheduler": "EventBridge Scheduler",
    "supervised": "Step Functions (supervised runs)",
    "logs": "Logs",
    "alarms": "Alarms, metrics, dashboard",
}


def _has_no_changes(review: Review) -> bool:
    found = review.differences
    return bool(found and found.empty and not review.base_problems and not review.problems)


def _summary(found: Differences) -> str:
    counts = [("removed", found.removed), ("changed", found.changed), ("added", found.added)]
    parts = [f"{counted(len(tasks), 'task')} {what}" for what, tasks in counts if tasks]
    if found.settings:
        parts.append(f"{counted(len(found.settings), 'setting')} changed")
    if not parts:
        parts = ["no configuration changes"]
    return f"{', '.join(parts)}; {_money(*found.cost)}"


def _money(before: Cost, after: Cost) -> str:
    if _same(before.total, after.total):
        return f"{dollars(after.total)} per month (unchanged)"
    return f"{dollars(before.total)} → {dollars(after.total)} per month"


def _same(before: float, after: float) -> bool:
    """Whether two amounts are equal to the cent."""
    return abs(before - after) < 0.005


def _alike(tasks: Iterable[TaskChange]) -> list[list[TaskChange]]:
    """Groups of tasks with the same changes."""
    groups: dict[tuple[str, object], list[TaskChange]] = {}
    for task in tasks:
        paused = task.runs and (task.runs[0].paused, task.runs[1].paused)
        groups.setdefault((repr(task.changes), paused), []).append(task)
    return list(groups.values())


def _key_change(item: Change) -> str:
    """A change of a task. Changes of permissions are listed separately."""
    if item.path[0] != "permissions":
        return change(item)
    return "`permissions`: see the permissions above"


def _moved(tasks: Sequence[TaskChange]) -> Iterator[str]:
    """The next runs of tasks with the same changes, for some of them."""
    moved = [(task.name, task.runs) for task in tasks if task.runs]
    if moved and all(after.paused for _, (_, after) in moved):
        yield "Paused: no more runs"
        return
    for name, (before, after) in moved[:_EXAMPLES]:
        of = f" of {name}" if len(tasks) > 1 else ""
        yield f"Next runs{of} before: {_runs(before)}"
        yield f"Next runs{of} after: {_runs(after)}"
    if len(moved) > _EXAMPLES:
        yield f"… and the runs of {counted(len(moved) - _EXAMPLES, 'more task')}"


def _runs(runs: Runs) -> str:
    note = " (estimates, because the rate has no start)" if any(run.startswith(ESTIMATE) for run in runs.next) else ""
    return "paused" if runs.paused else ", ".join(runs.next) + note or "never again"


def _removed(task: TaskSummary) -> str:
    return f"**{task.name}**: ran {listed_in_words(task.schedules, 'and')}. Saves {dollars(task.cost)} per month."


def _added(task: TaskSummary) -> str:
    when = listed_in_words(task.schedules, "and")
    return f"**{task.name}**: {when}. Next runs: {_runs(task.runs)}. Costs {dollars(task.cost)} per month."


def _named(step: Step) -> str:
    """A resource, and the changed properties of an update, which are the only description of drift."""
    differing = listed_in_words(map(code, step.reasons), "and") if step.operation == "update" else ""
    return f"{code(step.name)} in {differing}" if differing else code(step.name)


def _lost(step: Step) -> str:
    word = "Replaced" if step.operation == "replace" else "Deleted"
    reasons = f", because of {', '.join(code(reason) for reason in step.reasons)}" if step.reasons else ""
    consequence = f". {_CONSEQUENCES[step.type]}" if step.type in _CONSEQUENCES else ""
    return f"**{word}: {code(step.name)}** ({step.type}){reasons}{consequence}"


_CONSEQUENCES = {
    "aws:cloudwatch/logGroup:LogGroup": "Its log is lost.",
    "aws:sqs/queue:Queue": "Messages in it are lost.",
    "aws:ssm/parameter:Parameter": "The secret in it is lost.",
    "aws:ecr/repository:Repository": "The images in it are lost.",
    "aws:sns/topic:Topic": "Subscriptions that others created are lost.",
    "aws:scheduler/scheduleGroup:ScheduleGroup": "All of its schedules are deleted.",
}
"""The data that is lost with a resource."""


def _wide(gain: Gain) -> str:
    before = f" (before: {', '.join(map(_granted, gain.instead_of))})" if gain.instead_of else ""
    return f"⚠️ **{gain.grant.holder}**: {_granted(gain.grant)}{before}"


def _granted(grant: Grant) -> str:
    return _statement([grant.action], [grant.resource], grant.condition)


def _statements(grants: Iterable[Grant]) -> list[str]:
    """Grants as statements, with all actions on the same resources together."""
    actions: dict[tuple[str, str, str], list[str]] = {}
    for grant in grants:
        actions.setdefault((grant.holder, grant.condition, grant.resource), []).append(grant.action)
    resources: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (holder, condition, resource), several in actions.items():
        resources.setdefault((holder, condition, tuple(several)), []).append(resource)
    return [
        f"**{holder}**: {_statement(several, found, condition)}"
        for (holder, condition, several), found in resources.items()
    ]


def _statement(actions: Sequence[str], resources: Sequence[str], condition: str = "") -> str:
    if ENTER in actions:
        return f"shell access with {code(ENTER)}"
    where = ", ".join("**all resources** (`*`)" if resource == "*" else code(resource) for resource in resources)
    if kind := {ROLE, MANAGED_POLICY} & {*actions}:
        return f"{kind.pop()} {where}"
    return f"{', '.join(map(code, actions))} on {where}{f' if {code(condition)}' if condition else ''}"


def _cut(text: str, bound: int) -> str:
    """The first lines of a text."""
    lines = [line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…" for line in text.splitlines()]
    most = max(_EXAMPLES, bound * 3)
    return "\n".join([*lines[:most], *([f"… and {len(lines) - most:,} more lines"] if len(lines) > most else [])])
