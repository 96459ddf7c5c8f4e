"""Execution of the containers of runs: the interface, and a stand-in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ops.runs.containers import containers_of, main_container, overridden
from ops.simulation.clock import Clock

STAND_IN_SECONDS = 5
"""How long a stand-in runs."""
TERMINATED = 143
"""The exit code of a process that SIGTERM ends: 128 + 15."""


@dataclass(frozen=True, slots=True)
class Work:
    """A run as ECS starts it.

    Args:
        id: The last part of the ECS task's ARN.
        definition: The task definition, as DescribeTaskDefinition returns it.
        overrides: The overrides of RunTask.
    """

    id: str
    definition: Mapping[str, Any]
    overrides: Mapping[str, Any]

    @property
    def container(self) -> str:
        """The name of the container that does the work. The sandbox executes no other."""
        return main_container(containers_of(self.definition["containerDefinitions"]), overridden(self.overrides))

    @property
    def settings(self) -> Mapping[str, Any]:
        """The definition of that container."""
        return next(each for each in self.definition["containerDefinitions"] if each["name"] == self.container)


@dataclass(frozen=True, slots=True)
class End:
    """The end of the container.

    `exit_code` is None if it did not start. `reason` is what ECS reports for the container.
    """

    exit_code: int | None
    reason: str = ""


class Observer(Protocol):
    """Gets what happens to a container. Its methods are called by the clock."""

    def started(self) -> None:
        """The container runs."""
        ...

    def wrote(self, line: str) -> None:
        """The container wrote a line, or the sandbox has a note about it."""
        ...

    def ended(self, end: End) -> None:
        """The container ended, or can't start. It is the last call."""
        ...


Stop = Callable[[], None]
"""Sends SIGTERM to a container, and later SIGKILL."""


class Executor(Protocol):
    """Executes containers."""

    def start(self, work: Work, observer: Observer) -> Stop:
        """Start the container of a run. Returns what stops it."""
        ...


@dataclass(frozen=True, slots=True)
class StandIn:
    """Executes nothing: each run says so in its log, and ends after some seconds.

    Args:
        clock: The clock of all runs.
        why: Why there is no container.
        end: The end of each run. Default: exit code 0.
        seconds: How long a run takes.
    """

    clock: Clock
    why: str
    end: End = End(0)
    seconds: float = STAND_IN_SECONDS

    def start(self, work: Work, observer: Observer) -> Stop:
        """Start a stand-in."""
        open_ = [True]

        def finish(end: End) -> None:
            if open_:
                open_.clear()
                observer.wrote("The stand-in ends." if end.exit_code is None else f"Exit code {end.exit_code}.")
                observer.ended(end)

        command = " ".join(_command(work))
        observer.started()
        observer.wrote(f"This is a stand-in for a container of {work.settings['image']}: {self.why}")
        if command:
            observer.wrote(f"The container would run: {command}")
        self.clock.at(self.clock.now + self.seconds, lambda: finish(self.end))
        return lambda: finish(End(TERMINATED))


def _command(work: Work) -> list[str]:
    own = [entry for entry in work.overrides.get("containerOverrides", []) if entry.get("name") == work.container]
    changed = next((entry["command"] for entry in reversed(own) if entry.get("command")), None)
    return [*work.settings.get("entryPoint", []), *(changed or work.settings.get("command", []))]
