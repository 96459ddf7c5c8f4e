"""Differences as Markdown for a pull request. The size is limited, however many changes there are.

Everything that isn't a sentence of this project is code (`ops.markdown_text`), so it can't become a link or a mention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ops.output import counted
from ops.pricing.costs import Assumptions

from ..markdown_text import block, code
from . import permission_text, preview_text, task_text
from .cost_text import cost, money
from .credentials import without_credentials_in_message
from .differences import Differences
from .formatting import listed
from .preview import Preview
from .values import change

T = TypeVar("T")

LIMIT = 60_000
"""Maximum bytes of a review. GitHub accepts 65,536 characters in a comment, and the script that posts it adds some."""
_BOUNDS = (25, 10, 5, 2, 0)
"""Maximum entries per list, from many to counts only. The first bound that fits the limit applies."""
_FEW_MOVERS = 5
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

    @property
    def has_no_changes(self) -> bool:
        """Whether there is nothing to review."""
        found = self.differences
        return bool(found and found.empty and not self.base_problems and not self.problems)

    def as_data(self) -> dict[str, object]:
        """The summary for JSON output."""
        return {
            "stack": self.stack,
            "new": self.is_new,
            "unchanged": self.has_no_changes,
            "problems": self.problems or None,
            "baseProblems": self.base_problems or None,
        }


def markdown(reviews: Sequence[Review], assumptions: Assumptions, limit: int = LIMIT) -> str:
    """The reviews of several stacks in at most `limit` bytes.

    Lists are shortened first. If that isn't enough, only headings remain, and a sentence says what is left out.
    """
    for bound in _BOUNDS:
        text = "\n\n".join(_Page(assumptions, bound).parts(reviews)) + "\n"
        if len(text.encode()) <= limit:
            return text
    return _headings([_heading(review) for review in reviews if not review.has_no_changes], limit)


def _headings(every: Sequence[str], limit: int) -> str:
    """As many whole headings as fit: a part of one could end a code span too early."""
    shown: list[str] = []
    for heading in every:
        text = "\n\n".join([*shown, heading, _left_out(len(every), len(every) - len(shown))]) + "\n"
        if len(text.encode()) > limit:
            break
        shown.append(heading)
    return "\n\n".join([*shown, _left_out(len(every), len(every) - len(shown))]) + "\n"


def _left_out(count: int, missing: int) -> str:
    stacks = f" {counted(missing, 'stack')} with changes aren't listed." if missing > 1 else ""
    if missing == 1:
        stacks = " 1 stack with changes isn't listed."
    what = "this stack" if count == 1 else f"these {count:,} stacks"
    command = "`scheduled-tasks review --stack <stack>`"
    return f"The changes of {what} are too long to show.{stacks} To see them, run {command}."


class _Page:
    """The reviews of several stacks, with lists of at most `bound` entries."""

    def __init__(self, assumptions: Assumptions, bound: int):
        self.assumptions, self.bound = assumptions, bound

    def parts(self, reviews: Sequence[Review]) -> Iterator[str]:
        """The paragraphs of the page."""
        for review in reviews:
            if not review.has_no_changes:
                yield _heading(review)
                yield from self._body(review)
        if unchanged := [code(review.stack) for review in reviews if review.has_no_changes]:
            word = "stack" if len(unchanged) == 1 else "stacks"
            yield f"No changes in {word} {listed(unchanged, self._names)}."

    @property
    def _names(self) -> int:
        return max(task_text.EXAMPLES, self.bound)

    def _body(self, review: Review) -> Iterator[str]:
        found = review.differences
        if review.problems:
            yield block(_cut(review.problems, self.bound))
            return
        if found is None:
            yield "The deployed resources remain, but nothing manages them. Run `pulumi destroy` before you merge this."
            return
        if review.base_problems:
            yield "The base is invalid, so everything is shown as new:"
            yield block(_cut(review.base_problems, self.bound))
        yield from self._sections(found)

    def _sections(self, found: Differences) -> Iterator[str]:
        if found.preview:
            yield from self._preview(found.preview)
        gained = found.permissions.gained
        yield from self._list("Broad permissions", [gain for gain in gained if gain.grant.wide], permission_text.broad)
        rest = permission_text.gained(gain.grant for gain in gained if not gain.grant.wide)
        yield from self._list("Permissions gained", rest, str)
        yield from self._list("Permissions lost", permission_text.lost(found.permissions.lost), str)
        yield from self._list("Removed", found.removed, task_text.removed)
        alike = task_text.alike(found.changed)
        yield from self._list("Changed", alike, lambda tasks: task_text.changed(tasks, self.bound))
        yield from self._list("Added", list(task_text.added(found.added)), str)
        yield from self._list("Stack settings", found.settings, change)
        yield from cost(found, self.assumptions, max(task_text.EXAMPLES, min(self.bound, _FEW_MOVERS)))
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

    def _preview(self, preview: Preview) -> Iterator[str]:
        if preview.errors:
            yield "**`pulumi preview` fails**"
            yield block(_cut("\n".join(preview.errors), self.bound))
            return
        lost = preview_text.lost_steps(preview)
        yield from self._list("Resources replaced or deleted", lost, preview_text.lost)
        if others := [step for step in preview.steps if step not in lost]:
            yield f"Resources: {', '.join(preview_text.counts(others, self.bound))}."
        if preview.unknown_policies:
            names = listed(map(code, preview.unknown_policies), self._names)
            yield f"Policies that are known only at deployment: {names}."

    def _warnings(self, found: Differences) -> Iterator[str]:
        warnings = found.warnings
        if warnings.new:
            shown = list(warnings.new[: self.bound])
            if len(warnings.new) > self.bound:
                shown.append(f"… and {len(warnings.new) - self.bound:,} more")
            unchanged = f", {warnings.unchanged:,} unchanged" if warnings.unchanged else ""
            yield f"**Warnings: {len(warnings.new):,} new{unchanged}**"
            yield block("\n".join(map(_short, shown)))
        if warnings.resolved:
            yield f"{counted(warnings.resolved, 'warning')} resolved."


def _heading(review: Review) -> str:
    found = review.differences
    if review.problems:
        what = "the configuration can't be deployed"
    elif found is None:
        what = "file removed"
    else:
        what = f"{'new, ' if review.is_new else ''}{_summary(found)}"
    return f"### Stack {code(review.stack)}: {what}"


def _summary(found: Differences) -> str:
    counts = [("removed", found.removed), ("changed", found.changed), ("added", found.added)]
    parts = [f"{counted(len(tasks), 'task')} {what}" for what, tasks in counts if tasks]
    if found.settings:
        parts.append(f"{counted(len(found.settings), 'setting')} changed")
    if not parts:
        parts = ["no configuration changes"]
    return f"{', '.join(parts)}; {money(*found.cost)}"


def _cut(text: str, bound: int) -> str:
    """The first lines of a text."""
    lines = text.split("\n")
    most = max(task_text.EXAMPLES, bound * 3)
    more = [f"… and {len(lines) - most:,} more lines"] if len(lines) > most else []
    return "\n".join([*map(_short, lines[:most]), *more])


def _short(line: str) -> str:
    line = without_credentials_in_message(line)
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"
