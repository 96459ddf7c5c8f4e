"""Tasks and groups after validation: frozen values with all defaults applied.

Durations are in seconds and times are in UTC. A value is `Input` only where another resource can produce it.
`components.resolver` makes these values from arguments; everything after it takes them, and applies no default.
"""

from .call_tasks import CallRetry, CallTask
from .calls import (
    BatchJob,
    CallKeys,
    CodeBuild,
    Execute,
    GlueJob,
    Invoke,
    Scale,
    Send,
    Snapshot,
    Stop,
    Submit,
)
from .capacity import (
    FARGATE_PROVIDERS,
    CapacityProvider,
    Cluster,
    LaunchType,
    PlacementConstraint,
    PlacementStrategy,
    launch_type,
)
from .container_host import Capabilities, Device, Dns, Host, Linux, Restart, Tmpfs
from .containers import MAIN_CONTAINER, Build, Container, HealthCheck, Sidecar, Ulimit
from .exceptions import Except
from .group import Group
from .hours import Hours, Sleep
from .logs import CLOUDWATCH_LOGS, ContainerLogs, Firelens, Logs
from .monitoring import Encryption, Monitoring
from .network import Network, TaskNetwork, Vpc
from .notify import Heartbeat, Notify, PagerDuty, Recipient, RecipientKind, Slack, Teams, Webhook
from .passthrough import ContainerAws, TaskAws
from .permissions import Permission, SharedRole
from .scheduled import Scheduled
from .schedules import CatchUp, Parallel, Retry, RetryRun, Schedule, ScheduleTimes
from .task import Task
from .volumes import VOLUME_KINDS, DockerVolume, FsxVolume, S3FilesVolume, Volume, VolumeKind

__all__ = [
    "CLOUDWATCH_LOGS",
    "FARGATE_PROVIDERS",
    "MAIN_CONTAINER",
    "VOLUME_KINDS",
    "BatchJob",
    "Build",
    "CallKeys",
    "CallRetry",
    "CallTask",
    "Capabilities",
    "CapacityProvider",
    "CatchUp",
    "Cluster",
    "CodeBuild",
    "Container",
    "ContainerAws",
    "ContainerLogs",
    "Device",
    "Dns",
    "DockerVolume",
    "Encryption",
    "Except",
    "Execute",
    "Firelens",
    "FsxVolume",
    "GlueJob",
    "Group",
    "HealthCheck",
    "Heartbeat",
    "Host",
    "Hours",
    "Invoke",
    "LaunchType",
    "Linux",
    "Logs",
    "Monitoring",
    "Network",
    "Notify",
    "PagerDuty",
    "Parallel",
    "Permission",
    "PlacementConstraint",
    "PlacementStrategy",
    "Recipient",
    "RecipientKind",
    "Restart",
    "Retry",
    "RetryRun",
    "S3FilesVolume",
    "Scale",
    "Schedule",
    "ScheduleTimes",
    "Scheduled",
    "Send",
    "SharedRole",
    "Sidecar",
    "Slack",
    "Sleep",
    "Snapshot",
    "Stop",
    "Submit",
    "Task",
    "TaskAws",
    "TaskNetwork",
    "Teams",
    "Tmpfs",
    "Ulimit",
    "Volume",
    "VolumeKind",
    "Vpc",
    "Webhook",
    "launch_type",
]
