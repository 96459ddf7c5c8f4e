"""Arguments of schedules and retries."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import patterns
from ..aws.limits import PARALLEL_AT_ONCE, PARALLEL_TASKS
from ..keys.annotations import (
    Aws,
    Between,
    Characters,
    Default,
    Duration,
    Example,
    Instant,
    Matches,
    NotEmpty,
    ScheduleExpression,
    Text,
    TimeZone,
)
from .strict import strict
from .values import RoleReference, Storage

Overlap = Literal["allow", "forbid", "queue", "replace"]
CaughtUp = Literal["none", "last", "all"]


@strict
class CatchUpArgs(TypedDict, total=False):
    """Scheduled times that a pause by hand skipped, and that run after it: once each, with their scheduled time.
    `scheduled-tasks pause` and `resume` create one-time schedules for them."""

    runs: Required[Annotated[CaughtUp, Aws("CreateSchedule"), Example("runs: last")]]
    """`last` for the latest skipped time of each schedule, `all` for all of them (up to 100), or `none`."""

    max_age: Annotated[
        str,
        Duration("1m", "366d"),
        Default(words="any age"),
        Aws("CreateSchedule"),
        Example("runs: all\nmaxAge: 6h"),
    ]
    """Times that are older at the end of the pause don't run: 1m to 366d. `retry.maxAge` is for failed launches."""


@strict
class RetryArgs(TypedDict, total=False):
    """Retries of a failed launch (RunTask), not of a failed container. Retries end at whichever limit is reached
    first. The launch then goes to the dead-letter queue."""

    attempts: Annotated[
        int, Between(0, 185), Default(5), Aws("RetryPolicy.MaximumRetryAttempts"), Example("attempts: 5")
    ]
    """Maximum number of retries."""

    max_age: Annotated[
        str,
        Duration("1m", "1d", unit="s"),
        Default("1h"),
        Aws("RetryPolicy.MaximumEventAgeInSeconds"),
        Example("maxAge: 30m"),
    ]
    """Maximum time after the scheduled time, 1m to 1d. AWS's own default of 24 h can start a nightly task in the
    afternoon."""


@strict
class RetryRunArgs(TypedDict, total=False):
    """Retries of a failed run, as opposed to a failed launch. The task then runs through Step Functions."""

    attempts: Required[Annotated[int, Between(1, 10), Aws("states"), Example("attempts: 2")]]
    """Maximum number of retries. A run that a user stopped, or that timed out, is not retried."""

    delay: Annotated[
        str,
        Duration("1s", "1d", unit="s"),
        Default("1m"),
        Aws("Seconds of a Wait state"),
        Example("attempts: 2\ndelay: 30s"),
    ]
    """Time before the first retry, 1s to 1d."""

    backoff: Annotated[
        int,
        Between(1, 10),
        Default(2),
        Aws("Seconds of a Wait state"),
        Example("attempts: 3\nbackoff: 4     # after 1, 4 and 16 minutes"),
    ]
    """Factor by which the delay grows with each further retry, up to a delay of 1d."""

    exit_codes: Annotated[
        Sequence[Annotated[int, Between(1, 255)]],
        NotEmpty("is empty, so no exit code would be retried. Remove it to retry all."),
        Default((), "all"),
        Aws("containers.exitCode"),
        Example("attempts: 2\nexitCodes: [75, 111]"),
    ]
    """Exit codes (1 to 255) that are retried. A run that ended without an exit code is always retried."""


@strict
class ParallelArgs(TypedDict, total=False):
    """Several ECS tasks per run, each for its part of the work. The task then runs through Step Functions."""

    tasks: Required[Annotated[int, Between(2, PARALLEL_TASKS), Aws("Map state"), Example("tasks: 100")]]
    """Number of ECS tasks per run. Each has the environment variables `TASK_INDEX`, from 0, and `TASK_COUNT`."""

    at_once: Annotated[
        int,
        Between(1, PARALLEL_AT_ONCE),
        Default(10),
        Aws("MaxConcurrency"),
        Example("tasks: 100\natOnce: 25"),
    ]
    """Number of tasks that run at the same time. The next task starts when one has ended."""


@strict
class CallScheduleArgs(TypedDict, total=False):
    """One of several schedules of a call: when it is made."""

    expression: Required[
        Annotated[str, ScheduleExpression(), Aws("ScheduleExpression"), Example('expression: "cron(0 3 * * ? *)"')]
    ]
    """`rate(...)`, `cron(...)` or `at(...)`."""

    name: Annotated[
        str,
        Matches(
            patterns.SCHEDULE_NAME,
            "a schedule's name",
            "1 to 24 letters, digits, - and single _, starting with a letter",
        ),
        Default(words="from the expression, such as `cron-3fa1b2c4`"),
        Aws("Name: `<task>__<name>`"),
        Example('name: nightly\nexpression: "cron(0 3 * * ? *)"'),
    ]
    """Name of the schedule, unique in the task. With a name, a new expression changes the schedule. Without one, it
    replaces the schedule."""

    description: Annotated[
        str,
        Characters(512),
        Default(words="the task's"),
        Aws("Description"),
        Example('expression: "cron(0 3 * * ? *)"\ndescription: All orders'),
    ]
    """Description of the schedule."""

    timezone: Annotated[
        str,
        TimeZone(),
        Default("UTC", "the task's"),
        Aws("ScheduleExpressionTimezone"),
        Example('expression: "cron(0 3 * * ? *)"\ntimezone: America/New_York'),
    ]
    """IANA time zone of the expression."""

    flexible_window: Annotated[
        str,
        Duration("1m", "1d", whole_minutes=True, unit="m"),
        Default("0s", "the task's"),
        Aws("FlexibleTimeWindow.MaximumWindowInMinutes"),
        Example('expression: "cron(0 3 * * ? *)"\nflexibleWindow: 30m'),
    ]
    """Time after the scheduled time within which a run starts, in whole minutes, 1m to 1d."""

    start: Annotated[
        str,
        Instant(),
        Default(words="the task's"),
        Aws("StartDate"),
        Example('expression: "cron(0 3 * * ? *)"\nstart: "2027-01-01T00:00:00Z"'),
    ]
    """Time before which there are no runs: ISO 8601 with an offset or `Z`."""

    end: Annotated[
        str,
        Instant(),
        Default(words="the task's"),
        Aws("EndDate"),
        Example('expression: "cron(0 3 * * ? *)"\nend: "2027-12-31T23:59:59Z"'),
    ]
    """Time after which there are no runs: ISO 8601 with an offset or `Z`."""

    enabled: Annotated[
        bool,
        Default(True),
        Aws("State"),
        Example('expression: "cron(0 3 * * ? *)"\nenabled: false     # pauses this schedule'),
    ]
    """`false` pauses this schedule."""

    delete_after_completion: Annotated[
        bool,
        Default(words="the task's"),
        Aws("ActionAfterCompletion"),
        Example("expression: at(2030-01-05T02:00:00)\ndeleteAfterCompletion: true"),
    ]
    """Whether AWS deletes the schedule after its last run."""


@strict
class ScheduleArgs(CallScheduleArgs, total=False):
    """One of several schedules of a task: when it runs, and what its runs override."""

    command: Annotated[
        Sequence[Text],
        Default(words="the task's"),
        Aws("Target.Input: containerOverrides.command"),
        Example('expression: "cron(0 3 * * ? *)"\ncommand: [load, --all]'),
    ]
    """Command of the container. Can contain the same keywords as the task's."""

    environment: Annotated[
        Mapping[str, Text],
        Default({}, "none"),
        Aws("Target.Input: containerOverrides.environment"),
        Example('expression: "cron(0 3 * * ? *)"\nenvironment: { SCOPE: all }'),
    ]
    """Environment variables that add to or replace the task's. Values can contain the same keywords as the task's."""

    cpu: Annotated[
        int, Default(words="the task's"), Aws("Target.Input: cpu"), Example('expression: "cron(0 3 * * ? *)"\ncpu: 512')
    ]
    """CPU units, within the bounds of the task's `cpu`."""

    memory: Annotated[
        int,
        Default(words="the task's"),
        Aws("Target.Input: memory"),
        Example('expression: "cron(0 3 * * ? *)"\nmemory: 1024'),
    ]
    """MiB of memory, within the bounds of the task's `memory`."""

    ephemeral_storage: Annotated[
        Storage,
        Default(words="the task's"),
        Aws("Target.Input: ephemeralStorage"),
        Example('expression: "cron(0 3 * * ? *)"\nephemeralStorage: 50'),
    ]
    """GiB of ephemeral storage on Fargate, 21 to 200."""

    task_role: Annotated[
        RoleReference,
        Default(words="the task's"),
        Aws("Target.Input: taskRoleArn"),
        Example('expression: "cron(0 3 * * ? *)"\ntaskRole: "arn:aws:iam::123456789012:role/jobs/backup"'),
    ]
    """ARN of an existing role for runs, or the name of one of the group's `shared_roles`."""

    exec: Annotated[
        bool,
        Default(words="the task's"),
        Aws("EnableExecuteCommand"),
        Example('expression: "cron(0 3 * * ? *)"\nexec: true'),
    ]
    """Whether ECS Exec is enabled for the runs of this schedule. Supervised tasks have one setting for all runs."""
