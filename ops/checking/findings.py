"""Errors and likely mistakes in the configuration of stacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Literal

from config import (
    ConfigError,
    LocatedProblem,
    SharedTasks,
    Source,
    ended,
    load,
    read_shared_tasks,
    unselected,
    warnings,
)
from config.stack_files import misnamed_files
from config.yaml_files import YamlError

from ..project import Project

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that is probably not meant."""

    severity: Severity
    problem: LocatedProblem
    stacks: tuple[str, ...] = ()
    """The stacks that it is in; none if it is in a file that belongs to no stack."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A stack, or the files that belong to no stack."""

    stack: str | None
    tasks: int = 0
    errors: Sequence[LocatedProblem] = field(default_factory=list[LocatedProblem])
    warnings: Sequence[LocatedProblem] = field(default_factory=list[LocatedProblem])


class Checker:
    """Checks the files of a project. Each file of a stack or a shared task is read once."""

    def __init__(self, project: Project, now: datetime):
        self.project, self.now = project, now
        self._sources: dict[str, Source] = {}

    @cached_property
    def _shared(self) -> SharedTasks:
        return read_shared_tasks(self.project.shared_tasks)

    def _source(self, stack: str) -> Source:
        if stack not in self._sources:
            self._sources[stack] = self.project.source(stack)
        return self._sources[stack]

    def stack(self, stack: str) -> Checked:
        """The errors of a stack or, if there are none, its warnings."""
        try:
            config = load(self._source(stack), self._shared)
        except ConfigError as error:
            return Checked(stack, errors=error.problems)
        except YamlError as error:
            problem = error.located(f"Pulumi.{stack}.yaml")
            return Checked(stack, errors=[replace(problem, message=problem.message + self.project.existing(stack))])
        return Checked(stack, len(config.scheduled), warnings=[*warnings(config, self.now), *ended(config, self.now)])

    def other_files(self, stacks: Iterable[str]) -> Checked:
        """Files that no stack reads: stack files with another ending, and shared tasks that no stack selects.

        If a stack's file cannot be read, it is not known which shared tasks it selects.
        """
        misnamed = [problem for _, problem in misnamed_files(self.project.folder)]
        try:
            sources = [self._source(stack) for stack in stacks]
        except YamlError:
            return Checked(None, errors=misnamed)
        found = unselected(sources, self._shared)
        return Checked(None, errors=[*misnamed, *found.problems], warnings=found.warnings)


def findings(checked: Iterable[Checked]) -> list[Finding]:
    """All findings, each once. A problem of a shared task can be in several stacks."""
    stacks: dict[tuple[Severity, LocatedProblem], list[str]] = {}
    for found in checked:
        both: tuple[tuple[Severity, Sequence[LocatedProblem]], ...] = (
            ("error", found.errors),
            ("warning", found.warnings),
        )
        for severity, problems in both:
            for problem in problems:
                stacks.setdefault((severity, problem), []).extend([found.stack] if found.stack else [])
    return [Finding(severity, problem, tuple(names)) for (severity, problem), names in stacks.items()]
