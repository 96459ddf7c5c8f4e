"""Warnings about members in AWS's own words that AWS accepts, but that are risky or need more than the task has.

Pure: a task in, warnings out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..json_values import Json
from ..problems import Name, Problem, key
from ..resolved import Task


def member_warnings(task: Task) -> Iterator[Problem]:
    """Warnings about members of a task in AWS's own words."""
    for found in _definition(task.aws.task_definition):
        yield found.within("aws", "task_definition")
    if task.execution_role is None:
        for path, container in task.containers:
            yield from (found.within(*path, "aws", "container") for found in _credentials(container.aws.container))


def _definition(given: Mapping[str, Json]) -> Iterator[Problem]:
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


def _credentials(given: Mapping[str, Json]) -> Iterator[Problem]:
    if given.get("credentialSpecs"):
        # AWS: Amazon ECS developer guide, "Using gMSA for Linux containers on Amazon ECS", IAM permissions.
        yield Problem(
            (Name("credentialSpecs"),),
            "is read with the execution role, and runs don't start with one that the deployment makes. Set "
            f"{key('execution_role')} to a role that can read the file and its secret.",
        )
