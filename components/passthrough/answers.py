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
from .reasons import NOT_POSSIBLE, OF_MAIN, PASSED

MemberPath: TypeAlias = tuple[str, ...]
"""The names of a member and of those that contain it, from the request down. Positions in lists are left out."""
Root: TypeAlias = Literal["RegisterTaskDefinition", "Target", "RunTask"]
ROOTS: Mapping[Root, tuple[Service, str]] = {
    "RegisterTaskDefinition": ("ecs", "RegisterTaskDefinitionRequest"),
    "Target": ("scheduler", "Target"),
    "RunTask": ("ecs", "RunTaskRequest"),
}
ARGUMENTS: tuple[type, ...] = (ScheduledTaskArgs, ScheduledTaskGroupArgs)
CONTAINERS = "containerDefinitions"
ECS_PARAMETERS = "EcsParameters"
_SIDECARS = "sidecars"
_OTHERS = ("group", "group_args", "tasks", "defaults", "default_strategy")
"""Keys whose values have the keys of another argument, or set another resource."""
_NAMES = (("name",), ("sourceVolume",), ("containerPath",))
"""Members with the name of an item. A key whose value is an object by name sets them."""
_IMPLIED = (("enabled",),)
"""Members that a key sets because it exists."""
_AS_TARGET: Mapping[str, MemberPath] = {
    "cluster": ("Arn",),
    "overrides": ("Input",),
    "taskDefinition": (ECS_PARAMETERS, "TaskDefinitionArn"),
    "count": (ECS_PARAMETERS, "TaskCount"),
    **{
        name: (ECS_PARAMETERS, f"{name[0].upper()}{name[1:]}")
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
class SettingKey:
    """A key that sets a member."""

    path: tuple[str, ...]
    """Its path in the arguments, in snake_case."""
    part: str = ""
    """The part of the member that it sets, such as one option of a log driver; empty for the whole member."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a member is set."""

    keys: tuple[SettingKey, ...] = ()
    passed: bool = False
    """Whether it can be set in AWS's own words. With keys, they set only parts of it."""
    reason: str = ""
    """Why it can't be set. Empty if it can."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """A key that sets a member, and what of it."""

    key: SettingKey
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


def answer(
    root: Root, path: MemberPath, *, sidecar: bool = False, arguments: tuple[type, ...] = ARGUMENTS
) -> Answer | None:
    """How a member is set; None if neither it nor a member that contains it has an answer as a whole.

    Args:
        root: The request.
        path: The member.
        sidecar: Whether it is a member of a sidecar, instead of the main container.
        arguments: The TypedDicts of a task and of a group that have the keys.
    """
    if root == "RunTask" and path[0] in _AS_TARGET:
        return answer("Target", _AS_TARGET[path[0]], arguments=arguments)
    settings = [each for each in _settings(arguments).get((root, path), ()) if _is_for(each, sidecar=sidecar)]
    if settings:
        keys = tuple(each.key for each in settings)
        return Answer(keys, passed=path in PASSED[root] and all(each.part for each in keys))
    for length in range(len(path), 0, -1):
        above = path[:length]
        if (reason := NOT_POSSIBLE[root].get(above)) and not (sidecar and above in OF_MAIN):
            return Answer(reason=reason)
        if above in PASSED[root]:
            return Answer(passed=True)
        own = [each for each in _settings(arguments).get((root, above), ()) if _is_for(each, sidecar=sidecar)]
        below = path[length:]
        covering = [each for each in own if each.covers or below in _IMPLIED or (each.named and below in _NAMES)]
        if own:
            return Answer(tuple(each.key for each in covering)) if covering else None
    return None


def _is_for(setting: _Setting, *, sidecar: bool) -> bool:
    path = setting.key.path
    # The object of sidecars itself is for both: its names are the names of sidecars.
    return path == (_SIDECARS,) or (path[0] == _SIDECARS) == sidecar


@cache
def _settings(arguments: tuple[type, ...]) -> Mapping[tuple[Root, MemberPath], tuple[_Setting, ...]]:
    found: dict[tuple[Root, MemberPath], list[_Setting]] = {}
    for shape_of_keys in arguments:
        for path, key in _keys(shape_of_keys, ()):
            named = any(form.is_object for form in forms(key.type))
            for root, member, part in members_in(key.aws):
                setting = _Setting(SettingKey(path, part), covers=not _set_below(key, root, member), named=named)
                if setting not in found.setdefault((root, member), []):
                    found[root, member].append(setting)
    return {member: tuple(settings) for member, settings in found.items()}


def _keys(keys: type, parents: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Key]]:
    """Every key of a TypedDict with its path, at any depth."""
    for name, key in keys_of(keys).items():
        if name in _OTHERS:
            continue
        yield (*parents, name), key
        for nested in _nested(key):
            yield from _keys(nested, (*parents, name))


def _set_below(key: Key, root: Root, member: MemberPath) -> bool:
    """Whether keys within the value of a key set members below a member."""
    return any(
        found == root and path[: len(member)] == member and path != member
        for shape_of_keys in _nested(key)
        for _, below in _keys(shape_of_keys, ())
        for found, path, _ in members_in(below.aws)
    )


def _nested(key: Key) -> Iterator[type]:
    """The TypedDicts of a key's value, or of its items."""
    for form in forms(key.type):
        is_list = typing.get_origin(form.base) is Sequence
        for each in forms(form.inner if form.is_object or is_list else form):
            if is_typeddict(each.base):
                yield each.base


def members_in(text: str) -> Iterator[tuple[Root, MemberPath, str]]:
    """The members that AWS's name for a key names, each with the part that the key sets.

    `volumes, containerDefinitions.mountPoints` names two members, and `Target.Input: cpu` a part of one.
    """
    for each in re.split(r",| or ", text):
        name, _, part = (word.strip() for word in each.partition(":"))
        path = tuple(name.split("."))
        if path[0] == "Target":
            yield "Target", path[1:], part
        elif path in members("RegisterTaskDefinition"):
            yield "RegisterTaskDefinition", path, part
        elif path in members("Target"):
            yield "Target", path, part
        elif (ECS_PARAMETERS, *path) in members("Target"):
            yield "Target", (ECS_PARAMETERS, *path), part
        elif path[0] not in _AS_TARGET and path in members("RunTask"):
            yield "RunTask", path, part
