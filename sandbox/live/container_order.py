"""The order in which ECS starts and stops the containers of a task. Pure.

AWS: botocore ecs, ContainerDependency.condition, ContainerDefinition.dependsOn ("When a dependency is defined for
container startup, for container shutdown it is reversed.") and .essential; aws/amazon-ecs-agent, pull request 3218, for
dependencies that can never be met.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

START, COMPLETE, SUCCESS, HEALTHY = "START", "COMPLETE", "SUCCESS", "HEALTHY"
"""AWS: botocore ecs, ContainerCondition."""
PENDING, RUNNING, STOPPED = "PENDING", "RUNNING", "STOPPED"
NEVER_STARTED = 143
"""The exit code of a container whose dependencies can never be met. AWS: aws/amazon-ecs-agent, pull request 3218."""


class Container(Protocol):
    """A container of a task."""

    name: str
    image: str
    last_status: str
    """`PENDING`, `RUNNING` or `STOPPED`."""
    exit_code: int | None


Definitions = Sequence[Mapping[str, Any]]
"""The container definitions of a task definition."""


def is_essential(definitions: Definitions, name: str) -> bool:
    """Whether the end of a container ends its task. AWS: "If this parameter is omitted, a container is assumed to be
    essential." """
    return next(each for each in definitions if each["name"] == name).get("essential", True) is True


def is_awaited(definitions: Definitions, name: str) -> bool:
    """Whether another container starts after the end of this one."""
    return any(of == name and condition in (COMPLETE, SUCCESS) for _, of, condition in _dependencies(definitions))


def startable(definitions: Definitions, containers: Iterable[Container]) -> list[str]:
    """The containers that may start now."""
    by_name = {container.name: container for container in containers}
    waiting = {name for name, of, condition in _dependencies(definitions) if not _is_met(condition, by_name[of])}
    return [name for name, it in by_name.items() if it.last_status == PENDING and name not in waiting]


def unstartable(definitions: Definitions, containers: Iterable[Container]) -> dict[str, str]:
    """The containers that can never start, with the reason that ECS reports for each."""
    by_name = {container.name: container for container in containers}
    found: dict[str, str] = {}
    for name, of, condition in _dependencies(definitions):
        target, dependency = by_name[name], by_name[of]
        if target.last_status == PENDING and (why := _never(condition, dependency)):
            code = "" if dependency.exit_code is None else f" - Exit: {dependency.exit_code}"
            found[name] = (
                "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency"
                f" [{of}({dependency.image}) (STOPPED->RUNNING){code}] for target"
                f" [{name}({target.image}) (NONE->RUNNING)] {why}"
            )
    return found


def stoppable(definitions: Definitions, running: Iterable[str]) -> list[str]:
    """The containers that may be stopped now: those on which no container depends that still runs."""
    names = list(running)
    needed = {of for name, of, _ in _dependencies(definitions) if name in names}
    return [name for name in names if name not in needed]


def _dependencies(definitions: Definitions) -> Iterator[tuple[str, str, str]]:
    """Each dependency: the container, the one that it depends on, and the condition."""
    for each in definitions:
        for dependency in each.get("dependsOn") or ():
            yield each["name"], dependency["containerName"], dependency["condition"]


def _is_met(condition: str, of: Container) -> bool:
    if condition == HEALTHY:
        # A stand-in, or a container whose health check the sandbox doesn't run, is healthy as soon as it runs.
        return of.last_status == RUNNING
    if condition == START:
        return of.last_status == RUNNING or of.exit_code is not None
    return of.last_status == STOPPED and (of.exit_code == 0 if condition == SUCCESS else of.exit_code is not None)


def _never(condition: str, of: Container) -> str:
    """Why a condition can never be met; empty if it can."""
    if of.last_status != STOPPED or _is_met(condition, of):
        return ""
    # AWS's own texts: aws/amazon-ecs-agent, agent/engine/dependencygraph/graph.go.
    if condition == SUCCESS and of.exit_code is not None:
        return "as dependency did not exit successfully."
    return "because dependency will never start"
