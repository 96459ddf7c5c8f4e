"""Moto's objects of ECS tasks: what they tell, and their containers."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from components.supervised.settings import SUPERVISED_GROUP


def capacity_of(task: Any) -> str:
    """The capacity of an object of moto, which has a quota of vCPUs: `Fargate On-Demand` or `Fargate Spot`. Empty for
    instances."""
    if task.capacity_provider_name == "FARGATE_SPOT":
        return "Fargate Spot"
    return "Fargate On-Demand" if "FARGATE" in (task.launch_type, task.capacity_provider_name) else ""


def vcpus_of(task: Any) -> float:
    """The vCPUs that an object of moto takes from the quota of its capacity."""
    if not capacity_of(task):
        return 0
    definition = task._backend.describe_task_definition(task.task_definition_arn)
    cpu = str((task.overrides or {}).get("cpu") or definition.cpu or 0)
    return int(cpu) / 1024 if cpu.isdecimal() else 0


def task_name(task: Any) -> str:
    """The task of a configuration that an ECS task runs, which its schedule sets as the group."""
    return str(task.group).removeprefix(SUPERVISED_GROUP)


def with_all_names(overrides: Mapping[str, Any], containers: Sequence[str]) -> dict[str, Any]:
    """The overrides of a task as ECS returns them: with an entry for each container.

    AWS: Amazon ECS developer guide, "Amazon ECS task state change events", whose sample has an entry with only a name.
    """
    given = list(overrides.get("containerOverrides", []))
    named = {entry.get("name") for entry in given}
    return {**overrides, "containerOverrides": [*given, *({"name": name} for name in containers if name not in named)]}


def new_container(task: Any, definition: Mapping[str, Any]) -> Any:
    """A container of a task, with the members that ECS returns."""
    container = task.task_arn.replace(":task/", ":container/")
    interfaces = [
        {"attachmentId": attachment["id"], "privateIpv4Address": detail["value"]}
        for attachment in task.attachments
        for detail in attachment["details"]
        if detail["name"] == "privateIPv4Address"
    ]
    return SimpleNamespace(
        container_arn=f"{container}/{uuid4()}",
        task_arn=task.task_arn,
        name=definition["name"],
        image=definition["image"],
        last_status="PENDING",
        network_interfaces=interfaces,
        cpu=str(definition.get("cpu", 0)),
        exit_code=None,
        reason=None,
    )
