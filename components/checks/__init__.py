"""What AWS would refuse, or what cannot work, found before anything is created.

Pure: arguments in, problems out. Values that other resources produce (outputs) cannot be known yet and are
passed over. A value of the wrong type is passed over too: that is the shape's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..aws import names
from ..problems import Problem
from . import capacity as places
from . import containers, groups, roles, schedules, shared, sizes, supervision
from .values import Args


def task_problems(name: str, args: Args) -> list[Problem]:
    """All that is wrong with one scheduled task, paths seen from the task."""
    problems = list(_name_problems(name))
    for check in _TASK_CHECKS:
        problems.extend(check(args))
    return problems


def group_problems(args: Args) -> list[Problem]:
    """All that is wrong with what a group's tasks share, paths seen from the group."""
    return [problem for check in _GROUP_CHECKS for problem in check(args)]


def _name_problems(name: str) -> Iterator[Problem]:
    if len(name) > names.TASK_NAME_LENGTH or not re.fullmatch(names.TASK_NAME, name, re.ASCII):
        yield Problem(
            (),
            f'"{name}" is not a name for a task: AWS would refuse it, or it would be ambiguous. Use up to '
            f'{names.TASK_NAME_LENGTH} letters, digits, "-" and single "_", starting with a letter or digit.',
        )


_Check = Callable[[Args], Iterator[Problem]]
_TASK_CHECKS: tuple[_Check, ...] = (
    containers.what_runs, containers.main_container, containers.sidecars, containers.volumes, roles.roles, sizes.size,
    places.capacity, places.placement, places.networking, schedules.schedules, schedules.timing,
    schedules.expected_success, supervision.supervision, shared.retry, shared.description, shared.logs, shared.tags,
)  # fmt: skip
_GROUP_CHECKS: tuple[_Check, ...] = (
    groups.cluster, groups.network, groups.notify, groups.keys, groups.roles, groups.references, groups.containers,
    shared.logs, shared.group_tags,
)  # fmt: skip
