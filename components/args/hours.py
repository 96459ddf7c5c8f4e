"""Arguments of office hours: when resources run, and which."""

from collections.abc import Sequence
from typing import Annotated, Required

from typing_extensions import TypedDict

from ..keys.annotations import Aws, Characters, Default, Example, Form, Input, NotEmpty
from ..schedules.opening_hours import opening_hours
from .resource_names import DatabaseClusterName, DatabaseName, InstanceId, RedshiftName, ServiceName
from .strict import strict


@strict
class SleepArgs(TypedDict, total=False):
    """A resource that runs only during office hours. Set one key."""

    database: Annotated[
        Input[DatabaseName], Default(words="none"), Aws("StopDBInstance, StartDBInstance"), Example("database: orders")
    ]
    """DB instance of Amazon RDS that is not a member of a DB cluster."""

    cluster: Annotated[
        Input[DatabaseClusterName],
        Default(words="none"),
        Aws("StopDBCluster, StartDBCluster"),
        Example("cluster: orders"),
    ]
    """DB cluster of Amazon Aurora or Amazon RDS, with all of its instances."""

    instances: Annotated[
        Sequence[Input[InstanceId]],
        NotEmpty(),
        Default((), "none"),
        Aws("StopInstances, StartInstances"),
        Example("instances: [i-0123456789abcdef0]"),
    ]
    """EC2 instances that belong to no Auto Scaling group. Those that run at the closing are started at the opening."""

    redshift: Annotated[
        Input[RedshiftName], Default(words="none"), Aws("PauseCluster, ResumeCluster"), Example("redshift: warehouse")
    ]
    """Provisioned cluster of Amazon Redshift, which is paused and resumed."""

    service: Annotated[
        Input[ServiceName],
        Default(words="none"),
        Aws("UpdateService, RegisterScalableTarget"),
        Example("service: main/web"),
    ]
    """ECS service: `cluster/service`, or its ARN. Its desired count and the bounds of its autoscaling are 0 while it
    is closed, and its autoscaling is suspended."""

    group: Annotated[
        Input[Annotated[str, NotEmpty(), Characters(255)]],
        Default(words="none"),
        Aws("UpdateAutoScalingGroup, SuspendProcesses"),
        Example("group: workers"),
    ]
    """Name of an Auto Scaling group of Amazon EC2. Its sizes are 0 while it is closed, and its scheduled actions and
    alarms are suspended."""


@strict
class HoursArgs(TypedDict, total=False):
    """Office hours. A state machine stops resources at each closing, and restores them at each opening."""

    open: Required[
        Annotated[
            str,
            Form(opening_hours),
            Aws("ScheduleExpression"),
            Example('open: "MON-FRI 07:30-19:00"\nsleeps: [{ database: orders }]'),
        ]
    ]
    """Days and times in the time zone of the task: `MON-FRI 07:30-19:00`. Separate several by commas. Hours that end
    before they start end on the next day."""

    sleeps: Required[
        Annotated[
            Sequence[SleepArgs],
            NotEmpty(),
            Aws("States"),
            Example('open: "MON-FRI 07:30-19:00"\nsleeps:\n  - { service: main/web }\n  - { database: orders }'),
        ]
    ]
    """Resources, in the order in which they are stopped. They are started in the reverse order."""
