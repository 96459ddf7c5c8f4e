"""The tasks of a stack, and the layers that make each of them."""

from collections.abc import Mapping
from typing import cast

from components.aws.spelling import camel_case
from components.calls.kinds import KINDS
from components.json_values import Data
from components.keys.validation import validated
from components.problems import Name, Problem, nearest

from . import keys
from .bounds import TASKS
from .layers import merged
from .shared_tasks import SharedTasks

SHARED_DEFAULTS, STACK_DEFAULTS = "config/tasks/defaults.yaml", "the stack's defaults"
_HINTS = 20
"""Unknown names whose message suggests a shared task."""
_OWN_TASK = "A task of the stack itself needs an image, a taskDefinition, or a call such as stop."
_WAYS = {"image", "taskDefinition", *map(camel_case, KINDS)}


class TaskLayers:
    """The tasks of a stack, and the layers of each task."""

    def __init__(self, stack: Data, shared: SharedTasks):
        self.shared = shared
        self.defaults: Data = stack.get("defaults", {})
        self.choice: object = stack.get("catalogue", True)
        self.entries: Mapping[str, Data | None] = stack.get("tasks", {})
        self.problems: list[Problem] = []
        self._hints = _HINTS
        self.unusable: list[str] = []
        """The entries that make no task and change none."""
        self.names: list[str] = []
        """The tasks, sorted. There are none if they are too many."""
        if len(self.entries) > TASKS:
            message = f"has {len(self.entries):,} tasks. A stack has at most {TASKS:,}. Split it into stacks."
            self.problems.append(Problem(("tasks",), message))
        elif not shared.too_many:
            self._choose()

    def _choose(self) -> None:
        selected = self._selected()
        own = [name for name in self.entries if self._is_own(name, selected)]
        dropped = {name for name, entry in self.entries.items() if entry is None}
        self.names = sorted({*selected, *own} - dropped)

    def of(self, name: str) -> list[tuple[str, Data]]:
        """The layers of a task, lowest first, each with its origin."""
        return [
            (SHARED_DEFAULTS, self.shared.defaults),
            (self.shared.file(name), self.shared.tasks.get(name, {})),
            (STACK_DEFAULTS, self.defaults),
            ("", self.entries.get(name) or {}),
        ]

    def default_logs(self) -> Data:
        """The logs of a task that sets nothing itself."""
        both = [("", self.shared.defaults), ("", self.defaults)]
        logs = {key: value for key, value in merged(both)[0].items() if key == "logs"}
        return validated(keys.Task, logs, from_yaml=True).values.get("logs", {})

    def _selected(self) -> set[str]:
        choice = self.choice
        if not isinstance(choice, list):
            return set() if choice is False else set(self.shared.tasks)
        names = cast("list[str]", choice)
        for position, name in enumerate(names):
            if name not in self.shared.tasks:
                hint = self._hint(name)
                self.problems.append(
                    Problem(("catalogue", position), f'there is no shared task "{name}" in config/tasks.{hint}')
                )
        return set(names) & set(self.shared.tasks)

    def _is_own(self, name: str, selected: set[str]) -> bool:
        """Whether an entry is the stack's own task, as opposed to a change of a shared task."""
        entry = self.entries[name]
        if name in selected:
            return False
        if name in self.shared.tasks:
            if entry is not None:
                self._problem(
                    name,
                    "is a shared task that the stack does not select. Add its name to the catalogue key.",
                )
            return False
        if entry is None or not _WAYS & entry.keys():
            hint = self._hint(name)
            self._problem(
                name,
                f"there is no shared task of this name.{hint} {_OWN_TASK if entry else 'Remove the entry.'}",
            )
            return False
        return True

    def _hint(self, name: str) -> str:
        """The shared task that was probably meant. Comparing all names with all names would take minutes."""
        self._hints -= 1
        return nearest(name, self.shared.tasks) if self._hints >= 0 else ""

    def _problem(self, name: str, message: str) -> None:
        self.unusable.append(name)
        self.problems.append(Problem(("tasks", Name(name)), message))
