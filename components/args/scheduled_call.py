"""Arguments of a scheduled call: when it is made, and how failed attempts are retried."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from typing_extensions import TypedDict

from ..keys.annotations import Aws, Between, Default, Duration, Example, Input, Noun, Text
from .calls import CallArgs
from .exceptions import Days, ExceptArgs
from .references import GroupOfTask
from .schedules import CallScheduleArgs
from .strict import strict
from .values import RoleArn
from .when import ExpressionArgs, TimesArgs


@strict
class CallRetryArgs(TypedDict, total=False):
    """Retries of a failed call. Retries end at whichever limit is reached first. The call then goes to the dead-letter
    queue."""

    attempts: Annotated[
        int,
        Between(0, 185),
        Default(words="5 for a call that may be repeated, otherwise 0"),
        Aws("RetryPolicy.MaximumRetryAttempts"),
        Example("attempts: 5"),
    ]
    """Maximum number of retries. A retry can repeat a call that AWS has made, if its answer was lost."""

    max_age: Annotated[
        str,
        Duration("1m", "1d", unit="s"),
        Default("1h"),
        Aws("RetryPolicy.MaximumEventAgeInSeconds"),
        Example("maxAge: 30m"),
    ]
    """Maximum time after the scheduled time, 1m to 1d."""


@strict
class _Group(TypedDict, total=False):
    """The group of a call."""

    group: Annotated[
        GroupOfTask, Noun("a ScheduledTaskGroup or its `reference`"), Default(words="none: it is required")
    ]
    """Group of the call: a `ScheduledTaskGroup`, or its `reference`."""


@strict
class _Schedules(TypedDict, total=False):
    """Several schedules of a call."""

    schedules: Annotated[
        Sequence[CallScheduleArgs],
        Default((), "none"),
        Aws("Several schedules"),
        Example('schedules:\n  - { name: evening, expression: "cron(0 20 ? * MON-FRI *)", timezone: Europe/Berlin }'),
    ]
    """Several schedules, each with its own settings, instead of `schedule`."""


@strict
class _Exceptions(TypedDict, total=False):
    """The times that a call leaves out."""

    except_: Annotated[
        ExceptArgs,
        Default(words="none"),
        Aws("Choice state"),
        Example('except: { dates: ["2026-12-24"], holidays: [DE-BY] }'),
    ]
    """Days and times without openings of `hours`, or without snapshots with `keep`. Closings always run. Other calls
    can't leave out times, because no state machine makes them."""

    only: Annotated[Days, Default(words="all days"), Aws("Choice state"), Example("only: workdays")]
    """`workdays` leaves out Saturdays and Sundays. For the same calls as `except`."""


@strict
class ScheduledCallArgs(_Group, ExpressionArgs, _Schedules, TimesArgs, CallArgs, _Exceptions, total=False):
    """One scheduled call: an API call that EventBridge Scheduler makes, instead of running a container. Set one of
    `stop`, `start_up`, `snapshot`, `scale`, `hours`, `invoke`, `execute`, `submit`, `send` and `call`."""

    role: Annotated[
        Input[RoleArn],
        Default(words="the existing scheduler role of the group, or a new role that may make this call"),
        Aws("Target.RoleArn"),
        Example('role: "arn:aws:iam::123456789012:role/jobs/stop-databases"'),
    ]
    """ARN of an existing role that EventBridge Scheduler assumes to make the call."""

    retry: Annotated[
        CallRetryArgs,
        Default({}, "5 attempts within 1h for a call that may be repeated, otherwise none"),
        Aws("RetryPolicy"),
        Example("retry: { attempts: 5, maxAge: 1h }"),
    ]
    """Retries of a failed call."""

    expect_success_within: Annotated[
        str,
        Duration("1m", "7d", whole_minutes=True, why="CloudWatch alarms look back no further."),
        Default(words="none"),
        Aws("PutMetricAlarm, PutMetricFilter"),
        Example("expectSuccessWithin: 25h"),
    ]
    """Raises an alarm if no work that the call starts succeeds for this long: 1m to 7d, in whole hours above one day.
    For `execute` and `submit`."""

    tags: Annotated[Mapping[str, Text], Default({}, "none"), Aws("Tags of the role"), Example("tags: { owner: alice }")]
    """Tags of the call's role, in addition to the group's."""
