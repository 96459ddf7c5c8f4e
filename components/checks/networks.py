"""Checks of networks: of a group, and of a task that doesn't use its group's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..keys.annotations import has_output
from ..problems import Problem, key
from ..resolved import Network, Task, TaskNetwork
from .check import reads


@reads("network", "network_mode", "launch", "capacity_providers")
def task_network(task: Task) -> Iterator[Problem]:
    """A network that can be looked up, for runs with network interfaces of their own."""
    if task.network is None:
        return
    yield from named_in_one_way(task.args.get("network", {}))
    yield from not_looked_up(task.network)
    # AWS: botocore ecs, RunTaskRequest.networkConfiguration: required for awsvpc, "not supported for other network
    # modes".
    if task.task_definition is None and task.network_mode != "awsvpc":
        yield Problem(
            ("network",),
            f"is for {key('network_mode')}: awsvpc, and the task has {task.network_mode}. Remove one of the two.",
        )


def named_in_one_way(given: Mapping[str, object]) -> Iterator[Problem]:
    """One way to name the VPC, and one to name the subnets."""
    if "vpc" in given and "vpc_tags" in given:
        yield Problem(("network", "vpc_tags"), f"name the VPC by {key('vpc')} or {key('vpc_tags')}. Remove one.")
    ways = [way for way in ("subnets", "subnet_ids", "subnet_tags") if way in given]
    if len(ways) > 1:
        yield Problem(("network", ways[1]), f"name the subnets in one way only. {key(ways[0])} names them already.")


def not_looked_up(network: Network | TaskNetwork) -> Iterator[Problem]:
    """Subnets that other resources produce cannot be looked up, so you must say what a look-up would find."""
    if network.subnet_ids is None or not has_output(network.subnet_ids):
        return
    if network.assign_public_ip in (None, "auto"):
        yield Problem(
            ("network", "assign_public_ip"),
            "can't be auto, because the same program creates the subnets and they can't be looked up. Write true if "
            "runs get a public IP address, otherwise false.",
        )
    if network.security_group_ids is None and network.vpc_id is None:
        yield Problem(
            ("network", "vpc_id"),
            "is missing. Without it, no security group can be created for subnets of the same program.",
        )
