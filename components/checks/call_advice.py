"""Checks for settings of calls that AWS accepts, but that are likely mistakes. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import cast

from ..calls.any_call import any_call_advice
from ..calls.databases import RESTARTS_AFTER_DAYS
from ..calls.kinds import call_keys
from ..problems import Problem, key
from ..resolved import CallKeys, CallTask
from .advice import runs_of, schedule_warnings, success_warnings
from .exception_advice import exception_warnings

_RUNS = 200


def call_warnings(task: CallTask, now: datetime) -> list[Problem]:
    """Likely mistakes in one call, in the year from `now` on."""
    keys = call_keys(cast("Mapping[str, object]", task.args))
    found = [*schedule_warnings(task, now), *any_call_advice(keys), *_started_again(task, keys, now), *_minimum(keys)]
    found += exception_warnings(task, now)
    found += success_warnings(task, now)
    return list(dict.fromkeys(found))


def _started_again(task: CallTask, keys: CallKeys, now: datetime) -> Iterator[Problem]:
    """AWS starts a stopped database after 7 days."""
    stop = keys.stop
    kind = "database" if stop and stop.database else "cluster" if stop and stop.cluster else None
    if kind is None:
        return
    runs = list(islice(heapq.merge(*(runs_of(schedule, now) for schedule in task.schedules)), _RUNS))
    longest = max((later - earlier for earlier, later in pairwise(runs)), default=None)
    if runs and (longest is None or longest > timedelta(days=RESTARTS_AFTER_DAYS)):
        yield Problem(
            ("stop", kind),
            f"is started by AWS {RESTARTS_AFTER_DAYS} days after it was stopped, and this call stops it again later "
            "or never. Stop it at least once a week.",
        )


def _minimum(keys: CallKeys) -> Iterator[Problem]:
    """AWS refuses a desired capacity outside of a group's bounds."""
    scale = keys.scale
    if scale and scale.group and scale.to is not None and scale.min is None:
        yield Problem(
            ("scale", "to"),
            f"fails if the group's minimum is larger than {scale.to}. Set {key('min')} too.",
        )
