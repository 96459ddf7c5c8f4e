"""Refusals of RunTask that moto lacks: overrides that do not fit the task definition."""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend

from .container_rules import shared_names

Params = Mapping[str, Any]


def fix_run_task() -> None:
    """Apply the fix to moto in this process."""
    ecs: Any = EC2ContainerServiceBackend
    run_task = ecs.run_task

    def checked(self: Any, cluster_str: str, task_definition_str: str, *args: Any, **kwargs: Any) -> Any:
        overrides: Params = (kwargs["overrides"] if "overrides" in kwargs else args[1]) or {}
        definition = self.describe_task_definition(task_definition_str)
        refuse_overrides(definition.container_definitions, overrides)
        return run_task(self, cluster_str, task_definition_str, *args, **kwargs)

    ecs.run_task = checked


def refuse_overrides(containers: Sequence[Params], overrides: Params) -> None:
    """Raise AWS's error for overrides of a missing container, or of a variable that is a secret."""
    by_name = {container["name"]: container for container in containers}
    for override in overrides.get("containerOverrides", []):
        name = override.get("name")
        if name not in by_name:
            # AWS's own text, from many public reports of RunTask.
            raise InvalidParameterException(
                f"Override for container named {name} is not a container in the TaskDefinition."
            )
        for problem in shared_names(by_name[name], override.get("environment", [])):
            raise EcsClientException(problem)
