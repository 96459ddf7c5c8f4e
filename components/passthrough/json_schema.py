"""The JSON schema of members in AWS's own words, for editors: only members that are free, with AWS's bounds."""

from __future__ import annotations

from collections.abc import Mapping

from ..aws.ecs_model import Shape, shape
from ..json_values import Object
from .answers import CONTAINERS, ROOTS, MemberPath, Root, answer

_CONTAINER = "ContainerDefinition"
_ROOT_OF: Mapping[str, Root] = {name: root for root, (service, name) in ROOTS.items() if service == "ecs"}
_TYPES = {
    "structure": "object", "map": "object", "list": "array", "string": "string", "boolean": "boolean",
    "integer": "integer", "long": "integer",
}  # fmt: skip
_LIMITS = {
    "string": ("minLength", "maxLength"), "list": ("minItems", "maxItems"), "integer": ("minimum", "maximum"),
}  # fmt: skip


def members_schema(name: str, *, sidecar: bool = False) -> Object:
    """The schema of an object with free members of a structure.

    Args:
        name: The structure: `ContainerDefinition`, or a request.
        sidecar: Whether it is for a sidecar, instead of the main container.
    """
    if name == _CONTAINER:
        return _free("RegisterTaskDefinition", (CONTAINERS,), name, sidecar=sidecar)
    return _free(_ROOT_OF[name], (), name, sidecar=sidecar)


def _free(root: Root, above: MemberPath, name: str, *, sidecar: bool) -> Object:
    properties: Object = {}
    for member, inner in shape("ecs", name).members.items():
        found = answer(root, (*above, member), sidecar=sidecar)
        if found is None:
            if shape("ecs", inner).type == "structure":
                below = _free(root, (*above, member), inner, sidecar=sidecar)
                if below["properties"]:
                    properties[member] = below
        elif found.passed:
            properties[member] = _whole(inner)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _whole(name: str) -> Object:
    found = shape("ecs", name)
    made: Object = {"type": _TYPES[found.type], **_limits(found)}
    if found.type == "structure":
        made["properties"] = {member: _whole(inner) for member, inner in found.members.items()}
        made["additionalProperties"] = False
    elif found.type == "list":
        made["items"] = _whole(found.member)
    elif found.type == "map":
        made["additionalProperties"] = _whole(found.value)
    if found.required:
        made["required"] = list(found.required)
    return made


def _limits(found: Shape) -> Object:
    least, most = _LIMITS.get(found.type, ("minimum", "maximum"))
    given = {least: found.min, most: found.max, "enum": list(found.enum) or None}
    return {keyword: value for keyword, value in given.items() if value is not None}
