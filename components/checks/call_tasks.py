"""Checks of calls: exactly one kind, no keys of containers, and references that the group allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from ..args import ScheduledCallArgs, ScheduledTaskArgs
from ..aws.names import CallMachine
from ..calls.kinds import CALL_KEYS, KINDS
from ..keys.reference import keys_of
from ..problems import Path, Problem, key, listed
from ..resolved import CallTask
from .check import reads
from .known_group import KnownGroup
from .same_account import call_elsewhere
from .tags import tags_together

CONTAINER_KEYS = frozenset(keys_of(ScheduledTaskArgs)) - frozenset(keys_of(ScheduledCallArgs))
"""The keys of tasks that run containers, which calls don't have."""


@reads(*KINDS)
def one_kind(task: CallTask) -> Iterator[Problem]:
    """Exactly one kind of call."""
    kinds = [kind for kind in KINDS if kind in task.args]
    if len(kinds) > 1:
        named = listed([key(kind) for kind in kinds], "and")
        yield Problem((kinds[-1],), f"a task makes one call, and this one has {named}. Split it into several tasks.")
    elif not kinds:
        yield Problem((), f"makes no call. Set one of {listed([key(kind) for kind in KINDS])}.")


@reads("call", "with_", "resources", "because")
def only_with_call(task: CallTask) -> Iterator[Problem]:
    """Keys that describe `call`, and no other kind."""
    for name in ("with_", "resources", "because"):
        if name in task.args and "call" not in task.args:
            yield Problem((name,), f"is only for {key('call')}. Remove it.")


@reads("except_", "only", "snapshot", "hours")
def left_out_times(task: CallTask) -> Iterator[Problem]:
    """Times that are left out need a state machine."""
    if task.machine is not None:
        return
    instead = (
        f"Write {key('keep')} for the snapshot, whose state machine can."
        if "snapshot" in task.args
        else "A task with an image can, and can make the call with the AWS CLI."
    )
    for name in ("except_", "only"):
        if name in task.args:
            yield Problem(
                (name,),
                f"is only for {key('hours')} and for {key('snapshot')} with {key('keep')}: EventBridge Scheduler makes "
                f"this call itself, and can't leave out times. Remove it. {instead}",
            )


def kind_among(names: Iterable[object]) -> str | None:
    """The key that makes a task a call. None for a task that runs containers."""
    given = set(names)
    return next((kind for kind in KINDS if kind in given), None)


def container_keys_problem(kind: str, names: Iterable[str]) -> Problem | None:
    """One problem for all keys of containers that a call has.

    Args:
        kind: The key that makes it a call.
        names: The keys of the task, in snake_case.
    """
    found = [name for name in names if name in CONTAINER_KEYS]
    rest = f"Remove {'it' if len(found) == 1 else 'them'}, or make two tasks."
    return _misplaced(found, f"to a task that runs containers, and this task makes an API call ({key(kind)}). {rest}")


def call_keys_problem(names: Iterable[object]) -> Problem | None:
    """One problem for all keys of calls that a task with containers has. `names` are its keys, in snake_case."""
    found = [cast("str", name) for name in names if name in CALL_KEYS]
    return _misplaced(found, "to a call, and this task runs containers. Use a ScheduledCall.")


def _misplaced(names: Sequence[str], where: str) -> Problem | None:
    """One problem for all keys that belong to another kind of task."""
    if not names:
        return None
    belong = "belongs" if len(names) == 1 else "belong"
    return Problem((names[0],), f"{listed([key(name) for name in names], 'and')} {belong} {where}")


def call_in_group(task: CallTask, group: KnownGroup) -> list[Problem]:
    """References that the group's account does not allow, too many tags, and what the group lacks for it."""
    return [
        *call_elsewhere(task, group.account),
        *tags_together(task, group.tags, group.default_tags),
        *_needs_machines(task, has_machines=group.has_machines),
        *_needs_events(task, group),
    ]


_PATHS: Mapping[CallMachine, Path] = {"hours": ("hours",), "keep": ("snapshot", "keep")}
"""The keys that need a state machine."""


def _needs_machines(task: CallTask, *, has_machines: bool) -> Iterator[Problem]:
    if task.machine is not None and not has_machines:
        yield Problem(
            _PATHS[task.machine],
            f"needs a group with supervised tasks. Set {key('supervised')}: true on the group, which then creates the "
            "table and the log group of state machines.",
        )


def _needs_events(task: CallTask, group: KnownGroup) -> Iterator[Problem]:
    """An alarm needs the events about the end of the work."""
    known = task.name in group.watched_calls or group.reports_calls
    if task.machine is None and task.expect_success_within is not None and not known:
        yield Problem(
            ("expect_success_within",),
            f"needs the outcome logs of the group. Remove {key('outcomes')}: false from {key('monitoring')}.",
        )
