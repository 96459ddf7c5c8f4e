"""Execution of the containers of runs: the interface, and a stand-in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ops.runs.containers import containers_of, main_container, overridden
from ops.simulation.clock import Clock

from .container_order import Definitions, is_awaited, is_essential

STAND_IN_SECONDS = 5
"""How long a stand-in runs."""
TERMINATED = 143
"""The exit code of a process that SIGTERM ends: 128 + 15."""


@dataclass(frozen=True, slots=True)
class Work:
    """A container of a run as ECS starts it.

    Args:
        id: The last part of the ECS task's ARN.
        definition: The task definition, as DescribeTaskDefinition returns it.
        overrides: The overrides of RunTask.
        name: The name of the container. Default: the one that does the work.
    """

    id: str
    definition: Mapping[str, Any]
    overrides: Mapping[str, Any]
    name: str = ""

    @property
    def containers(self) -> Definitions:
        """The container definitions of the task."""
        return self.definition["containerDefinitions"]

    @property
    def container(self) -> str:
        """The name of the container."""
        return self.name or main_container(containers_of(self.containers), overridden(self.overrides))

    @property
    def settings(self) -> Mapping[str, Any]:
        """The definition of the container."""
        return next(each for each in self.containers if each["name"] == self.container)


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
        seconds: How long a run takes. None until it is stopped.
    """

    clock: Clock
    why: str
    end: End = End(0)
    seconds: float | None = STAND_IN_SECONDS

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
        if self.seconds is not None:
            self.clock.at(self.clock.now + self.seconds, lambda: finish(self.end))
        return lambda: finish(End(TERMINATED))


@dataclass(frozen=True, slots=True)
class Sidecars:
    """Executes no sidecars: each is a stand-in that runs until its task stops.

    It ends with exit code 0 if another container starts after its end, or if the end of the main container doesn't end
    the task. The containers of a task share a network. Engines can't share that of a container that starts later.
    """

    clock: Clock

    def start(self, work: Work, observer: Observer) -> Stop:
        """Start a stand-in for a sidecar."""
        main = replace(work, name="").container
        ends = is_awaited(work.containers, work.container) or not is_essential(work.containers, main)
        seconds = STAND_IN_SECONDS if ends else None
        return StandIn(self.clock, "the sandbox runs no sidecars.", seconds=seconds).start(work, observer)


def _command(work: Work) -> list[str]:
    own = [entry for entry in work.overrides.get("containerOverrides", []) if entry.get("name") == work.container]
    changed = next((entry["command"] for entry in reversed(own) if entry.get("command")), None)
    return [*work.settings.get("entryPoint", []), *(changed or work.settings.get("command", []))]
