"""Tasks that make API calls: files, layers, and what a change of each key changes."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components import ScheduledCall, ScheduledTaskGroup
from components.aws.spelling import camel_case
from components.keys.reference import keys_of
from components.resolved import Retry
from config import Source, load
from config.keys import Call
from tests.mocks import Recorded, run

from .conftest import Load, Refused
from .test_changes import NO_SHARED_TASKS, STACK, difference

CALL: dict[str, Any] = {"schedule": "cron(0 20 ? * MON-FRI *)", "stop": {"database": "orders"}}


def test_a_call_is_a_task_of_its_own_kind(loaded: Load):
    config = loaded(tasks={"stop-orders": {**CALL, "timezone": "Europe/Berlin"}})
    assert (set(config.tasks), set(config.calls)) == ({"backup"}, {"stop-orders"})
    assert list(config.scheduled) == ["backup", "stop-orders"]
    call = config.calls["stop-orders"]
    [schedule] = call.schedules
    assert (schedule.expression, schedule.timezone) == (CALL["schedule"], "Europe/Berlin")
    assert call.retry == Retry(attempts=5, max_age=3600)
    assert config.task_as_written("stop-orders") == {**CALL, "timezone": "Europe/Berlin"}


def test_a_call_has_the_defaults_of_its_keys_only(loaded: Load, catalogue: Path):
    (catalogue / "defaults.yaml").write_text("memory: 1024\ntimezone: Europe/Berlin\nretry: {attempts: 3}\n")
    defaults = {"launch": "fargateSpot", "tags": {"team": "data"}, "logs": {"retentionDays": 7}}
    call = loaded(defaults=defaults, tasks={"stop-orders": CALL}).calls["stop-orders"]
    assert (call.schedules[0].timezone, call.retry.attempts, call.tags) == ("Europe/Berlin", 3, {"team": "data"})


def test_a_file_of_a_shared_task_can_be_a_call(loaded: Load, catalogue: Path):
    (catalogue / "stop-orders.yaml").write_text("schedule: rate(1 day)\nstop: {database: orders}\n")
    changed = loaded(tasks={"stop-orders": {"stop": {"database": "invoices"}, "enabled": False}})
    call = changed.calls["stop-orders"]
    assert (call.args.get("stop"), call.is_paused) == ({"database": "invoices"}, True)


def test_a_stack_can_have_only_calls(loaded: Load):
    config = loaded(catalogue=False, tasks={"stop-orders": CALL})
    assert (dict(config.tasks), set(config.calls)) == ({}, {"stop-orders"})


OFFICE = {"open": "MON-FRI 07:30-19:00", "sleeps": [{"service": "main/web"}, {"database": "orders"}]}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"image": "a:1", "memory": 512},
            (
                "image: image and memory belong to a task that runs containers, and this task makes an API call (stop). "
                "Remove them, or make two tasks."
            ),
        ),
        (
            {"taskDefinition": "reports"},
            (
                "taskDefinition: taskDefinition belongs to a task that runs containers, and this task makes an API call "
                "(stop). Remove it, or make two tasks."
            ),
        ),
        (
            {"only": "workdays"},
            (
                "only: is only for hours and for snapshot with keep: EventBridge Scheduler makes this call itself, and "
                "can't leave out times. Remove it. A task with an image can, and can make the call with the AWS CLI."
            ),
        ),
        (
            {"stop": None, "snapshot": {"database": "orders"}, "except": {"holidays": ["DE-BY"]}},
            (
                "except: is only for hours and for snapshot with keep: EventBridge Scheduler makes this call itself, and "
                "can't leave out times. Remove it. Write keep for the snapshot, whose state machine can."
            ),
        ),
        (
            {"stop": None, "schedule": None, "hours": OFFICE, "except": {"calendars": ["closed.ics"]}},
            'except.calendars.0: there is no file "closed.ics" in config/tasks. Add it, or remove the entry.',
        ),
        (
            {"stop": None, "schedule": None, "hours": OFFICE, "except": {"holidays": ["XX"]}},
            (
                'except.holidays.0: "XX" is not a country with known holidays. Write an ISO 3166 code, such as DE or '
                "DE-BY."
            ),
        ),
        (
            {"startUp": {"database": "orders"}},
            "startUp: a task makes one call, and this one has stop and startUp. Split it into several tasks.",
        ),
        ({"with": {"a": 1}}, "with: is only for call. Remove it."),
        ({"schedule": None}, "schedule: is missing. Write rate(...), cron(...) or at(...), or none."),
        ({"stop": {"databse": "a"}}, 'stop.databse: unknown key. Did you mean "database"?'),
        (
            {"schedule": None, "schedules": [{"expression": "rate(1 day)", "command": ["a"]}]},
            (
                "schedules.0.command: unknown key. Known keys: deleteAfterCompletion, description, enabled, end, expression, "
                "flexibleWindow, name, start and timezone."
            ),
        ),
    ],
)
def test_a_mistake_in_a_call_is_one_problem(refused: Refused, change: dict[str, Any], problem: str):
    call = {key: value for key, value in {**CALL, **change}.items() if value is not None}
    assert refused(tasks={"stop-orders": call}) == [f"tasks.stop-orders.{problem}"]


def test_an_entry_without_a_kind_names_one(refused: Refused):
    [problem] = refused(tasks={"stop-orders": {"schedule": "rate(1 day)"}})
    assert problem.endswith("needs an image, a taskDefinition, or a call such as stop.")


def test_names_of_tasks_and_calls_differ_by_more_than_case(refused: Refused):
    assert refused(tasks={"Backup": CALL}) == ['tasks.Backup: differs from "backup" only in case. Rename one.']


def test_office_hours_read_calendars(loaded: Load, catalogue: Path):
    text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20261222\nEND:VEVENT\nEND:VCALENDAR\n"
    (catalogue / "closed.ics").write_text(text)
    call = loaded(tasks={"office": {"hours": OFFICE, "except": {"calendars": ["closed.ics"]}}}).calls["office"]
    noon = datetime(2026, 12, 22, 12, tzinfo=UTC)
    assert [call.exceptions_in(each).reason(noon, "UTC") for each in call.schedules] == ["Fair", ""]


@pytest.mark.parametrize("tasks", [{"stop-orders": CALL}, {"office": {"hours": OFFICE}}])
def test_a_call_leaves_out_times_only_if_it_sets_that_itself(loaded: Load, tasks: dict[str, Any]):
    """A default for containers must not keep an environment closed, or skip its backups."""
    config = loaded(defaults={"only": "workdays", "except": {"holidays": ["DE"]}}, tasks=tasks, catalogue=False)
    assert [bool(call.exceptions) for call in config.calls.values()] == [False]


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
ROLE = "arn:aws:iam::123456789012:role/jobs/stop"
SCHEDULE, NEW_CALL = {"~job-schedule"}, {"~job-schedule", "~job-call-policy"}
GROUP_WITH_MACHINES = {
    "+tasks-leases", "+tasks-supervisor-logs", "+tasks-undelivered-events", "+tasks-broken-supervised-runs",
    "+tasks-broken-supervised-runs-log", "~tasks-alarm-dead-letters",
    *(f"+tasks-{outcome}{what}" for outcome in ("failed", "succeeded") for what in (
        "", "-policy", "-supervised-runs", "-supervised-runs-log",
    )),
}  # fmt: skip
"""The resources of a group that its first state machine needs."""
NEW_OFFICE = {
    "~job-schedule-opening", "+job-schedule-closing", "~job-call-policy", "+job-hours", "+job-hours-policy",
    *GROUP_WITH_MACHINES,
}  # fmt: skip
NEW_KEEPER = {*NEW_CALL, "+job-keep", "+job-keep-policy", *GROUP_WITH_MACHINES}
WATCHED = {
    *NEW_CALL, "+tasks-failed", "+tasks-failed-policy", "+tasks-failed-call-job", "+tasks-failed-call-job-log",
    "+tasks-succeeded", "+tasks-succeeded-policy", "+tasks-succeeded-call-job", "+tasks-succeeded-call-job-log",
    "+tasks-undelivered-events", "~tasks-alarm-dead-letters",
}  # fmt: skip
"""The first call in a stack whose work is watched adds the outcome logs and its rules."""
CHANGES: list[tuple[dict[str, Any], set[str]]] = [
    ({"description": "x"}, SCHEDULE),
    ({"schedule": "rate(1 day)"}, SCHEDULE),
    ({"schedule": [CALL["schedule"], "rate(1 day)"]}, {"+job-schedule-rate-fa665d95"}),
    ({"schedule": None, "schedules": [{"expression": CALL["schedule"], "timezone": "Asia/Tokyo"}]}, SCHEDULE),
    ({"timezone": "Europe/Berlin"}, SCHEDULE),
    ({"flexibleWindow": "15m"}, SCHEDULE),
    ({"start": "2037-01-01T00:00:00Z"}, SCHEDULE),
    ({"end": "2037-01-01T00:00:00Z"}, SCHEDULE),
    ({"enabled": False}, SCHEDULE),
    ({"deleteAfterCompletion": True, "end": "2037-01-01T00:00:00Z"}, SCHEDULE),
    ({"schedule": "none"}, SCHEDULE),
    ({"retry": {"attempts": 0}}, SCHEDULE),
    ({"retry": {"attempts": 5, "maxAge": "1h"}}, set()),
    ({"catchUp": "last"}, SCHEDULE),
    ({"role": ROLE}, {"-job-call", "-job-call-policy", "~job-schedule"}),
    ({"tags": {"owner": "bob"}}, {"~job-call"}),
    ({"stop": {"database": "invoices"}}, NEW_CALL),
    ({"stop": {"cluster": "orders"}}, NEW_CALL),
    ({"stop": None, "startUp": {"database": "orders"}}, NEW_CALL),
    ({"stop": None, "invoke": {"function": "reports"}}, NEW_CALL),
    ({"stop": None, "execute": {"stateMachine": "nightly"}}, WATCHED),
    ({"stop": None, "snapshot": {"database": "orders"}}, NEW_CALL),
    ({"stop": None, "snapshot": {"database": "orders", "keep": 14}}, NEW_KEEPER),
    (
        {"stop": None, "snapshot": {"database": "orders", "keep": 14}, "expectSuccessWithin": "26h"},
        {*NEW_KEEPER, "+job-alarm"},
    ),
    ({"stop": None, "scale": {"service": "main/web", "to": 0}}, NEW_CALL),
    ({"stop": None, "schedule": None, "hours": OFFICE}, NEW_OFFICE),
    ({"stop": None, "schedule": None, "hours": OFFICE, "except": {"holidays": ["DE-BY"]}}, NEW_OFFICE),
    ({"stop": None, "snapshot": {"database": "orders", "keep": 14}, "only": "workdays"}, NEW_KEEPER),
    ({"stop": None, "submit": {"glue": {"job": "nightly"}}}, WATCHED),
    (
        {"stop": None, "submit": {"glue": {"job": "nightly"}}, "expectSuccessWithin": "26h"},
        {*WATCHED, "+job-succeeded", "+job-alarm"},
    ),
    (
        {"stop": None, "send": {"queue": "orders", "body": "a", "kmsKey": KEY}},
        NEW_CALL,
    ),
    ({"stop": None, "send": {"queue": "orders", "body": {"tick": 1}}}, NEW_CALL),
    ({"stop": None, "call": "redshift:pauseCluster", "with": {"cluster_identifier": "dw"}}, NEW_CALL),
    (
        {"stop": None, "call": "secretsmanager:rotateSecret", "with": {"secretId": "db"}, "resources": [SECRET]},
        NEW_CALL,
    ),
    (
        {
            "stop": None,
            "call": "secretsmanager:rotateSecret",
            "with": {"secretId": "db"},
            "resources": ["*"],
            "because": "Each secret has its own name.",
        },
        NEW_CALL,
    ),
]


def deployed(call: dict[str, Any]) -> Recorded:
    call = {key: value for key, value in call.items() if value is not None}
    config = load(Source("test", {**STACK, "tasks": {"job": call}}, ()), NO_SHARED_TASKS)

    def program() -> None:
        group = ScheduledTaskGroup(
            "tasks", replace(config.group, prefix="shop-dev", tasks=config.tasks, calls=config.calls)
        )
        for name, task in config.calls.items():
            ScheduledCall(name, task.in_group(group.reference))

    recorded = run(program, preview=False)
    assert recorded.error is None
    return recorded


@pytest.fixture(scope="module")
def before() -> Recorded:
    return deployed(CALL)


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[str(change) for change, _ in CHANGES])
def test_a_change_of_a_key(before: Recorded, change: dict[str, Any], expected: set[str]):
    assert difference(before, deployed({**CALL, **change})) == expected


def test_every_key_has_a_row():
    used = {key for change, _ in CHANGES for key in change}
    assert {camel_case(key) for key in keys_of(Call)} - used == set()
