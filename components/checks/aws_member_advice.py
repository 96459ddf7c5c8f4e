"""Warnings about members in AWS's own words that AWS accepts, but that weaken isolation or need more than the task has.

Pure: a task in, warnings out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..json_values import Json, value_at
from ..problems import Name, Problem
from ..resolved import Task

_UNCONFINED = ("unconfined", "disable")
"""Ends of security options that switch protection off: `seccomp:unconfined`, `apparmor=unconfined`, `label:disable`."""


def member_warnings(task: Task) -> Iterator[Problem]:
    """Warnings about members of a task in AWS's own words."""
    for found in _definition(task.aws.task_definition):
        yield found.within("aws", "task_definition")
    for found in _container(task.aws.container):
        yield found.within("aws", "container")
    for name, sidecar in task.sidecars.items():
        for found in _container(sidecar.aws.container):
            yield found.within("sidecars", Name(name), "aws", "container")


def _definition(given: Mapping[str, Json]) -> Iterator[Problem]:
    if given.get("ipcMode") == "host":
        # AWS: botocore ecs, RegisterTaskDefinitionRequest.ipcMode.
        yield Problem(
            (Name("ipcMode"),),
            "shares memory with all processes of the instance and with other tasks on it. To share it among the task's "
            "containers only, write task.",
        )
    if given.get("enableFaultInjection") is True:
        yield Problem(
            (Name("enableFaultInjection"),),
            "lets containers and AWS Fault Injection Service disturb the network of runs. Use it in test stacks only. "
            "To switch it off again, write false, because the provider ignores its removal.",
        )
    if "proxyConfiguration" in given:
        # AWS: App Mesh user guide, "What is AWS App Mesh?"
        yield Problem(
            (Name("proxyConfiguration"),), "is for AWS App Mesh, whose support ended on September 30, 2026. Remove it."
        )


def _container(given: Mapping[str, Json]) -> Iterator[Problem]:
    for position, option in enumerate(_items(given.get("dockerSecurityOptions"))):
        if isinstance(option, str) and option.endswith(_UNCONFINED):
            yield Problem(
                (Name("dockerSecurityOptions"), position),
                "switches off protection of the instance from the container. Name a profile instead.",
            )
    if _items(value_at(given, "linuxParameters", "devices")):
        yield Problem(
            (Name("linuxParameters"), Name("devices")),
            "gives the container direct access to devices of the instance, which other tasks on it also use.",
        )
    if _items(given.get("credentialSpecs")):
        # AWS: Amazon ECS developer guide, "Using gMSA for Linux containers on Amazon ECS", IAM permissions.
        yield Problem(
            (Name("credentialSpecs"),),
            "is read with the execution role. The role that the stack makes can't read it, so runs don't start. Use an "
            "execution role of your own that can read the file and its secret.",
        )


def _items(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
