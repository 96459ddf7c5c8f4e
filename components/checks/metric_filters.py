"""Metric filters of a stack's tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..aws import limits
from ..problems import Problem, key
from ..resolved import Group, Task


def metric_filters(tasks: Mapping[str, Task], group: Group) -> Iterator[Problem]:
    """A log group has a limited number of metric filters, and each task that counts its own successes needs one.

    One place stays free, so that the filter that counts all successes can be created before the others are deleted.
    """
    if group.monitoring.success_metrics == "shared" or not group.enabled:
        return
    counting = [task for task in tasks.values() if _counts_successes(task)]
    most = limits.METRIC_FILTERS - 1
    if len(counting) > most:
        yield Problem(
            ("monitoring", "success_metrics"),
            f"{len(counting)} tasks count their successes for {key('expect_success_within')}, each with its own metric "
            f"filter. AWS accepts {limits.METRIC_FILTERS} per log group, and one stays free for a change of this key. "
            f"Write {key('success_metrics')}: shared, split the stack, or set {key('timeout')} for some of the tasks: "
            "supervised tasks need no metric filter.",
        )


def _counts_successes(task: Task) -> bool:
    return task.expect_success_within is not None and not task.is_supervised and not task.is_paused
