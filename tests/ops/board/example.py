"""Stacks for tests of the board and for its pictures: fixed data without AWS."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from components.monitoring.events import FAILED, SUCCEEDED
from ops.aws.deployment import Deployment
from ops.aws.logs import Line
from ops.aws.schedules import Schedule
from ops.board.period import Period
from ops.board.reading import Reading
from ops.pauses.record import Pause
from ops.pauses.skipped import Skipped
from ops.planning.plans import Plan
from ops.runs.outcome_logs import Outcomes
from ops.runs.records import RUNNING, SCHEDULE, SKIPPED, Run
from ops.state.rows import Row, Source
from ops.state.status import Status

NOW = datetime(2026, 10, 23, 8, 12, tzinfo=UTC)
"""A Friday. European clocks go back on the Sunday after it."""
PERIOD = Period(NOW)
COMMAND = "scheduled-tasks @ --stack prod"
LOG = (
    "pg_dump: last built-in OID is 16383",
    "pg_dump: reading schemas",
    "pg_dump: dumping contents of table public.customers",
    "pg_dump: dumping contents of table public.orders",
    "pg_dump: dumping contents of table public.order_lines",
    "uploaded 11.2 GiB of about 16 GiB",
    'pg_dump: error: Dumping the contents of table "order_lines" failed: out of memory',
)


def plan(
    task: str, expression: str, timezone: str = "UTC", *, start: datetime | None = NOW, enabled: bool = True
) -> Plan:
    """A schedule in the configuration."""
    return Plan("prod", task, expression, timezone, enabled, start, None, None)


def deployment(name: str = "scheduled-tasks-prod") -> Deployment:
    """A deployment without a connection."""
    nothing: Any = None
    return Deployment(nothing, name, f"arn:aws:scheduler:eu-west-1:123456789012:schedule-group/{name}", {})


class Example:
    """A stack to which tasks are added."""

    def __init__(self, name: str = "scheduled-tasks-prod", seed: int = 1):
        self.name, self.chance = name, random.Random(seed)
        self.rows: list[Row] = []
        self.runs: list[Run] = []
        self.lines: dict[str, Sequence[Line]] = {}
        self.pauses: dict[str, Pause] = {}
        self.alarms: list[str] | None = []
        self.dead_letters: dict[str, int | None] | None = {"launches": 0, "events": 0}
        self.unknown: list[str] = []
        self.failed = False
        self.last_runs_known = True
        self.lost: list[str] = []

    def identity(self) -> str:
        """An ID like that of an ECS task."""
        return f"{self.chance.getrandbits(128):032x}"

    def task(
        self,
        name: str,
        expression: str,
        timezone: str = "UTC",
        *,
        minutes: float = 10,
        failed: Sequence[int] = (),
        exit_code: int | None = 1,
        reason: str = "",
        start: datetime | None = NOW - timedelta(days=60),
        enabled: bool = True,
        alarms: Sequence[str] = (),
        until: datetime = NOW,
    ) -> Row:
        """Add a task that ran at each of its times. `failed` are the positions of failed runs, from the newest on."""
        schedule = plan(name, expression, timezone, start=start or None)
        times: list[datetime] = []
        for time in schedule.runs(PERIOD.start):
            if time >= until:
                break
            times.append(time)
        for position, time in enumerate(reversed(times)):
            bad = position in failed
            long = timedelta(minutes=minutes * self.chance.uniform(0.8, 1.25) * (0.4 if bad else 1))
            self.runs.append(
                Run(
                    self.identity(), name, FAILED if bad else SUCCEEDED, time + timedelta(seconds=5), time + timedelta(seconds=5) + long,
                    exit_code if bad else 0, reason if bad else "", SCHEDULE,
                )
            )  # fmt: skip
        own = [run for run in self.runs if run.task == name]
        next_run = next(iter(schedule.runs(NOW)), None) if enabled and start else None
        within = None if start or not enabled else timedelta(hours=6)
        row = Row(
            name, "enabled" if enabled else "paused", next_run, within, own[-len(times)] if times else None,
            alarms=[f"{name}/{alarm}" for alarm in alarms], sources=[Source(name, enabled, schedule)],
        )  # fmt: skip
        self.rows.append(row)
        return row

    def running(self, row: Row, minutes: float, by: str = SCHEDULE) -> None:
        """Let a task run now."""
        row.last = Run(self.identity(), row.task, RUNNING, NOW - timedelta(minutes=minutes), by=by)
        row.state = RUNNING

    def missing(self, row: Row, positions: Sequence[int]) -> None:
        """Remove runs of a task, by their positions from the newest on, and read its schedule from AWS."""
        [source] = row.sources
        assert isinstance(source.times, Plan)
        target = {"Arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main"}
        before = NOW - timedelta(days=60)
        schedule = Schedule(
            row.task, "", source.times.expression, source.times.timezone, True, target, before, modified=before
        )
        row.sources = [Source(row.task, True, schedule)]
        runs = [run for run in reversed(self.runs) if run.task == row.task]
        for position in positions:
            self.runs.remove(runs[position])

    def reading(self, command: str = COMMAND, problems: Sequence[str] = ()) -> Reading:
        """The stack as read."""
        found = Status(
            deployment(self.name), sorted(self.rows, key=lambda row: row.task), self.dead_letters, self.alarms,
            len(self.rows), None, self.pauses, (), (), dict.fromkeys(self.pauses, Skipped()), {}, self.unknown, self.failed, self.last_runs_known,
        )  # fmt: skip
        return Reading(
            self.name, command, found, Outcomes(self.runs, self.lost, not self.lost), (), self.lines, problems
        )


def example() -> Reading:
    """A stack with failures, alarms, failed launches and a pause."""
    stack = Example()
    reason = "OutOfMemoryError: Container killed due to memory usage"
    stack.task(
        "nightly-backup", "cron(0 3 * * ? *)", "Europe/Berlin", minutes=14, failed=(0, 1), exit_code=137,
        reason=reason, alarms=["no-success"],
    )  # fmt: skip
    worst = next(run for run in stack.runs if run.outcome == FAILED)
    ended = worst.stopped or NOW
    stack.lines[worst.id] = [Line(ended - timedelta(seconds=40 * (7 - n)), "s", text) for n, text in enumerate(LOG)]
    stack.task(
        "sync-inventory",
        "rate(15 minutes)",
        minutes=2,
        failed=(0, 41, 42, 43),
        exit_code=2,
        reason="Essential container in task exited",
    )
    stack.running(stack.task("rebuild-search-index", "cron(0 5 * * ? *)", minutes=48), 191)
    stack.task("hourly-etl", "rate(1 hour)", minutes=7, enabled=False, until=NOW - timedelta(hours=40))
    stack.pauses["hourly-etl"] = Pause("2026-10-21T15:55:00Z", "user/alice", "warehouse migration")
    stack.missing(stack.task("billing-export", "cron(0 6 ? * MON-FRI *)", "Europe/London", minutes=22), (1, 2))
    stack.task("archive-orders-2029", "at(2030-01-05T01:00:00)")
    stack.task("refresh-exchange-rates", "rate(5 minutes)", minutes=0.6)
    stack.task("send-reminder-emails", "cron(0/30 8-18 ? * MON-FRI *)", "America/New_York", minutes=3, failed=(30,))
    stack.task("cleanup-temp-files", "rate(6 hours)", minutes=4, start=None)
    weekly = stack.task("weekly-report", "cron(0 7 ? * MON *)", "Europe/Berlin", minutes=95)
    stack.runs.append(
        Run(
            stack.identity(),
            weekly.task,
            SKIPPED,
            NOW - timedelta(days=2, hours=3),
            NOW - timedelta(days=2, hours=3),
            reason="Another run is active.",
            by="bob",
        )
    )
    stack.task("rotate-audit-logs", "cron(15 0 * * ? *)", minutes=1.5)
    stack.task("train-recommendations", "cron(0 22 ? * SUN,WED *)", minutes=310)
    stack.alarms = ["dead-letters"]
    stack.dead_letters = {"launches": 2, "events": 0}
    return stack.reading()


def fine() -> Reading:
    """A stack without problems."""
    stack = Example("scheduled-tasks-staging", seed=2)
    stack.task("nightly-backup", "cron(0 3 * * ? *)", "Europe/Berlin", minutes=9)
    stack.task("hourly-etl", "rate(1 hour)", minutes=7)
    return stack.reading("scheduled-tasks @ --stack staging")


def partly_read() -> Reading:
    """A stack whose alarms and dead-letter queues can't be read."""
    stack = Example("scheduled-tasks-staging", seed=4)
    stack.task("nightly-backup", "cron(0 3 * * ? *)", "Europe/Berlin", minutes=9)
    stack.alarms = stack.dead_letters = None
    stack.failed = True
    stack.unknown = [
        "Firing alarms can't be read. alice may not cloudwatch:DescribeAlarms. Ask for the permission.",
        "The dead-letter queues can't be read. alice may not sqs:GetQueueUrl. Ask for the permission.",
    ]
    return stack.reading("scheduled-tasks @ --stack staging")


def unreadable() -> Reading:
    """A stack that can't be read at all."""
    return Reading("dev", "scheduled-tasks @ --stack dev", problems=["The credentials have expired. Sign in again."])


def many(tasks: int = 1000) -> Reading:
    """A large stack: most tasks run daily, some every 6 hours or every hour."""
    stack = Example("scheduled-tasks-large", seed=3)
    kinds = ("cron({0} {1} * * ? *)", "cron({0} {1} ? * MON-FRI *)", "cron({0} 0/6 * * ? *)", "cron({0} * * * ? *)")
    for number in range(tasks):
        kind = kinds[(0, 0, 0, 0, 0, 1, 1, 1, 2, 3 if number % 20 < 10 else 2)[number % 10]]
        failed = (0,) if number % 40 == 7 else (2,) if number % 9 == 1 else ()
        zone = ("UTC", "Europe/Berlin", "America/New_York")[number % 3]
        expression = kind.format(number % 60, number % 24)
        stack.task(f"task-{number:04}-of-a-large-stack", expression, zone, minutes=5, failed=failed)
    return stack.reading("scheduled-tasks @ --stack large")
