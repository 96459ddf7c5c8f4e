"""RunTask in moto: refusals of parameters that do not fit the task definition or the cluster, and tags."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse

from .container_rules import shared_names
from .definition_platform import operating_system
from .fargate import fargate_has, needs_1_4_0, platform_version_exists
from .moto_client_tokens import run_once

Params = Mapping[str, Any]

STEP_FUNCTIONS = "AWS Step Functions"
"""The `startedBy` of tasks that Step Functions starts. Public outputs of real executions have it; AWS's guide does not
state it."""

_MEMBERS = ("containerDefinitions", "cpu", "ephemeralStorage", "memory", "pidMode", "runtimePlatform", "volumes")


def fix_run_task() -> None:
    """Apply the fix to moto in this process."""
    response: Any = EC2ContainerServiceResponse
    run_task = response.run_task

    def checked(self: Any) -> Any:
        backend: Any = self.ecs_backend
        found: Any = backend.describe_task_definition(self._get_param("taskDefinition"))
        definition = {name: getattr(found, camelcase_to_underscores(name), None) for name in _MEMBERS}
        overrides: Params = self._get_param("overrides") or {}
        refuse_started_by(self._get_param("startedBy") or "")
        refuse_overrides(definition["containerDefinitions"] or (), overrides)
        enter = bool(self._get_param("enableExecuteCommand"))
        refuse_platform_version(self._get_param("platformVersion") or "", definition, overrides, enter=enter)
        if enter and not (getattr(found, "task_role_arn", None) or overrides.get("taskRoleArn")):
            # AWS: botocore ecs, RunTaskRequest.enableExecuteCommand. AWS's own text:
            # https://github.com/boto/boto3/issues/3173
            raise InvalidParameterException(
                "The execute command failed because a valid task role is not being used. Specify a valid task role in"
                " your task definition or as a task override and try again."
            )
        launch_type, strategy = self._get_param("launchType") or "", self._get_param("capacityProviderStrategy") or ()
        refuse_launch_type(found, launch_type)
        providers = {entry["capacityProvider"] for entry in strategy}
        cluster: Any = backend._get_cluster(self._get_param("cluster", "default"))
        if not launch_type and not providers:
            # AWS: botocore ecs, RunTaskRequest.capacityProviderStrategy: the cluster's default is used.
            default = cluster.default_capacity_provider_strategy or ()
            providers = {entry["capacityProvider"] for entry in default}
        if providers & {"FARGATE", "FARGATE_SPOT"}:
            refuse_launch_type(found, "FARGATE")
        if launch_type == "FARGATE" or providers & {"FARGATE", "FARGATE_SPOT"}:
            refuse_size(definition, overrides)
        refuse_providers(cluster.capacity_providers or (), strategy)
        return run_once(self, lambda: propagated(self, found, run_task(self)), lambda: datetime.now(UTC))

    response.run_task = checked


def propagated(request: Any, definition: Any, answer: ActionResult) -> ActionResult:
    """The answer to a RunTask request, whose tasks get the tags of their task definition, which moto leaves out.

    AWS: botocore ecs, RunTaskRequest.propagateTags.
    """
    if request._get_param("propagateTags") == "TASK_DEFINITION":
        result: Any = answer.result
        for task in result["tasks"]:
            own = {tag["key"] for tag in task.tags}
            task.tags = [*task.tags, *(tag for tag in definition.tags or () if tag["key"] not in own)]
    return answer


def refuse_started_by(text: str) -> None:
    """Raise an error for a `startedBy` that ECS does not allow.

    AWS: botocore ecs, RunTaskRequest.startedBy: "Up to 128 letters (uppercase and lowercase), numbers, hyphens (-),
    forward slash (/), and underscores (_) are allowed." The value that Step Functions itself gives has spaces.
    """
    if text not in ("", STEP_FUNCTIONS) and not re.fullmatch(r"[A-Za-z0-9/_-]{1,128}", text):
        raise InvalidParameterException(f"startedBy: {text} has more than 128 characters, or other characters.")


def refuse_launch_type(definition: Any, launch_type: str) -> None:
    """Raise AWS's error for a launch type that a task definition does not support.

    A definition that requires no compatibilities supports Fargate if its network mode is awsvpc (AWS: botocore ecs,
    TaskDefinition, networkMode).
    """
    if launch_type == "MANAGED_INSTANCES":
        # botocore ecs, RunTaskRequest.launchType: "If you want to use Amazon ECS Managed Instances, you must use the
        # capacityProviderStrategy request parameter and omit the launchType request parameter."
        raise InvalidParameterException("MANAGED_INSTANCES needs a capacityProviderStrategy instead of a launchType.")
    required: Sequence[str] = definition.requires_compatibilities or ()
    supported = launch_type in required if required else launch_type != "FARGATE" or definition.network_mode == "awsvpc"
    if launch_type and not supported:
        # AWS's own text, from many public reports of RunTask.
        raise InvalidParameterException(f"Task definition does not support launch_type {launch_type}.")


def refuse_providers(associated: Sequence[str], strategy: Sequence[Params]) -> None:
    """Raise AWS's error for capacity providers that the cluster does not have."""
    if any(entry["capacityProvider"] not in associated for entry in strategy):
        # AWS's own text: https://github.com/dask/dask-cloudprovider/issues/328
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with"
            " the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and"
            " try again."
        )


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


def refuse_size(definition: Params, overrides: Params) -> None:
    """Raise AWS's error for overrides of the size that Fargate does not offer."""
    family = operating_system(definition)
    cpu, memory = (str(overrides.get(name) or definition.get(name) or "") for name in ("cpu", "memory"))
    if cpu and memory and not fargate_has(cpu, memory, windows=family != "LINUX"):
        # AWS's own text, from many public reports of RegisterTaskDefinition.
        raise EcsClientException(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS"
            " documentation for the valid values."
        )
    size = (overrides.get("ephemeralStorage") or {}).get("sizeInGiB")
    if size is not None and not 21 <= size <= 200:
        # botocore ecs, EphemeralStorage.sizeInGiB.
        raise InvalidParameterException("The ephemeral storage size must be from 21 to 200 GiB.")


def refuse_platform_version(version: str, definition: Params, overrides: Params, *, enter: bool) -> None:
    """Raise AWS's error for a platform version that does not exist, or does not support the task definition.

    The texts are those of botocore ecs.
    """
    family = operating_system(definition)
    if not platform_version_exists(version, windows=family != "LINUX"):
        raise ECSException("PlatformUnknownException", "The specified platform version doesn't exist.")
    if version == "1.3.0" and any(needs_1_4_0(definition, overrides, enter=enter)):
        raise ECSException(
            "PlatformTaskDefinitionIncompatibilityException",
            "The specified platform version doesn't satisfy the required capabilities of the task definition.",
        )
