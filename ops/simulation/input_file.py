"""YAML files that a user gives to a simulation. All problems of a file are reported at once, with their lines."""

from collections.abc import Iterable
from pathlib import Path

from components.problems import Problem
from config.places import LocatedProblem, Place
from config.yaml_files import YamlError, document


class InputError(Exception):
    """A file that can't be read, or that has problems. The text has one line per problem."""


class InputFile:
    """A YAML file. JSON is YAML, too.

    Raises:
        InputError: The file can't be read.
    """

    def __init__(self, path: Path):
        self._path = str(path)
        try:
            self._document = document(path)
        except YamlError as error:
            raise InputError(str(error.located(self._path))) from error
        self.value = self._document.value

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Raise InputError if there are problems, or if the file isn't YAML as every reader understands it."""
        flaws = [Problem(flaw.path, flaw.message) for flaw in self._document.flaws]
        found = [self._located(problem) for problem in (*flaws, *problems)]
        if found:
            raise InputError("\n".join(map(str, found)))

    def _located(self, problem: Problem) -> LocatedProblem:
        spot = self._document.root
        for part in problem.path:
            spot = (spot.child(part) if spot else None) or spot
        return LocatedProblem(problem.path, problem.message, Place.at(self._path, spot))
