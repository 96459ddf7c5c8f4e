"""Members in AWS's own words over what the keys set: for container definitions, task definitions and launches.

Pure. Objects merge member by member. Lists and other values replace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..aws.ecs_model import Service, shape
from ..json_values import Data, Json, Object, is_list, is_object

_PAIRS = "KeyValuePair"
_SAME_PORTS = ("awsvpc", "host")
"""Network modes in which the port of the host is that of the container. AWS: botocore ecs, PortMapping.hostPort."""


def merged(below: Object, above: Mapping[str, Json]) -> Object:
    """The object with the members of `above` over its own."""
    result = dict(below)
    for name, value in above.items():
        lower = result.get(name)
        result[name] = merged(lower if is_object(lower) else {}, value) if isinstance(value, Mapping) else plain(value)
    return result


def plain(value: Json) -> Json:
    """The value with lists for tuples, which not all serializers accept."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def merged_container(container: Object, members: Mapping[str, Json], *, network_mode: str) -> Object:
    """A container definition with members over what the keys set, as AWS reads it back.

    AWS fills in the protocol and the host port of each port mapping. Otherwise, each deployment would show a change.
    """
    result = merged(container, members)
    if "portMappings" in members:
        result["portMappings"] = [_port(port, network_mode) for port in result["portMappings"]]
    return result


def _port(port: Object, network_mode: str) -> Object:
    if "containerPort" not in port:
        return {"protocol": "tcp", **port}
    host = port["containerPort"] if network_mode in _SAME_PORTS else 0
    return {"protocol": "tcp", **port, "hostPort": port.get("hostPort") or host}


def provider_properties(members: Mapping[str, Json], name: str, *, service: Service = "ecs") -> Object:
    """Members of a structure as properties of Pulumi's AWS provider.

    Args:
        members: The members.
        name: Name of the structure in AWS's model.
        service: The API that has it.
    """
    if not members:
        # Most tasks have none, and need no model.
        return {}
    found = shape(service, name).members
    return {_property(member): _value(value, found[member], service) for member, value in members.items()}


def _value(value: Json, name: str, service: Service) -> object:
    found = shape(service, name)
    if isinstance(value, Mapping):
        return provider_properties(value, name, service=service) if found.type == "structure" else dict(value)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    if found.member == _PAIRS:
        return {str(item["name"]): item["value"] for item in value if isinstance(item, Mapping)}
    return [_value(item, found.member, service) for item in value]


def aws_members(properties: Data, name: str) -> Object:
    """The members of a structure of ECS's API that properties of Pulumi's AWS provider stand for.

    Args:
        properties: The properties. Those that the structure doesn't have are left out.
        name: Name of the structure in AWS's model.
    """
    found = {member.lower(): (member, kind) for member, kind in shape("ecs", name).members.items()}
    made: Object = {}
    for key, value in properties.items():
        if (name, key) == ("Volume", "host_path"):
            made["host"] = {"sourcePath": value}
        elif known := found.get(key.replace("_", "").lower()):
            made[known[0]] = _member(value, known[1])
    return made


def _member(value: Json, name: str) -> object:
    found = shape("ecs", name)
    if isinstance(value, Mapping):
        if found.member == _PAIRS:
            return [{"name": key, "value": item} for key, item in value.items()]
        return aws_members(value, name) if found.type == "structure" else value
    return [_member(item, found.member) for item in value] if is_list(value) else value


def _property(member: str) -> str:
    """`enable_ecs_managed_tags` from `enableECSManagedTags`."""
    letters = [
        f"_{letter}" if letter.isupper() and _starts_a_word(member, position) else letter
        for position, letter in enumerate(member)
    ]
    return "".join(letters).lower().removeprefix("_")


def _starts_a_word(member: str, position: int) -> bool:
    before, after = member[position - 1 : position], member[position + 1 : position + 2]
    return not before.isupper() or after.islower()
