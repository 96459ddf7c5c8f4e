"""Which container of a task does the work, and which exit code counts. Pure."""

from collections.abc import Collection, Iterable, Mapping

from components.json_values import Json, items, mapping
from components.resolved import MAIN_CONTAINER

Containers = Mapping[str, bool]
"""The names of a task's containers, and whether each is essential."""


def containers_of(definitions: Iterable[Mapping[str, object]]) -> Containers:
    """The containers of a task definition."""
    return {str(each["name"]): each.get("essential", True) is True for each in definitions}


def overridden(overrides: Mapping[str, Json]) -> frozenset[str]:
    """The containers that RunTask's overrides change.

    ECS names all containers in the overrides of a task, including those without changes.
    """
    entries = map(mapping, items(overrides.get("containerOverrides", [])))
    return frozenset(
        str(entry["name"])
        for entry in entries
        if "name" in entry and any(value for key, value in entry.items() if key != "name")
    )


def main_container(containers: Containers, overridden: Collection[str]) -> str:
    """The container that does the work. If it isn't clear which one does, the first candidate."""
    return next(iter(_candidates(containers, overridden)), MAIN_CONTAINER)


def deciding_container(containers: Containers, overridden: Collection[str]) -> str | None:
    """The container whose exit code counts, or None if there are several candidates.

    It is `main` if there is a container of that name. Otherwise, it is the only overridden container. If no container
    is overridden, it is the only essential container.
    """
    found = _candidates(containers, overridden)
    return found[0] if len(found) == 1 else None


def _candidates(containers: Containers, overridden: Collection[str]) -> list[str]:
    if MAIN_CONTAINER in containers:
        return [MAIN_CONTAINER]
    named = [name for name in containers if name in overridden]
    essential = [name for name, is_essential in containers.items() if is_essential]
    return named or essential or list(containers)
