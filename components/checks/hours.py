"""Checks of office hours: one resource per entry, none twice, and no schedules besides their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from ..args import SleepArgs
from ..aws import limits, policy_sizes
from ..aws.account import TYPICAL_ACCOUNT
from ..aws.names import GroupNames
from ..hours.permissions import hours_policy
from ..hours.sleepers import sleepers_of
from ..keys.annotations import has_output
from ..keys.reference import keys_of
from ..problems import Problem, key, listed
from ..resolved import CallTask
from . import schedules
from .check import reads

MOST_RESOURCES = 20
"""A closing with more resources could exceed the history of an execution, which has at most 25,000 events. AWS: Step
Functions developer guide, "Quotas"."""
_LONG_PREFIX = 200
"""Characters of a longer prefix of a group than is usual. The prefix is not known yet."""
_KINDS = tuple(keys_of(SleepArgs))


@reads("hours")
def sleeping(task: CallTask) -> Iterator[Problem]:
    """Entries with one resource each."""
    hours = cast("Mapping[str, object] | None", task.args.get("hours"))
    if hours is None:
        return
    named = listed([key(kind) for kind in _KINDS])
    wrong = False
    for position, entry in enumerate(cast("Sequence[Mapping[str, object]]", hours["sleeps"])):
        if len(entry) != 1:
            wrong = True
            found = f"has {listed([key(name) for name in entry], 'and')}" if entry else "names no resource"
            yield Problem(("hours", "sleeps", position), f"{found}. Set one of {named} per entry.")
    if not wrong and not has_output(hours):
        yield from _together(task)


def _together(task: CallTask) -> Iterator[Problem]:
    args = cast("Mapping[str, Any]", task.args)
    found = sleepers_of(args, TYPICAL_ACCOUNT)
    if len(found) > MOST_RESOURCES:
        yield Problem(
            ("hours", "sleeps"),
            f"has {len(found)} resources. Use at most {MOST_RESOURCES}, because one execution stops them one by one. "
            "Split them into several tasks.",
        )
        return
    seen: set[str] = set()
    for position, entry in enumerate(args["hours"]["sleeps"]):
        for each in sleepers_of({"hours": {**args["hours"], "sleeps": [entry]}}, TYPICAL_ACCOUNT):
            if each.key in seen:
                yield Problem(("hours", "sleeps", position), f"{each.label} occurs twice. Remove one.")
            seen.add(each.key)
    policy = hours_policy(GroupNames("x" * _LONG_PREFIX), TYPICAL_ACCOUNT, task.name, found, tracing=True)
    if policy_sizes.policy_size(policy) > limits.INLINE_POLICY_LENGTH:
        yield Problem(
            ("hours", "sleeps"),
            "has resources whose ARNs don't fit into the policy of one role. Split them into several tasks.",
        )


@reads("hours", "catch_up")
def no_catch_up(task: CallTask) -> Iterator[Problem]:
    """A late opening or closing would contradict the current time."""
    if "hours" in task.args and any(schedule.catch_up for schedule in task.schedules):
        yield Problem(
            ("catch_up",), f"doesn't go with {key('hours')}: a late opening or closing would be wrong. Remove it."
        )


@reads("hours", "schedule", "schedules")
def own_schedules(task: CallTask) -> Iterator[Problem]:
    """No schedules besides those of the office hours."""
    if "hours" in task.args:
        for name in ("schedule", "schedules"):
            if name in task.args:
                yield Problem((name,), f"doesn't go with {key('hours')}, which makes its own schedules. Remove it.")


times = replace(schedules.schedules, reads=schedules.schedules.reads | {"hours"})
"""The check of the schedules of a call. Office hours make schedules, unless they are invalid."""
HOURS_CHECKS = (sleeping, no_catch_up, own_schedules, times)
