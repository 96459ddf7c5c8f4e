"""From the configuration's models to the components' arguments, and from the paths of these back to what
people wrote."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from components.images import registry_account
from components.problems import Name, Problem

from .models import ByTags, Stack, Task

Args = dict[str, Any]

_KEYS = {
    "schedules": "schedule",
    "capacity_providers": "launch",
    "create_cluster": "cluster",
    "vpc_tags": "vpc",
    "subnet_ids": "subnets",
    "subnet_tags": "subnets",
    "security_group_ids": "securityGroups",
}
"""Arguments that are forms of one key in the configuration."""


def task_arguments(task: Task) -> Args:
    """The arguments of a `ScheduledTask`, but for its group."""
    args = task.model_dump(exclude_none=True)
    if isinstance(task.schedule, list):
        args["schedules"] = [{"expression": expression} for expression in args.pop("schedule")]
    if isinstance(task.launch, list):
        args["capacity_providers"] = args.pop("launch")
    return args


def group_arguments(stack: Stack, tasks: Mapping[str, Args], retention_days: object) -> Args:
    """The arguments of the stack's `ScheduledTaskGroup`; what its tasks refer to is allowed to them."""
    args: Args = {"tags": stack.tags or {}}
    if isinstance(stack.cluster, str):
        args["cluster"] = stack.cluster
    elif stack.cluster is not None:
        args["create_cluster"] = stack.cluster.model_dump(exclude_none=True, exclude={"create"})
    if stack.network is not None:
        args["network"] = _network(stack)
    if stack.enabled is not None:
        args["enabled"] = stack.enabled
    if isinstance(retention_days, int):
        args["logs"] = {"retention_days": retention_days}
    return {**args, **_references(tasks)}


def _network(stack: Stack) -> Args:
    network = stack.network
    assert network is not None
    args: Args = {}
    if network.vpc is not None:
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
    accounts = {account for task in tasks.values() if (account := registry_account(task.get("image")))}
    found = {
        "task_definitions": {task["task_definition"] for task in tasks.values() if "task_definition" in task},
        "pass_role_arns": {task["task_role"] for task in tasks.values() if "task_role" in task},
        "registry_accounts": accounts,
    }
    return {key: sorted(values) for key, values in found.items() if values}


def as_written(problem: Problem) -> Problem:
    """A problem with a component's argument, at the key that the person wrote."""
    path: list[str | int] = []
    for part in problem.path:
        if isinstance(part, int | Name):
            path.append(part)
        else:
            path.append(_KEYS.get(part, to_camel(part)))
    if path[:1] == ["schedule"] and path[-1:] == ["expression"]:
        path.pop()
    return Problem(tuple(path), _message_as_written(problem.message))


def _message_as_written(message: str) -> str:
    return re.sub(
        r"\b(subnet_ids|subnet_tags|security_group_ids|assign_public_ip)\b",
        lambda m: _KEYS.get(m[0], to_camel(m[0])),
        message,
    )
