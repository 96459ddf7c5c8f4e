"""Checks of tasks on Amazon ECS Managed Instances.

AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Amazon ECS Managed Instances" and "Amazon
ECS task networking for Amazon ECS Managed Instances". tmpfs, which the first of them still lists, is supported since
January 2026: aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..problems import Problem, key, listed
from ..resolved import FARGATE_PROVIDERS, Container, Task
from .check import reads

_NOT_IN_CONTAINERS = ("disable_networking", "docker_labels", "security_options", "extra_hosts", "hostname", "dns")
_NOT_IN_LINUX = ("shared_memory", "max_swap", "swappiness")
NETWORK_MODES = ("awsvpc", "host")
_INVALID = "is not valid on ECS Managed Instances. Remove it, or use another"


@reads(
    "launch", "capacity_providers", "operating_system", "network_mode", "ipc_mode", "sidecars", "linux",
    *_NOT_IN_CONTAINERS, each=("sidecars",),
)  # fmt: skip
def managed_instances(task: Task) -> Iterator[Problem]:
    """Capacity providers of Managed Instances, and settings that these support."""
    if task.launch != "managedInstances":
        return
    if not task.capacity_providers:
        yield Problem(
            ("launch",),
            "managedInstances names no capacity provider. ECS starts runs on Managed Instances only by a capacity "
            f"provider strategy, so name one under {key('capacity_providers')}.",
        )
    for position, entry in enumerate(task.capacity_providers):
        if entry.provider in FARGATE_PROVIDERS:
            yield Problem(
                ("capacity_providers", position, "provider"),
                f"{entry.provider} is not a capacity provider of Managed Instances. Name one that is.",
            )
    yield from _whole(task)
    for path, container in task.containers:
        yield from (found.within(*path) for found in _container(container))


def _whole(task: Task) -> Iterator[Problem]:
    if task.is_windows:
        yield Problem(("operating_system",), "ECS Managed Instances run Linux containers only. Remove it.")
    if task.network_mode not in NETWORK_MODES:
        yield Problem(
            ("network_mode",),
            f"ECS Managed Instances do not support {task.network_mode}. Write {listed(NETWORK_MODES)}.",
        )
    if task.ipc_mode is not None:
        yield Problem(("ipc_mode",), f"{_INVALID} {key('launch')}.")


def _container(container: Container) -> Iterator[Problem]:
    for name in _NOT_IN_CONTAINERS:
        if getattr(container, name):
            yield Problem((name,), f"{_INVALID} {key('launch')}.")
    for name in _NOT_IN_LINUX if container.linux else ():
        if getattr(container.linux, name) not in (None, (), {}):
            yield Problem(("linux", name), f"{_INVALID} {key('launch')}.")
