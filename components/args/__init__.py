"""The arguments of the components: dictionaries with typed keys.

This is the only place where a key, its type, its bounds, its default, its description and AWS's name for it are
written. The configuration, the runtime checks of arguments, the JSON schema, the plugin schema and the documentation
are made from these types.

They are TypedDicts because a Pulumi component that is served to other languages receives dictionaries. Values
that are checked before anything is created are plain (`str`, `int`, `bool`). Identifiers that other resources
produce are `Input`."""

from .calls import (
    BatchJobArgs,
    CallArgs,
    CodeBuildArgs,
    ExecuteArgs,
    GlueJobArgs,
    InvokeArgs,
    ScaleArgs,
    SendArgs,
    SnapshotArgs,
    StopArgs,
    SubmitArgs,
)
from .capacity import (
    CapacityProviderArgs,
    CapacityProviderName,
    ClusterArgs,
    ConstraintType,
    Launch,
    PlacementConstraintArgs,
    PlacementStrategyArgs,
    StrategyType,
)
from .container_host import (
    CapabilitiesArgs,
    Capability,
    DeviceArgs,
    DevicePermission,
    DnsArgs,
    HostArgs,
    LinuxArgs,
    RestartArgs,
    TmpfsArgs,
)
from .container_logs import ContainerLogsArgs, FirelensArgs, LogDriver, RouterType
from .containers import BuildArgs, Condition, ContainerArgs, HealthCheckArgs, SidecarArgs, StopTimeout, UlimitArgs, User
from .exceptions import Days, ExceptArgs
from .group import ScheduledTaskGroupArgs
from .hours import HoursArgs, SleepArgs
from .logs import DEFAULT_RETENTION_DAYS, RETENTION_DAYS, LogMode, LogsArgs
from .monitoring import EncryptionArgs, MonitoringArgs, SuccessMetrics
from .network import NatGateways, NetworkArgs, PublicIp, SubnetKind, TaskNetworkArgs, VpcArgs
from .notify import HeartbeatArgs, NotifyArgs, PagerDutyArgs, RecipientArgs, Severity, SlackArgs, TeamsArgs, WebhookArgs
from .passthrough import ContainerAwsArgs, TaskAwsArgs
from .permissions import Effect, PermissionArgs, SharedRoleArgs
from .references import GroupReference, RecipientReference, SubnetReference, TaskDefinitionReference, UpstreamReference
from .scheduled_call import CallRetryArgs, ScheduledCallArgs
from .schedules import (
    CallScheduleArgs,
    CatchUpArgs,
    CaughtUp,
    Overlap,
    ParallelArgs,
    RetryArgs,
    RetryRunArgs,
    ScheduleArgs,
)
from .strict import STRICT
from .task import Architecture, IpcMode, NetworkMode, OperatingSystem, PidMode, RunOn, ScheduledTaskArgs
from .values import (
    ClusterReference,
    IamPath,
    Image,
    KmsKeyArn,
    PolicyArn,
    RoleArn,
    RoleReference,
    SecretArn,
    SecurityGroupIds,
    Storage,
    SubnetIds,
    TaskDefinition,
)
from .volumes import DockerScope, DockerVolumeArgs, FsxVolumeArgs, S3FilesVolumeArgs, VolumeArgs

__all__ = [
    "DEFAULT_RETENTION_DAYS",
    "RETENTION_DAYS",
    "STRICT",
    "Architecture",
    "BatchJobArgs",
    "BuildArgs",
    "CallArgs",
    "CallRetryArgs",
    "CallScheduleArgs",
    "CapabilitiesArgs",
    "Capability",
    "CapacityProviderArgs",
    "CapacityProviderName",
    "CatchUpArgs",
    "CaughtUp",
    "ClusterArgs",
    "ClusterReference",
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
    "HealthCheckArgs",
    "HeartbeatArgs",
    "HostArgs",
    "HoursArgs",
    "IamPath",
    "Image",
    "InvokeArgs",
    "IpcMode",
    "KmsKeyArn",
    "Launch",
    "LinuxArgs",
    "LogDriver",
    "LogMode",
    "LogsArgs",
    "MonitoringArgs",
    "NatGateways",
    "NetworkArgs",
    "NetworkMode",
    "NotifyArgs",
    "OperatingSystem",
    "Overlap",
    "PagerDutyArgs",
    "ParallelArgs",
    "PermissionArgs",
    "PidMode",
    "PlacementConstraintArgs",
    "PlacementStrategyArgs",
    "PolicyArn",
    "PublicIp",
    "RecipientArgs",
    "RecipientReference",
    "RestartArgs",
    "RetryArgs",
    "RetryRunArgs",
    "RoleArn",
    "RoleReference",
    "RouterType",
    "RunOn",
    "S3FilesVolumeArgs",
    "ScaleArgs",
    "ScheduleArgs",
    "ScheduledCallArgs",
    "ScheduledTaskArgs",
    "ScheduledTaskGroupArgs",
    "SecretArn",
    "SecurityGroupIds",
    "SendArgs",
    "Severity",
    "SharedRoleArgs",
    "SidecarArgs",
    "SlackArgs",
    "SleepArgs",
    "SnapshotArgs",
    "StopArgs",
    "StopTimeout",
    "Storage",
    "StrategyType",
    "SubmitArgs",
    "SubnetIds",
    "SubnetKind",
    "SubnetReference",
    "SuccessMetrics",
    "TaskAwsArgs",
    "TaskDefinition",
    "TaskDefinitionReference",
    "TaskNetworkArgs",
    "TeamsArgs",
    "TmpfsArgs",
    "UlimitArgs",
    "UpstreamReference",
    "User",
    "VolumeArgs",
    "VpcArgs",
    "WebhookArgs",
]
