"""Locks that tasks share."""

from __future__ import annotations

from collections.abc import Mapping

from ..problems import Problem, closest
from ..resolved import Task


def lock_warnings(tasks: Mapping[str, Task]) -> dict[str, Problem]:
    """Locks that only one task has, by task. A likely spelling mistake, or a key without a use."""
    users: dict[str, list[str]] = {}
    for name, task in tasks.items():
        if task.lock is not None:
            users.setdefault(task.lock, []).append(name)
    return {names[0]: _warning(lock, users) for lock, names in users.items() if len(names) == 1}


def _warning(lock: str, users: Mapping[str, list[str]]) -> Problem:
    meant = closest(lock, [other for other in users if other != lock])
    hint = f' Did you mean "{meant}", the lock of {users[meant][0]}?' if meant else ""
    message = f'"{lock}" is the lock of no other task of this stack. Give it to another task, or remove it.{hint}'
    return Problem(("lock",), message)
