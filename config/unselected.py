"""Shared tasks that no stack selects. A deployment ignores them, so only `scheduled-tasks check` looks at them."""

from collections.abc import Iterable
from dataclasses import dataclass

from components.keys.validation import validated
from components.problems import Name, Problem

from . import keys
from .locating import Locator, collected
from .places import LocatedProblem
from .shared_tasks import SharedTasks
from .sources import Source
from .stored_secrets import StoredSecrets
from .task_layers import TaskLayers
from .task_loading import load_tasks, stack_values

_OF_STACKS = ("image", "schedule")
"""Keys that a stack may add, so a file may lack them."""


@dataclass(frozen=True, slots=True)
class Unselected:
    """The problems of shared tasks that no stack selects, and the warnings about them."""

    problems: tuple[LocatedProblem, ...] = ()
    warnings: tuple[LocatedProblem, ...] = ()


def unselected(stacks: Iterable[Source], shared: SharedTasks) -> Unselected:
    """Validate the shared tasks that none of the stacks selects.

    Args:
        stacks: All stacks of the project.
        shared: The shared tasks.
    """
    selected = {name for source in stacks for name in _names(source, shared)}
    names = [] if shared.too_many else sorted(shared.tasks.keys() - selected)
    alone = Source("", {}, ())
    locator, secrets, layers = Locator(alone, shared), StoredSecrets(alone), TaskLayers({}, shared)
    problems = load_tasks(names, layers, secrets).problems
    own = [problem for problem in problems if not _is_missing(problem)]
    return Unselected(tuple(collected(own, locator)), tuple(locator.located(_warning(name)) for name in names))


def _names(source: Source, shared: SharedTasks) -> list[str]:
    stack = validated(keys.Stack, stack_values(StoredSecrets(source)), from_yaml=True)
    return TaskLayers(stack.values, shared).names


def _is_missing(problem: Problem) -> bool:
    return problem.path[2:] in {(key,) for key in _OF_STACKS} and problem.message.startswith("is missing")


def _warning(name: str) -> Problem:
    return Problem(
        ("tasks", Name(name)),
        "no stack selects this shared task, so it never runs. Add its name to the catalogue key of a stack, or remove "
        "the task.",
    )
