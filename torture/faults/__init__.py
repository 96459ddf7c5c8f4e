"""Faults of AWS, of proxies and of the network, for each command that calls AWS and each of its calls.

A trial survives if the command ends with a message or with its usual result, without a traceback, a hang, a lost
message or a second run.
"""

from collections import defaultdict
from random import Random

from components.text import visible

from ..trials import Part, Say, Section, Trial
from .kinds import PAGE_FAULTS, POLL_FAULTS
from .trial import COMMANDS, Case, trials

_GROUPS = {
    "Throttling and server errors": ("throttled", "500", "503", "503 of a proxy"),
    "No answer, a lost answer, a reset connection": ("timeout", "no connection", "lost answer", "reset connection"),
    "Answers that are truncated, empty, HTML, or have values of other types": (
        "truncated body", "empty object", "empty body", "HTML", "JSON that is no object", "other types",
        "403 of a proxy",
    ),
    "Denied access, expired credentials, a wrong clock": ("access denied", "expired credentials", "wrong clock"),
    "Lists with repeated tokens, tokens in a circle, and empty pages": tuple(PAGE_FAULTS),
    "Runs, executions and queries that never end": tuple(POLL_FAULTS),
}  # fmt: skip
"""The rows of the table, with their faults."""


def measure(count: int, seed: int, say: Say) -> Part:
    """Try `count` cases of the matrix of commands, calls, faults and times. More than there are means all of them."""
    tried: defaultdict[str, int] = defaultdict(int)
    problems: defaultdict[str, list[str]] = defaultdict(list)
    with trials() as made:
        for case in chosen(list(made.cases()), count, seed):
            group = next(name for name, faults in _GROUPS.items() if case.fault in faults)
            tried[group] += 1
            if found := made.problem(case):
                problems[group].append(visible(f"{case}: {found}"))
                say(problems[group][-1])
    return Part(
        [
            Trial(group, tried[group], tried[group] - len(problems[group]), "; ".join(problems[group][:1]))
            for group in _GROUPS
            if tried[group]
        ]
    )


def chosen(cases: list[Case], count: int, seed: int) -> list[Case]:
    """Choose `count` cases. The same seed chooses the same ones."""
    Random(seed).shuffle(cases)  # noqa: S311 - trials must repeat
    return cases[:count]


SECTION = Section(
    "Operating commands and faults of AWS",
    f"""\
The emulator's answers to one call of {len(COMMANDS)} command lines are spoiled, once or always. The command must end as
usual, or within 60 seconds with a message that names the call or what is missing. No dead-letter message may be lost,
and no run may start twice.""",
    measure,
    7_000,
    """\
A redrive waits 120 seconds for the first ECS task of an execution, then keeps the message.""",
)
