"""Amazon ECS tasks on a schedule, as Pulumi components.

`ScheduledTask` is one task: a task definition and its schedules. `ScheduledTaskGroup` is what the tasks of a
stack share.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .args import (
        CapacityProviderArgs,
        ClusterArgs,
        GroupReference,
        LogsArgs,
        NetworkArgs,
        PermissionArgs,
        RetryArgs,
        RetryRunArgs,
        ScheduleArgs,
        ScheduledTaskArgs,
        ScheduledTaskGroupArgs,
        TaskDefinitionReference,
    )
    from .scheduled_task import ScheduledTask
    from .scheduled_task_group import ScheduledTaskGroup

__version__ = "0.1.0"

__all__ = [
    "CapacityProviderArgs",
    "ClusterArgs",
    "GroupReference",
    "LogsArgs",
    "NetworkArgs",
    "PermissionArgs",
    "RetryArgs",
    "RetryRunArgs",
    "ScheduleArgs",
    "ScheduledTask",
    "ScheduledTaskArgs",
    "ScheduledTaskGroup",
    "ScheduledTaskGroupArgs",
    "TaskDefinitionReference",
]


def __getattr__(name: str) -> Any:
    """Load the components when they are first asked for: the pure modules in here are used without Pulumi,
    and start fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import args, scheduled_task
    from . import scheduled_task_group as group

    return next(getattr(module, name) for module in (args, group, scheduled_task) if hasattr(module, name))
