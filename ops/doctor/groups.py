"""Findings in the order of their urgency, with equal causes in one group. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .finding import OK, PROBLEM, STACK, UNKNOWN, WARNING, Finding

LEVELS = (PROBLEM, UNKNOWN, WARNING, OK)
"""The levels, the most urgent first."""
_TASK = "TASK"
"""In a command for several tasks, in place of the name of one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings with the same cause.

    Args:
        level: Their level.
        message: The message, with the task's name if it is one finding.
        heading: The kind of `names`. Empty for one finding.
        names: The tasks or resources of the findings.
        fix: The next step.
    """

    level: str
    message: str
    heading: str
    names: Sequence[str]
    fix: str


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Group findings by cause: problems first, then failed checks, warnings and passed checks.

    Within a level, findings about the stack come before those about its tasks.
    """
    causes: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: (LEVELS.index(each.level), each.task != STACK)):
        causes.setdefault(_key(finding), []).append(finding)
    return [_group(alike) for alike in causes.values()]


def _key(finding: Finding) -> tuple[str, str, str, str]:
    cause = finding.cause
    fix = _general(finding.fix, finding.task)
    if cause is None:
        # Findings about the stack without a cause name what they are about.
        return finding.level, finding.message, "" if finding.task else STACK, fix
    return finding.level, cause.sentence, cause.heading, fix


def _general(fix: str, task: str) -> str:
    """A fix that ends in a command for a task, for any task."""
    return fix.removesuffix(f" {task}") + f" {_TASK}" if task and fix.endswith(f" {task}") else fix


def _group(alike: Sequence[Finding]) -> Group:
    first = alike[0]
    if len(alike) == 1:
        named = first.task == STACK or first.message.startswith(f"{first.task} ")
        return Group(first.level, first.message if named else f"{first.task}: {first.message}", "", (), first.fix)
    cause = first.cause
    names = sorted(dict.fromkeys((each.cause.name if each.cause else "") or each.task for each in alike))
    return Group(
        first.level,
        cause.sentence if cause else first.message,
        cause.heading if cause else "Tasks",
        names,
        _general(first.fix, first.task),
    )
