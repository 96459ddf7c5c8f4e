"""When a task runs: the keys that all kinds of tasks share."""

from typing import Annotated

from typing_extensions import TypedDict

from ..keys.annotations import (
    Aws,
    Characters,
    Default,
    Duration,
    Example,
    Instant,
    ScheduleExpression,
    TimeZone,
)
from .schedules import CatchUpArgs
from .strict import strict


@strict
class ExpressionArgs(TypedDict, total=False):
    """The purpose of a task, and its only schedule."""

    description: Annotated[
        str,
        Characters(512),
        Default(words="none"),
        Aws("Description"),
        Example("description: Dump the orders database to S3"),
    ]
    """Purpose of the task. EventBridge Scheduler shows it with the schedule."""

    schedule: Annotated[str, ScheduleExpression(or_none=True), Default(words="none"), Aws("ScheduleExpression")]
    """`rate(6 hours)`, `cron(0 3 * * ? *)` or `at(2026-12-24T18:00:00)`. Set either this or `schedules`. `none` is for
    a task that only `scheduled-tasks run` starts: its schedule in AWS is disabled."""


@strict
class TimesArgs(TypedDict, total=False):
    """Settings that all schedules of a task have in common."""

    timezone: Annotated[
        str, TimeZone(), Default("UTC"), Aws("ScheduleExpressionTimezone"), Example("timezone: Europe/Berlin")
    ]
    """IANA time zone of cron and at expressions."""

    flexible_window: Annotated[
        str,
        Duration("1m", "1d", whole_minutes=True, unit="m"),
        Default(words="none: runs start at the scheduled time"),
        Aws("FlexibleTimeWindow.MaximumWindowInMinutes"),
        Example("flexibleWindow: 15m"),
    ]
    """Time after the scheduled time within which a run starts, in whole minutes, 1m to 1d."""

    catch_up: Annotated[
        CatchUpArgs, Default(words="none"), Aws("CreateSchedule"), Example("catchUp: { runs: last, maxAge: 6h }")
    ]
    """Scheduled times that run after a pause by hand that skipped them."""

    start: Annotated[
        str, Instant(), Default(words="the deployment"), Aws("StartDate"), Example('start: "2027-01-01T00:00:00Z"')
    ]
    """Time before which there are no runs: ISO 8601 with an offset or `Z`. `rate` counts from it."""

    end: Annotated[str, Instant(), Default(words="none"), Aws("EndDate"), Example('end: "2027-12-31T23:59:59+01:00"')]
    """Time after which there are no runs: ISO 8601 with an offset or `Z`."""

    enabled: Annotated[bool, Default(True), Aws("State"), Example("enabled: false     # pauses the task")]
    """`false` pauses all schedules of the task."""

    delete_after_completion: Annotated[
        bool,
        Default(words="`false`"),
        Aws("ActionAfterCompletion"),
        Example("schedule: at(2030-01-05T02:00:00)\ndeleteAfterCompletion: true"),
    ]
    """Whether AWS deletes the schedule after its last run (`at`, or a schedule with `end`)."""
