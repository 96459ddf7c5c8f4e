"""The size of a changed run, checked like the size of a task in the configuration. Pure."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from components.checks.sizes import launch_size_problems
from components.json_values import Data, Json, mapping
from components.resolved import FARGATE_PROVIDERS, LaunchType

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskDefinitionTypeDef

_OPTIONS = {"cpu": "--cpu", "memory": "--memory", "ephemeral_storage": "--ephemeral-storage"}
_LAUNCH_TYPES: Mapping[str, LaunchType] = {"FARGATE": "FARGATE", "EC2": "EC2", "EXTERNAL": "EXTERNAL"}


def launch_type_of(parameters: Data) -> LaunchType | None:
    """The launch type in the parameters of RunTask, with the keys of Scheduler or Step Functions.

    Returns None if the cluster's default strategy decides, or if the capacity providers aren't those of Fargate: they
    can belong to instances or to ECS Managed Instances.
    """
    entries = [{key.lower(): value for key, value in each.items()} for each in _strategy(parameters)]
    providers = {entry.get("capacityprovider") for entry in entries}
    if providers:
        return "FARGATE" if providers <= set(FARGATE_PROVIDERS) else None
    return _LAUNCH_TYPES.get(str(parameters.get("LaunchType")))


def _strategy(parameters: Data) -> list[Data]:
    return list(parameters.get("CapacityProviderStrategy", ()))


def size_problems(
    definition: "TaskDefinitionTypeDef", overrides: Mapping[str, Json], launch_type: LaunchType | None
) -> Iterator[str]:
    """Why ECS can't start a run with these overrides, as sentences that begin with an option of `run`.

    `overrides` are those of RunTask. A run without a size of its own has that of its task definition. A definition that
    requires Fargate only tells the launch type too.
    """
    cpu, memory = (_size(overrides.get(key) or definition.get(key)) for key in ("cpu", "memory"))
    storage = mapping(overrides.get("ephemeralStorage") or {}).get("sizeInGiB")
    if launch_type is None and definition.get("requiresCompatibilities") == ["FARGATE"]:
        launch_type = "FARGATE"
    if launch_type is None or cpu is None or memory is None:
        return
    windows = definition.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX") != "LINUX"
    found = launch_size_problems(
        launch_type, cpu, memory, storage if isinstance(storage, int) else None, windows=windows
    )
    for problem in found:
        yield str(problem.spelled(lambda name: _OPTIONS.get(name, name)))


def _size(value: object) -> int | None:
    """The number in a size of ECS; None for a size in other units, such as `1 vCPU`."""
    text = str(value or "")
    return int(text) if text.isdecimal() else None
