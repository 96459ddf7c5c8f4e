"""Errors of the components, as the author of the YAML reads them."""

from collections.abc import Generator
from contextlib import contextmanager

from components.checks.errors import InvalidArgumentsError
from components.problems import Name, Problem

from .loader import StackConfig
from .translation import as_written, group_as_written


@contextmanager
def problems_in_yaml_spelling(config: StackConfig, task: str | None = None) -> Generator[None]:
    """Report problems that only lookups find, such as missing subnets, at their place in the files.

    Args:
        config: The configuration of the stack.
        task: The name of the task that is created; None for the group.

    Raises:
        InvalidArgumentsError: The same problems, with keys as YAML spells them.
    """
    try:
        yield
    except InvalidArgumentsError as error:
        raise error.spelled(lambda problem: _located(config, task, problem)) from None


def _located(config: StackConfig, task: str | None, problem: Problem) -> Problem:
    parts = list(problem.path)
    if task is None and len(parts) > 1 and parts[0] == "tasks":
        # The group looks at the tasks too.
        task, problem = str(parts[1]), Problem(tuple(parts[2:]), problem.message)
    if task is None:
        return config.locate(group_as_written(problem))
    written = as_written(problem, schedule_is_list=task in config.schedule_lists)
    return config.locate(written.within("tasks", Name(task)))
