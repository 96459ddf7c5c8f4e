"""Problems in the spelling of Pulumi packages: camelCase, where Python has snake_case."""

from components.aws.spelling import camel_case
from components.problems import Problem


def as_written(problem: Problem) -> Problem:
    """A problem with the arguments of a component, with keys in camelCase."""
    return problem.spelled(camel_case)
