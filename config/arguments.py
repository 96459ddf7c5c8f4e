"""From the configuration's models to the components' arguments, and from the paths of these back to what
people wrote."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from components.aws.images import registry_account
from components.aws.names import family_of
from components.problems import Name, Problem
from components.supervised.settings import is_supervised
from components.task.definition import CONTAINER_NAME, deciding_container

from .models import Build, ByTags, SecretOfConfig, Stack, Task, Ulimit, VpcToCreate

Args = dict[str, Any]

_KEYS = {
    "capacity_providers": "launch",
    "create_cluster": "cluster",
    "default_strategy": "defaultStrategy",
    "vpc_tags": "vpc",
    "create_vpc": "vpc",
    "subnet_ids": "subnets",
    "subnet_tags": "subnets",
    "security_group_ids": "securityGroups",
    "secret_values": "secrets",
    "iam_path": "iam.path",
    "permissions_boundary": "iam.permissionsBoundary",
}
"""Arguments that are forms of one key in the configuration."""


def task_arguments(task: Task, secret: Callable[[str], object]) -> Args:
    """The arguments of a `ScheduledTask`, but for its group. `secret` gives the value of a key of the stack's
    configuration."""
    args = task.model_dump(exclude_none=True)
    if isinstance(task.schedule, list):
        args["schedules"] = [{"expression": expression} for expression in args.pop("schedule")]
    if isinstance(task.launch, list):
        args["capacity_providers"] = args.pop("launch")
    if isinstance(task.image, Build):
        build = args.pop("image")
        args["build"] = {"context": build.pop("build"), **build}
    if task.ulimits:
        args["ulimits"] = {
            name: {"soft": limit.soft, "hard": limit.hard}
            if isinstance(limit, Ulimit)
            else {"soft": limit, "hard": limit}
            for name, limit in task.ulimits.items()
        }
    return {**args, **_secrets(task, secret)}


def _secrets(task: Task, secret: Callable[[str], object]) -> Args:
    if not task.secrets:
        return {}
    given = {name: value for name, value in task.secrets.items() if isinstance(value, str)}
    stored = {name: secret(value.config) for name, value in task.secrets.items() if isinstance(value, SecretOfConfig)}
    return {"secrets": given, **({"secret_values": stored} if stored else {})}


def group_arguments(stack: Stack, tasks: Mapping[str, Args], logs: Mapping[str, Any]) -> Args:
    """The arguments of the stack's `ScheduledTaskGroup`; what its tasks refer to is allowed to them. `logs` are those
    of a task that says nothing itself."""
    supervised = any(is_supervised(task) for task in tasks.values())
    args: Args = {"tags": stack.tags or {}, **({"supervised": True} if supervised else {})}
    if isinstance(stack.cluster, str):
        args["cluster"] = stack.cluster
    elif stack.cluster is not None:
        args["create_cluster"] = stack.cluster.model_dump(exclude_none=True, exclude={"create"})
    if stack.network is not None:
        args["network"] = _network(stack)
    if stack.enabled is not None:
        args["enabled"] = stack.enabled
    for key in ("notify", "monitoring", "encryption"):
        if (settings := getattr(stack, key)) is not None:
            args[key] = settings.model_dump(exclude_none=True)
    args.update(_roles(stack))
    if kept := {key: logs[key] for key in ("retention_days", "kms_key") if key in logs}:
        args["logs"] = kept
    return {**args, **_references(tasks)}


def _roles(stack: Stack) -> Args:
    given = stack.iam.model_dump(exclude_none=True) if stack.iam else {}
    return {f"iam_{key}" if key == "path" else key: value for key, value in given.items()}


def _network(stack: Stack) -> Args:
    network = stack.network
    assert network is not None
    args: Args = {}
    if isinstance(network.vpc, VpcToCreate):
        args["create_vpc"] = network.vpc.create.model_dump(exclude_none=True)
    elif network.vpc is not None:
        args.update({"vpc_tags": network.vpc.tags} if isinstance(network.vpc, ByTags) else {"vpc": network.vpc})
    if isinstance(network.subnets, str):
        args["subnets"] = network.subnets
    elif isinstance(network.subnets, ByTags):
        args["subnet_tags"] = network.subnets.tags
    elif network.subnets is not None:
        args["subnet_ids"] = network.subnets
    if network.security_groups is not None:
        args["security_group_ids"] = network.security_groups
    if network.assign_public_ip is not None:
        args["assign_public_ip"] = network.assign_public_ip
    return args


def _references(tasks: Mapping[str, Args]) -> Args:
    accounts = {account for task in tasks.values() for image in _images(task) if (account := registry_account(image))}
    found = {
        "task_definitions": {task["task_definition"] for task in tasks.values() if "task_definition" in task},
        "pass_role_arns": {task["task_role"] for task in tasks.values() if "task_role" in task},
        "registry_accounts": accounts,
    }
    # How runs that are not supervised ended is told by one container a family; the loader sees to it that all tasks of
    # one name the same.
    of_family: dict[str, str] = {}
    containers = {
        reference: container
        for task in tasks.values()
        if (reference := task.get("task_definition")) and not is_supervised(task)
        if (container := of_family.setdefault(family_of(reference), deciding_container(task))) != CONTAINER_NAME
    }
    lists: Args = {key: sorted(values) for key, values in found.items() if values}
    return {**lists, **({"containers": containers} if containers else {})}


def _images(task: Args) -> Iterable[object]:
    return (task.get("image"), *(sidecar.get("image") for sidecar in task.get("sidecars", {}).values()))


def as_written(problem: Problem, *, schedule_is_list: bool = False) -> Problem:
    """A problem with a component's argument, at the key that the person wrote. `schedule_is_list`: under `schedule`
    there is a list of expressions."""
    path: list[str | int] = []
    for part in problem.path:
        if isinstance(part, int | Name):
            path.append(part)
        elif part == "capacity_providers" and path == ["cluster"]:
            path.append("capacityProviders")
        else:
            path.append(_KEYS.get(part, to_camel(part)))
    if schedule_is_list and path[:1] == ["schedules"]:
        path = ["schedule", *path[1:2]]
    if problem.path[:1] == ("build",):
        path = ["image", *("build" if part == "context" else part for part in path[1:])]
    if "create_vpc" in problem.path:
        path.insert(path.index("vpc") + 1, "create")
    return Problem(tuple(path), _message_as_written(problem.message))


def _message_as_written(message: str) -> str:
    return re.sub(
        r"\b(subnet_ids|subnet_tags|security_group_ids|assign_public_ip)\b",
        lambda m: _KEYS.get(m[0], to_camel(m[0])),
        message,
    )
