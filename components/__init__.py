"""Amazon ECS tasks on a schedule, as Pulumi components.

`ScheduledTask` is one task: a task definition and its schedules. `ScheduledTaskGroup` is what the tasks of a
stack share.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .args import (
        BuildArgs,
        CapacityProviderArgs,
        ClusterArgs,
        ContainerArgs,
        EncryptionArgs,
        GroupReference,
        HealthCheckArgs,
        LogsArgs,
        MonitoringArgs,
        NetworkArgs,
        NotifyArgs,
        PermissionArgs,
        PlacementConstraintArgs,
        PlacementStrategyArgs,
        RetryArgs,
        RetryRunArgs,
        ScheduleArgs,
        ScheduledTaskArgs,
        ScheduledTaskGroupArgs,
        SidecarArgs,
        TaskDefinitionReference,
        UlimitArgs,
        VolumeArgs,
        VpcArgs,
    )
    from .scheduled_task import ScheduledTask
    from .scheduled_task_group import ScheduledTaskGroup

__version__ = "0.1.0"

__all__ = [
    "BuildArgs",
    "CapacityProviderArgs",
    "ClusterArgs",
    "ContainerArgs",
    "EncryptionArgs",
    "GroupReference",
    "HealthCheckArgs",
    "LogsArgs",
    "MonitoringArgs",
    "NetworkArgs",
    "NotifyArgs",
    "PermissionArgs",
    "PlacementConstraintArgs",
    "PlacementStrategyArgs",
    "RetryArgs",
    "RetryRunArgs",
    "ScheduleArgs",
    "ScheduledTask",
    "ScheduledTaskArgs",
    "ScheduledTaskGroup",
    "ScheduledTaskGroupArgs",
    "SidecarArgs",
    "TaskDefinitionReference",
    "UlimitArgs",
    "VolumeArgs",
    "VpcArgs",
]


def __getattr__(name: str) -> Any:
    """Load the components when they are first used, so that the modules that need no Pulumi start fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import args, scheduled_task
    from . import scheduled_task_group as group

    return next(getattr(module, name) for module in (args, group, scheduled_task) if hasattr(module, name))
