"""Amazon ECS tasks on a schedule, as Pulumi components.

`ScheduledTask` is one task: a task definition and its schedules. `ScheduledCall` is one API call and its schedules.
`ScheduledTaskGroup` is what the tasks of a stack share. `testing` has mocks for unit tests of programs.

Example:
    ```python
    from pulumi_ecs_scheduled_tasks import ScheduledTask, ScheduledTaskGroup

    group = ScheduledTaskGroup("jobs", cluster="main")
    ScheduledTask("backup", group=group, image="backup:12", schedule="cron(0 3 * * ? *)")
    ```
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .args import (
        Architecture,
        BatchJobArgs,
        BuildArgs,
        CallArgs,
        CallRetryArgs,
        CallScheduleArgs,
        CapabilitiesArgs,
        Capability,
        CapacityProviderArgs,
        ClusterArgs,
        CodeBuildArgs,
        Condition,
        ConstraintType,
        ContainerArgs,
        ContainerAwsArgs,
        ContainerLogsArgs,
        Days,
        DeviceArgs,
        DevicePermission,
        DnsArgs,
        DockerScope,
        DockerVolumeArgs,
        Effect,
        EncryptionArgs,
        ExceptArgs,
        ExecuteArgs,
        FirelensArgs,
        FsxVolumeArgs,
        GlueJobArgs,
        GroupReference,
        HealthCheckArgs,
        HostArgs,
        HoursArgs,
        InvokeArgs,
        IpcMode,
        Launch,
        LinuxArgs,
        LogDriver,
        LogMode,
        LogsArgs,
        MonitoringArgs,
        NatGateways,
        NetworkArgs,
        NetworkMode,
        NotifyArgs,
        OperatingSystem,
        Overlap,
        PagerDutyArgs,
        PermissionArgs,
        PidMode,
        PlacementConstraintArgs,
        PlacementStrategyArgs,
        PublicIp,
        RestartArgs,
        RetryArgs,
        RetryRunArgs,
        RouterType,
        RunOn,
        S3FilesVolumeArgs,
        ScaleArgs,
        ScheduleArgs,
        ScheduledCallArgs,
        ScheduledTaskArgs,
        ScheduledTaskGroupArgs,
        SendArgs,
        SharedRoleArgs,
        SidecarArgs,
        SleepArgs,
        SnapshotArgs,
        StopArgs,
        StrategyType,
        SubmitArgs,
        SubnetKind,
        SubnetReference,
        SuccessMetrics,
        TaskAwsArgs,
        TaskDefinitionReference,
        TaskNetworkArgs,
        TmpfsArgs,
        UlimitArgs,
        VolumeArgs,
        VpcArgs,
        WebhookArgs,
    )
    from .call_resources import CallResources
    from .checks.errors import InvalidArgumentsError
    from .group_resources import GroupResources
    from .monitoring.resources import MonitoringResources
    from .problems import Problem
    from .schedule_resources import ScheduleOutput
    from .scheduled_call import ScheduledCall
    from .scheduled_task import ScheduledTask
    from .scheduled_task_group import ScheduledTaskGroup
    from .task_resources import TaskResources

__version__ = "0.1.0"

__all__ = [
    "Architecture",
    "BatchJobArgs",
    "BuildArgs",
    "CallArgs",
    "CallResources",
    "CallRetryArgs",
    "CallScheduleArgs",
    "CapabilitiesArgs",
    "Capability",
    "CapacityProviderArgs",
    "ClusterArgs",
    "CodeBuildArgs",
    "Condition",
    "ConstraintType",
    "ContainerArgs",
    "ContainerAwsArgs",
    "ContainerLogsArgs",
    "Days",
    "DeviceArgs",
    "DevicePermission",
    "DnsArgs",
    "DockerScope",
    "DockerVolumeArgs",
    "Effect",
    "EncryptionArgs",
    "ExceptArgs",
    "ExecuteArgs",
    "FirelensArgs",
    "FsxVolumeArgs",
    "GlueJobArgs",
    "GroupReference",
    "GroupResources",
    "HealthCheckArgs",
    "HostArgs",
    "HoursArgs",
    "InvalidArgumentsError",
    "InvokeArgs",
    "IpcMode",
    "Launch",
    "LinuxArgs",
    "LogDriver",
    "LogMode",
    "LogsArgs",
    "MonitoringArgs",
    "MonitoringResources",
    "NatGateways",
    "NetworkArgs",
    "NetworkMode",
    "NotifyArgs",
    "OperatingSystem",
    "Overlap",
    "PagerDutyArgs",
    "PermissionArgs",
    "PidMode",
    "PlacementConstraintArgs",
    "PlacementStrategyArgs",
    "Problem",
    "PublicIp",
    "RestartArgs",
    "RetryArgs",
    "RetryRunArgs",
    "RouterType",
    "RunOn",
    "S3FilesVolumeArgs",
    "ScaleArgs",
    "ScheduleArgs",
    "ScheduleOutput",
    "ScheduledCall",
    "ScheduledCallArgs",
    "ScheduledTask",
    "ScheduledTaskArgs",
    "ScheduledTaskGroup",
    "ScheduledTaskGroupArgs",
    "SendArgs",
    "SharedRoleArgs",
    "SidecarArgs",
    "SleepArgs",
    "SnapshotArgs",
    "StopArgs",
    "StrategyType",
    "SubmitArgs",
    "SubnetKind",
    "SubnetReference",
    "SuccessMetrics",
    "TaskAwsArgs",
    "TaskDefinitionReference",
    "TaskNetworkArgs",
    "TaskResources",
    "TmpfsArgs",
    "UlimitArgs",
    "VolumeArgs",
    "VpcArgs",
    "WebhookArgs",
]

_MODULES = {
    "CallResources": "call_resources",
    "GroupResources": "group_resources",
    "InvalidArgumentsError": "checks.errors",
    "MonitoringResources": "monitoring.resources",
    "Problem": "problems",
    "ScheduleOutput": "schedule_resources",
    "ScheduledCall": "scheduled_call",
    "ScheduledTask": "scheduled_task",
    "ScheduledTaskGroup": "scheduled_task_group",
    "TaskResources": "task_resources",
}
"""The modules of the names that are not types of arguments."""


def __getattr__(name: str) -> Any:
    """Load the components when they are first used, so that the modules that need no Pulumi start fast."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'args')}", __name__), name)
