"""The result of a check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ParamSpec

from ..aws import errors

Given = ParamSpec("Given")

OK, WARNING, PROBLEM, UNKNOWN = "ok", "warning", "problem", "cannot tell"
STACK = ""
"""In place of a task: what all tasks share."""

RECREATE = "To create it again, run: pulumi up --refresh"
RESTORE = (
    "To undo manual changes, run: pulumi up --refresh. A permissions boundary or a policy of the organization can also "
    "deny it."
)


@dataclass(frozen=True, slots=True)
class Cause:
    """The common part of several findings, so that the command shows them as one.

    Args:
        sentence: The message without the names that differ.
        heading: The kind of the names that differ, in the plural, such as `Roles`.
        name: The name of this finding. Default: the name of the task.
    """

    sentence: str
    heading: str = "Tasks"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Levels:
        `ok`: Nothing to do.
        `warning`: Possibly intended.
        `problem`: Prevents runs or hides failures.
        `cannot tell`: AWS denied or failed a call of the check.
    """

    level: str
    task: str
    """Name of the task, or `STACK`."""
    message: str
    fix: str = ""
    failed: bool = False
    """Whether the check is incomplete because AWS failed one of its calls. A denied call doesn't count."""
    cause: Cause | None = None
    """The part that other findings can share. None: those with the same message and fix share it."""

    def as_data(self) -> dict[str, object]:
        """Return the JSON output."""
        return {
            "level": self.level,
            "task": self.task or None,
            "words": self.message,
            "fix": self.fix,
            "failed": self.failed,
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a finding. Its sentence is written once, and names the subject only in the message."""

    named: str
    """`the rule nightly`."""
    common: str
    """`a rule`, in the sentence of several findings."""
    each: str
    """`each rule`, in the sentence of several checks that passed."""
    heading: str = "Tasks"
    name: str = ""

    def finding(self, level: str, task: str, predicate: str, fix: str = "") -> Finding:
        """A finding whose sentence starts with the subject. `predicate` is the rest: `doesn't exist.`"""
        return self.said(level, task, lambda it: f"{_at_start(it)} {predicate}", fix)

    def said(self, level: str, task: str, sentence: Callable[[str], str], fix: str = "") -> Finding:
        """A finding whose sentence contains the subject."""
        cause = Cause(sentence(self.each if level == OK else self.common), self.heading, self.name)
        return Finding(level, task, sentence(self.named), fix, cause=cause)


def _at_start(subject: str) -> str:
    """The subject at the start of a sentence. Names in AWS keep their case, also a task named `a`."""
    article, _, rest = subject.partition(" ")
    return f"{article.capitalize()} {rest}" if rest and article in ("the", "a", "an", "each") else subject


def resource(kind: str, name: str) -> Subject:
    """A resource that tasks share, such as a `rule`."""
    article = "an" if kind[0] in "aeiou" else "a"
    return Subject(f"the {kind} {name}", f"{article} {kind}", f"each {kind}", f"{kind.capitalize()}s", name)


def own_resource(kind: str, name: str) -> Subject:
    """A resource that each task has, such as a `task definition`."""
    return Subject(f"the {kind} {name}", f"the {kind}", f"the {kind}")


def own_schedule(name: str) -> Subject:
    """A schedule of a task. Its name starts with that of the task."""
    return Subject(name, "the schedule", "the schedule")


def attempt(
    task: str,
    what: str,
    check: Callable[Given, Iterable[Finding] | Finding],
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> list[Finding]:
    """Run a check of `what`.

    If AWS fails one of its calls, return the findings up to there and one that explains the error.
    """
    found: list[Finding] = []
    try:
        result = check(*args, **kwargs)
        # One by one, to keep what was found before a call fails.
        for finding in [result] if isinstance(result, Finding) else result:
            found.append(finding)  # noqa: PERF402
    except Exception as error:
        if (line := errors.explained(error)) is None:
            raise
        found.append(cannot_tell(error, task, what, line))
    return found


def cannot_tell(error: BaseException, task: str, what: str, line: str) -> Finding:
    """Return the finding of a check of `what` whose call ended with an error, which `line` explains."""
    message = f"Can't check {what}. {line}"
    cause = Cause(line, "Can't check", f"{what} of {task}" if task else what)
    return Finding(UNKNOWN, task, message, failed=not errors.is_denied(error), cause=cause)


def abbreviate(names: Iterable[str], limit: int = 3) -> str:
    """Join the first names and tell how many more there are."""
    ordered = sorted(names)
    more = len(ordered) - limit
    return ", ".join(ordered[:limit]) + (f" and {more} more" if more > 0 else "")
