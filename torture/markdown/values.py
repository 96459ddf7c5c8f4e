"""Random hostile names and values, and reviews made of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ops.pricing.costs import Cost
from ops.review.differences import Differences, Runs, TaskChange, TaskSummary, Warnings
from ops.review.page import Review
from ops.review.permissions import Gain, Grant, Holder, PermissionChanges
from ops.review.preview import Preview, Step
from ops.review.value_changes import ABSENT, Change

FRAGMENTS = (
    "[click](javascript:alert(1))", "![x](https://evil.example/x.png)", "<img src=x onerror=alert(1)>", "</code>",
    "</details>", "<script>alert(1)</script>", "<!-- scheduled-tasks: review -->", "-->", "@octocat", "@org/team",
    "#12", "GH-1", "org/repo#1", "deadbeef", "0123456789abcdef0123456789abcdef01234567",
    "user@0123456789abcdef0123456789abcdef01234567", "http://evil.example", "https://evil.example/a?b=c&d",
    "www.evil.example", "me@evil.example", "ftp://evil.example", "mailto:me@evil.example", "|", "\\|", "||", "`",
    "``", "```", "```\n", "~~~", "~~x~~", "~x~", ":x:", ":100:", "$math$", "$`math`$", "$$", "- ", "* ", "+ ", "# ",
    "### Stack prod: ", "> ", "1. ", "1) ", "- [x] ", "[^1]", "[^1]: x", "[a]: http://evil.example", "---", "===",
    "***", "**", "__", "_a_", "*a*", "\\", "\\`", "&amp;", "&lt;b&gt;", "&#64;octocat", "\n", "\r", "\r\n", "\t",
    "    ", " ", "  ", "\n\n", "::error::x", "##[error]x", "\u202e", "\u2066", "\u200b", "\xa0", "\u2028", "\x00",
    "\x1b[31m", "\x85", "\ufeff", "\ud800", "\U000e0041", "\ufffe", "\xe9", "\u65e5\u672c", "\U0001f642",
    "\u26a0\ufe0f", "a", "backup", "etl-2", "0", "/close", "!12", "%1", "&1", "<https://evil.example>",
    "> [!WARNING]", "<?php", "<![CDATA[", "[[x]]", "{{ x }}", "${{ secrets.A }}", "../..", "-rf", "--help",
)  # fmt: skip
"""Text that GitHub or GitLab turn into something else."""


@dataclass
class Values:
    """Random hostile strings."""

    random: Random
    names: list[str] = field(default_factory=list[str])
    """The names that a page must show."""

    def text(self) -> str:
        """A hostile string."""
        draw = self.random
        parts = [
            draw.choice(FRAGMENTS) if draw.random() < 0.8 else self._characters() for _ in range(draw.randint(0, 6))
        ]
        return draw.choice(("", "", " ")).join(parts)

    def _characters(self) -> str:
        planes = ((0, 0x7F), (0x80, 0x2FF), (0x2000, 0x206F), (0x300, 0xFFFF), (0x10000, 0x10FFFF))
        low, high = self.random.choice(planes)
        return "".join(chr(self.random.randint(low, high)) for _ in range(self.random.randint(1, 4)))

    def name(self, least: int = 0) -> str:
        """A hostile name of at least `least` characters, which the page must show."""
        text = self.text()
        self.names.append(text if len(text) >= least else "a")
        return self.names[-1]

    def several(self, make: Callable[[], Any], most: int = 2) -> Any:
        """A tuple of random length."""
        return tuple(make() for _ in range(self.random.randint(0, most)))

    def change(self) -> Change:
        """A change of a key."""
        old, new = (
            self.random.choice((ABSENT, self.text(), [self.text()], {self.text(): self.text()})) for _ in range(2)
        )
        return Change((self.text() or "key", *self.several(self.text)), old, new)

    def grant(self, holder: str = "") -> Grant:
        """A permission."""
        return Grant(Holder("runs of", holder), self.text(), self.random.choice(("*", self.text())), self.text())

    def runs(self) -> Runs:
        """Next runs."""
        return Runs(self.several(self.text), paused=self.random.random() < 0.2)

    def summary(self) -> TaskSummary:
        """A task."""
        return TaskSummary(self.name(), self.several(self.text), self.runs(), 1.5)

    def task_change(self) -> TaskChange:
        """A changed task."""
        return TaskChange(self.name(), self.several(self.change), (self.runs(), self.runs()), (1, 2))

    def step(self) -> Step:
        """A resource of a preview."""
        operation = self.random.choice(("create", "update", "replace", "delete", "import"))
        return Step(operation, self.text(), self.name(), self.several(self.text), self.random.random() < 0.3)

    def preview(self) -> Preview:
        """A preview that succeeds or fails."""
        if self.random.random() < 0.3:
            return Preview("a", (), (self.text(),), frozenset(), frozenset(), ())
        return Preview("a", self.several(self.step), (), frozenset(), frozenset(), self.several(self.name))

    def differences(self) -> Differences:
        """Differences of a stack."""
        gained = self.several(lambda: Gain(self.grant(self.name(least=1)), self.several(self.grant, 1)))
        return Differences(
            stack="a",
            added=self.several(self.summary),
            removed=self.several(self.summary),
            changed=self.several(self.task_change),
            settings=(self.change(), *self.several(self.change)),
            permissions=PermissionChanges(gained, self.several(self.grant)),
            cost=(Cost(fargate=1), Cost(fargate=2)),
            warnings=Warnings(self.several(self.text)),
            preview=self.random.choice((lambda: None, self.preview))(),
        )

    def review(self) -> Review:
        """The review of a stack."""
        kind = self.random.randint(0, 5)
        if kind == 0:
            return Review(self.name(), problems=self.text() or "x")
        if kind == 1:
            return Review(self.name())
        base = self.text() if kind == 2 else ""
        return Review(self.name(), self.differences(), base_problems=base)

    def reviews(self) -> list[Review]:
        """The reviews of a pull request."""
        return [self.review() for _ in range(self.random.randint(1, 3))]
