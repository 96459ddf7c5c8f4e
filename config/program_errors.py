"""Errors of the components, as the author of the YAML reads them."""

from collections.abc import Generator
from contextlib import contextmanager

from components.checks.errors import InvalidArgumentsError
from components.problems import Problem

from .translation import as_written


@contextmanager
def problems_in_yaml_spelling() -> Generator[None]:
    """Report problems that only lookups find, such as missing subnets, with keys as YAML spells them.

    Raises:
        InvalidArgumentsError: The same problems, at the keys of the configuration.
    """
    try:
        yield
    except InvalidArgumentsError as error:
        raise error.spelled(_as_written) from None


def _as_written(problem: Problem) -> Problem:
    if problem.path[:1] == ("tasks",):
        return as_written(Problem(problem.path[2:], problem.message)).within(*problem.path[:2])
    return as_written(problem)
