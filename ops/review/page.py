"""The blocks of a review. Their size is limited, however many changes there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ops.output import counted
from ops.pricing.costs import Assumptions

from . import permission_text, preview_text, task_text
from .cost_text import cost, money
from .credentials import without_credentials_in_message
from .differences import Differences
from .document import Block, Counts, Heading, Item, Items, Lines, Paragraph, Tone, code
from .formatting import listed
from .markdown import markdown
from .preview import Preview
from .values import change

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


def blocks(reviews: Sequence[Review], assumptions: Assumptions, limit: int = LIMIT) -> list[Block]:
    """The reviews of several stacks, whose Markdown has at most `limit` bytes.

    Lists are shortened first. If that isn't enough, only headings remain, and a sentence says what is left out.
    """
    for bound in _BOUNDS:
        found = list(_Page(assumptions, bound).blocks(reviews))
        if _fits(found, limit):
            return found
    return _headings([_heading(review) for review in reviews if not review.has_no_changes], limit)


def _fits(found: Iterable[Block], limit: int) -> bool:
    return len(markdown(found).encode()) <= limit


def _headings(every: Sequence[Heading], limit: int) -> list[Block]:
    """As many headings as fit."""
    shown: list[Block] = []
    for heading in every:
        if not _fits([*shown, heading, _left_out(len(every), len(every) - len(shown))], limit):
            break
        shown.append(heading)
    return [*shown, _left_out(len(every), len(every) - len(shown))]


def _left_out(count: int, missing: int) -> Paragraph:
    stacks = f" {counted(missing, 'stack')} with changes aren't listed." if missing > 1 else ""
    if missing == 1:
        stacks = " 1 stack with changes isn't listed."
    what = "this stack" if count == 1 else f"these {count:,} stacks"
    command = code("scheduled-tasks review --stack <stack>")
    return Paragraph(f"The changes of {what} are too long to show.{stacks} To see them, run {command}.")


class _Page:
    """The reviews of several stacks, with lists of at most `bound` entries."""

    def __init__(self, assumptions: Assumptions, bound: int):
        self.assumptions, self.bound = assumptions, bound

    def blocks(self, reviews: Sequence[Review]) -> Iterator[Block]:
        """The blocks of the page."""
        for review in reviews:
            if not review.has_no_changes:
                yield _heading(review)
                yield from self._body(review)
        if unchanged := [code(review.stack) for review in reviews if review.has_no_changes]:
            word = "stack" if len(unchanged) == 1 else "stacks"
            yield Paragraph(f"No changes in {word} {listed(unchanged, self._names)}.")

    @property
    def _names(self) -> int:
        return max(task_text.EXAMPLES, self.bound)

    def _body(self, review: Review) -> Iterator[Block]:
        found = review.differences
        if review.problems:
            yield Lines(_cut(review.problems, self.bound))
            return
        if found is None:
            yield Paragraph(
                "The deployed resources remain, but nothing manages them. "
                f"Run {code('pulumi destroy')} before you merge this."
            )
            return
        if review.base_problems:
            yield Paragraph("The base is invalid, so everything is shown as new:")
            yield Lines(_cut(review.base_problems, self.bound))
        yield from self._sections(found)

    def _sections(self, found: Differences) -> Iterator[Block]:
        if found.preview:
            yield from self._preview(found.preview)
        gained, bound = found.permissions.gained, self.bound
        broad = [permission_text.broad(gain) for gain in gained if gain.grant.wide]
        rest = permission_text.gained(gain.grant for gain in gained if not gain.grant.wide)
        yield from self._items("Broad permissions", broad, "lost")
        yield from self._items("Permissions gained", rest, "updated")
        yield from self._items("Permissions lost", permission_text.lost(found.permissions.lost), "created")
        yield from self._items("Removed", list(map(task_text.removed, found.removed)), "lost", "-")
        alike = [task_text.changed(tasks, bound) for tasks in task_text.alike(found.changed)]
        yield from self._items("Changed", alike, "updated", "~")
        yield from self._items("Added", list(task_text.added(found.added)), "created", "+")
        yield from self._items("Stack settings", list(map(change, found.settings)), "updated", "~")
        yield from cost(found, self.assumptions, max(task_text.EXAMPLES, min(self.bound, _FEW_MOVERS)))
        yield from self._warnings(found)

    def _items(self, title: str, every: Sequence[str | Item], tone: Tone, sign: str = "-") -> Iterator[Items]:
        """A list of limited length; nothing if there are no items."""
        if not every:
            return
        items = [each if isinstance(each, Item) else Item(each) for each in every[: self.bound]]
        if more := len(every) - len(items):
            items.append(Item(f"… and {more:,} more" if self.bound else counted(more, "item")))
        yield Items(title, tuple(items), tone, sign)

    def _preview(self, preview: Preview) -> Iterator[Block]:
        if preview.errors:
            yield Lines(_cut("\n".join(preview.errors), self.bound), f"{code('pulumi preview')} fails", "lost")
            return
        lost = preview_text.lost_steps(preview)
        yield from self._items("Resources replaced or deleted", list(map(preview_text.lost, lost)), "lost")
        if others := [step for step in preview.steps if step not in lost]:
            yield Counts(tuple(preview_text.counts(others, self.bound)))
        if preview.unknown_policies:
            names = listed(map(code, preview.unknown_policies), self._names)
            yield Paragraph(f"Policies that are known only at deployment: {names}.")

    def _warnings(self, found: Differences) -> Iterator[Block]:
        warnings = found.warnings
        if warnings.new:
            shown = list(warnings.new[: self.bound])
            if len(warnings.new) > self.bound:
                shown.append(f"… and {len(warnings.new) - self.bound:,} more")
            unchanged = f", {warnings.unchanged:,} unchanged" if warnings.unchanged else ""
            yield Lines("\n".join(map(_short, shown)), f"Warnings: {len(warnings.new):,} new{unchanged}", "lost")
        if warnings.resolved:
            yield Paragraph(f"{counted(warnings.resolved, 'warning')} resolved.")


def _heading(review: Review) -> Heading:
    found = review.differences
    if review.problems:
        what = "the configuration can't be deployed"
    elif found is None:
        what = "file removed"
    else:
        what = f"{'new, ' if review.is_new else ''}{_summary(found)}"
    return Heading(f"Stack {code(review.stack)}: {what}")


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
