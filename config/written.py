"""The components' arguments as people write them: the way back of `arguments`, for whoever compares versions."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic.alias_generators import to_camel

Args = Mapping[str, Any]

NAMED = frozenset(
    {"environment", "secrets", "tags", "sidecars", "volumes", "ulimits", "dependsOn", "mounts", "args"}
)  # fmt: skip
"""Keys whose maps have names that people chose, as against keys of the format."""
_OF_GROUP_ALONE = ("supervised", "containers", "task_definitions", "pass_role_arns", "registry_accounts")
"""What a group is given because of its tasks."""


def task_as_written(args: Args, *, schedule_is_list: bool = False) -> dict[str, Any]:
    """The keys and values of a task. `schedule_is_list`: under `schedule` there is a list of expressions."""
    written = _as_written({**args, "secrets": {**args.get("secrets", {}), **args.get("secret_values", {})}})
    written.pop("secretValues", None)
    if not written["secrets"]:
        del written["secrets"]
    if "capacityProviders" in written:
        written["launch"] = written.pop("capacityProviders")
    if "build" in written:
        build = written.pop("build")
        written["image"] = {"build": build.pop("context"), **build}
    if schedule_is_list:
        written["schedule"] = [schedule["expression"] for schedule in written.pop("schedules")]
    if "ulimits" in written:
        written["ulimits"] = {
            name: limit["soft"] if limit["soft"] == limit["hard"] else limit
            for name, limit in written["ulimits"].items()
        }
    return written


def group_as_written(args: Args) -> dict[str, Any]:
    """The keys and values of a stack, but for its tasks."""
    written = _as_written({key: value for key, value in args.items() if key not in _OF_GROUP_ALONE})
    if "createCluster" in written:
        written["cluster"] = {"create": True, **written.pop("createCluster")}
    if "network" in written:
        written["network"] = _network(written["network"])
    iam = {short: written.pop(key) for key, short in _IAM.items() if key in written}
    if "logs" in written:
        written["defaults"] = {"logs": written.pop("logs")}
    return {**written, **({"iam": iam} if iam else {})}


_IAM = {"iamPath": "path", "permissionsBoundary": "permissionsBoundary"}
_NETWORK = {"subnetIds": "subnets", "securityGroupIds": "securityGroups"}


def _network(args: Args) -> dict[str, Any]:
    written = {_NETWORK.get(key, key): value for key, value in args.items()}
    if "createVpc" in written:
        written["vpc"] = {"create": written.pop("createVpc")}
    for key, plain in (("vpcTags", "vpc"), ("subnetTags", "subnets")):
        if key in written:
            written[plain] = {"tags": written.pop(key)}
    return written


def _as_written(value: Args) -> dict[str, Any]:
    return {to_camel(key): _inner(to_camel(key), item) for key, item in value.items()}


def _inner(key: str, value: object) -> Any:
    if isinstance(value, Mapping):
        items = cast("Args", value)
        if key in NAMED or key.endswith("Tags"):
            return {name: _inner("", item) for name, item in items.items()}
        return _as_written(items)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_inner("", item) for item in cast("Iterable[object]", value)]
    return value
