"""The error that a component raises for arguments that cannot be deployed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi

from ..problems import Problem, report


class InvalidArgumentsError(pulumi.RunError):
    """Arguments that cannot be deployed, with everything that is wrong, before anything is created.

    A `pulumi.RunError`, so that Pulumi shows its message without a traceback.
    """

    def __init__(self, component: str, problems: Sequence[Problem]):
        super().__init__(report(problems, component))
        self.component = component
        self.problems = tuple(problems)

    def spelled(self, spell: Callable[[Problem], Problem]) -> InvalidArgumentsError:
        """The same error with each problem as its reader spells it."""
        return InvalidArgumentsError(self.component, [spell(problem) for problem in self.problems])


def refuse(component: str, problems: Sequence[Problem]) -> None:
    """Raise InvalidArgumentsError if there are problems."""
    if problems:
        raise InvalidArgumentsError(component, problems)
