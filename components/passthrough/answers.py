"""How each member of AWS's API is set: by a key, in AWS's own words, or not at all and why.

The keys are found by their annotations `Aws(...)`, so that the answers follow the arguments.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from typing_extensions import is_typeddict

from ..args import ScheduledTaskArgs, ScheduledTaskGroupArgs
from ..aws.ecs_model import Service, shape
from ..keys.reference import Key, forms, keys_of
from .reasons import NOT_POSSIBLE, PASSED

MemberPath: TypeAlias = tuple[str, ...]
"""The names of a member and of those that contain it, from the request down. Positions in lists are left out."""
Root: TypeAlias = Literal["RegisterTaskDefinition", "Target", "RunTask"]
ROOTS: Mapping[Root, tuple[Service, str]] = {
    "RegisterTaskDefinition": ("ecs", "RegisterTaskDefinitionRequest"),
    "Target": ("scheduler", "Target"),
    "RunTask": ("ecs", "RunTaskRequest"),
}
CONTAINERS = "containerDefinitions"
_ECS_PARAMETERS = "EcsParameters"
_SIDECARS = "sidecars"
_NAMES = (("name",), ("sourceVolume",))
"""Members with the name of an item. A key whose value is an object by name sets them."""
_AS_TARGET: Mapping[str, MemberPath] = {
    "cluster": ("Arn",),
    "overrides": ("Input",),
    "taskDefinition": (_ECS_PARAMETERS, "TaskDefinitionArn"),
    "count": (_ECS_PARAMETERS, "TaskCount"),
    **{
        name: (_ECS_PARAMETERS, f"{name[0].upper()}{name[1:]}")
        for name in (
            "launchType", "networkConfiguration", "platformVersion", "group", "capacityProviderStrategy",
            "enableECSManagedTags", "enableExecuteCommand", "placementConstraints", "placementStrategy",
            "propagateTags", "referenceId", "tags",
        )
    },
}  # fmt: skip
"""Members of RunTask that EventBridge Scheduler has under another name.
AWS: EventBridge Scheduler API reference, EcsParameters."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a member is set. A member without keys and without a reason is passed through."""

    keys: tuple[tuple[str, ...], ...] = ()
    """Paths of the keys that set it, in snake_case."""
    reason: str = ""
    """Why it can't be set."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """A key that sets a member."""

    path: tuple[str, ...]
    covers: bool
    """Whether it sets all members below, because its value has no keys of its own."""
    named: bool
    """Whether its value is an object by name."""


@cache
def members(root: Root) -> Mapping[MemberPath, str]:
    """Every member of a request, at any depth, with the name of its shape."""
    service, name = ROOTS[root]
    return dict(_members(service, name, ()))


def _members(service: Service, name: str, parents: MemberPath) -> Iterator[tuple[MemberPath, str]]:
    found = shape(service, name)
    if found.type == "list":
        yield from _members(service, found.member, parents)
    for member, inner in found.members.items():
        yield (*parents, member), inner
        yield from _members(service, inner, (*parents, member))


def answer(root: Root, path: MemberPath, *, sidecar: bool = False) -> Answer | None:
    """How a member is set; None if neither it nor a member that contains it has an answer as a whole.

    Args:
        root: The request.
        path: The member.
        sidecar: Whether it is a member of a sidecar, instead of the main container.
    """
    if root == "RunTask":
        return answer("Target", _AS_TARGET[path[0]]) if path[0] in _AS_TARGET else _answer(root, path, sidecar=sidecar)
    found = _answer(root, path, sidecar=sidecar)
    if sidecar and not found and (path in NOT_POSSIBLE[root] or _answer(root, path, sidecar=False)):
        # The key is one of the main container only.
        return Answer()
    return found


def _answer(root: Root, path: MemberPath, *, sidecar: bool) -> Answer | None:
    settings = [each for each in _settings().get((root, path), ()) if _is_for(each, sidecar=sidecar)]
    if settings:
        return Answer(tuple(each.path for each in settings))
    for length in range(len(path), 0, -1):
        above = path[:length]
        if reason := NOT_POSSIBLE[root].get(above):
            return Answer(reason=reason)
        if above in PASSED[root]:
            return Answer()
        own = [each for each in _settings().get((root, above), ()) if _is_for(each, sidecar=sidecar)]
        covering = [each for each in own if each.covers or (each.named and path[length:] in _NAMES)]
        if own:
            return Answer(tuple(each.path for each in covering)) if covering else None
    return None


def _is_for(setting: _Setting, *, sidecar: bool) -> bool:
    return (setting.path[0] == _SIDECARS and len(setting.path) > 1) == sidecar


@cache
def _settings() -> Mapping[tuple[Root, MemberPath], tuple[_Setting, ...]]:
    found: dict[tuple[Root, MemberPath], list[_Setting]] = {}
    for shape_of_keys in (ScheduledTaskArgs, ScheduledTaskGroupArgs):
        for path, key in _keys(shape_of_keys, ()):
            named = any(form.is_object for form in forms(key.type))
            setting = _Setting(path, covers=not any(_nested(key)), named=named)
            for member in members_in(key.aws):
                if setting not in found.setdefault(member, []):
                    found[member].append(setting)
    return {member: tuple(settings) for member, settings in found.items()}


def _keys(keys: type, parents: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Key]]:
    """Every key of a TypedDict with its path, at any depth."""
    for name, key in keys_of(keys).items():
        if name in ("group", "group_args"):
            continue
        yield (*parents, name), key
        for nested in _nested(key):
            yield from _keys(nested, (*parents, name))


def _nested(key: Key) -> Iterator[type]:
    """The TypedDicts of a key's value, or of its items."""
    for form in forms(key.type):
        is_list = typing.get_origin(form.base) is Sequence
        for each in forms(form.inner if form.is_object or is_list else form):
            if is_typeddict(each.base):
                yield each.base


def members_in(text: str) -> Iterator[tuple[Root, MemberPath]]:
    """The members that AWS's name for a key names: `volumes, containerDefinitions.mountPoints`."""
    for part in re.split(r",| or ", text):
        path = tuple(part.split(":")[0].strip().split("."))
        if path[0] == "Target":
            yield "Target", path[1:]
        elif path in members("RegisterTaskDefinition"):
            yield "RegisterTaskDefinition", path
        elif path in members("Target"):
            yield "Target", path
        elif (_ECS_PARAMETERS, *path) in members("Target"):
            yield "Target", (_ECS_PARAMETERS, *path)
