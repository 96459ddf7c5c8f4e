"""Schedules, and settings of supervised runs, logs and tags, that AWS refuses."""

from typing import Any

import pulumi
import pytest

from .refused import Case, assert_at, assert_one, in_stack, in_task, in_task_arguments


def one_of_two(**values: Any) -> dict[str, Any]:
    """A task of two schedules, the second with these settings."""
    return {"schedule": None, "schedules": [{"expression": "rate(1 hour)"}, {"expression": "rate(2 hours)", **values}]}


DAILY = {"schedule": "cron(0 3 * * ? *)"}
BERLIN = {"timezone": "Europe/Berlin"}
NOON = "at(2099-01-01T12:00:00)"
CASES: dict[str, Case] = {
    "name of a lock": ({"lock": "orders db"}, "lock", "letters"),
    "one schedule and several": ({"schedules": [{"expression": "rate(1 day)"}]}, "schedule", ""),
    "no schedule": ({"schedule": None}, "schedule", "cron"),
    "no schedules": ({"schedule": None, "schedules": []}, "schedule", "cron"),
    "expression": ({"schedule": "every day"}, "schedule", ""),
    "expression of one of several": (one_of_two(expression="every day"), "schedules.1.expression", ""),
    "a day that no month has": ({"schedule": "cron(0 0 31 2 ? *)"}, "schedule", "cron(0 0 31 2 ? *)"),
    "a time that the clock skips": ({**BERLIN, "schedule": "at(2099-03-29T02:30:00)"}, "schedule", "Europe/Berlin"),
    "none of several": (one_of_two(expression="none"), "schedules.1.expression", "none"),
    "none in a list": ({"schedule": ["none"]}, "schedule.0", "none"),
    "deletion without a schedule": ({"schedule": "none", "deleteAfterCompletion": True}, "deleteAfterCompletion", "schedule"),
    "run at deployments beside a schedule": ({"runOn": "deploy"}, "runOn", "requires schedule: none"),
    "gate without runOn": ({"schedule": "none", "gate": True}, "gate", "no effect without runOn"),
    "end without a schedule": ({"schedule": "none", "end": "2100-01-01T00:00:00Z"}, "end", "schedule"),
    "start without a schedule": ({"schedule": "none", "start": "2100-01-01T00:00:00Z"}, "start", "schedule"),
    "expected success without a schedule": ({"schedule": "none", "expectSuccessWithin": "1h"}, "expectSuccessWithin", "schedule"),
    "twice": ({"schedule": None, "schedules": [{"expression": "rate(1 hour)"}, {"expression": "rate(1 hour)"}]}, "schedules.1.expression", "rate(1 hour)"),
    "name that is a number": (one_of_two(name="2"), "schedules.1.name", "starting with a letter"),
    "long name": (one_of_two(name="a" * 25), "schedules.1.name", "24"),
    "name twice": (
        {"schedule": None, "schedules": [{"expression": "rate(1 hour)", "name": "a"}, {"expression": "rate(2 hours)", "name": "a"}]}, "schedules.1.name", '"a"',
    ),
    "deletion without an end": ({"deleteAfterCompletion": True}, "deleteAfterCompletion", "end"),
    "deletion of one without an end": (one_of_two(deleteAfterCompletion=True), "schedules.1.deleteAfterCompletion", "rate(2 hours)"),
    "start of a one-time schedule": ({"schedule": NOON, "start": "2098-01-01T00:00:00Z"}, "start", ""),
    "end of a one-time schedule": ({"schedule": NOON, "end": "2100-01-01T00:00:00Z"}, "end", ""),
    "start of one one-time schedule": (one_of_two(expression=NOON, start="2098-01-01T00:00:00Z"), "schedules.1.start", ""),
    "end of one one-time schedule": (one_of_two(expression=NOON, end="2100-01-01T00:00:00Z"), "schedules.1.end", ""),
    "start without an offset": ({"start": "2099-01-01T00:00:00"}, "start", "2099-01-01T00:00:00"),
    "end that is no time": ({"end": "tomorrow"}, "end", "tomorrow"),
    "start after end": ({"start": "2099-01-02T00:00:00Z", "end": "2099-01-01T00:00:00Z"}, "start", "2099-01-01"),
    "start at end": ({"start": "2099-01-01T00:00:00Z", "end": "2099-01-01T01:00:00+01:00"}, "start", "2099-01-01"),
    "start of one after its end": (one_of_two(start="2099-01-02T00:00:00Z", end="2099-01-01T00:00:00Z"), "schedules.1.start", "2099-01-01"),
    "zone": ({"timezone": "Europe/Berlim"}, "timezone", "Europe/Berlin"),
    "zone of one of several": (one_of_two(timezone="CEST"), "schedules.1.timezone", '"CEST"'),
    "window": ({"flexibleWindow": "0m"}, "flexibleWindow", "0m"),
    "long window": ({"flexibleWindow": "1441m"}, "flexibleWindow", "1441m"),
    "window in seconds": ({"flexibleWindow": "61s"}, "flexibleWindow", "61s"),
    "window of one of several": (one_of_two(flexibleWindow="25h"), "schedules.1.flexibleWindow", "25h"),
    "description": ({"description": "a" * 513}, "description", "513"),
    "description of one of several": (one_of_two(description="a" * 513), "schedules.1.description", "513"),
    "variable of one of several": (one_of_two(environment={"A=B": "x"}), "schedules.1.environment.A=B", "="),
    "variable of one of several that is a secret": (
        {"secrets": {"X": "/token"}, **one_of_two(environment={"X": "x"})}, "schedules.1.environment.X", "secrets",
    ),
    "tag of the commands": ({"tags": {"scheduled-task": "a"}}, "tags.scheduled-task", "automatically"),
    "overrides": (one_of_two(command=["a" * 8200]), "schedules.1", "8192"),
    "storage of one of several": (one_of_two(ephemeralStorage=201), "schedules.1.ephemeralStorage", "201"),
    "storage of one of an existing definition": (
        {"image": None, "taskDefinition": "legacy:1", **one_of_two(ephemeralStorage=20)}, "schedules.1.ephemeralStorage", "20",
    ),
    "memory of one of several": (one_of_two(memory=700), "schedules.1.memory", "700"),
    "size of one of several on EC2": ({"launch": "ec2", **one_of_two(cpu=127)}, "schedules.1.cpu", "127"),
    "attempts": ({"retry": {"attempts": 186}}, "retry.attempts", "186"),
    "negative attempts": ({"retry": {"attempts": -1}}, "retry.attempts", "-1"),
    "age": ({"retry": {"maxAge": "59s"}}, "retry.maxAge", "59s"),
    "count": ({"count": 0}, "count", "0"),
    "timeout": ({"timeout": "31d"}, "timeout", "31d"),
    "overlap": ({"overlap": "skip"}, "overlap", '"skip"'),
    "one task per run": ({"parallel": {"tasks": 1}}, "parallel.tasks", "1"),
    "more tasks than fit": ({"parallel": {"tasks": 251}}, "parallel.tasks", "251"),
    "more tasks at once than Step Functions runs": ({"parallel": {"tasks": 50, "atOnce": 41}}, "parallel.atOnce", "41"),
    "more checks of several tasks than a history has room for": (
        {"parallel": {"tasks": 2}, "overlap": "replace", "retryRun": {"attempts": 10, "delay": "1d"}, "retry": {"attempts": 185, "maxAge": "1d"}},
        "overlap", "25,000",
    ),
    "tasks that take longer than a year": ({"parallel": {"tasks": 250, "atOnce": 1}, "timeout": "2d"}, "parallel", "one year"),
    "variable of parallel": ({"parallel": {"tasks": 2}, "environment": {"TASK_INDEX": "1"}}, "environment.TASK_INDEX", "parallel"),
    "secret of parallel": ({"parallel": {"tasks": 2}, "secrets": {"TASK_COUNT": "/a"}}, "secrets.TASK_COUNT", "parallel"),
    "count and parallel": ({"parallel": {"tasks": 2}, "count": 2}, "count", "parallel"),
    "retries without a number": ({"retryRun": {"delay": "1m"}}, "retryRun.attempts", "10"),
    "no retries": ({"retryRun": {"attempts": 0}}, "retryRun.attempts", "0"),
    "delay": ({"retryRun": {"attempts": 1, "delay": "25h"}}, "retryRun.delay", "25h"),
    "backoff": ({"retryRun": {"attempts": 1, "backoff": 11}}, "retryRun.backoff", "11"),
    "no backoff": ({"retryRun": {"attempts": 1, "backoff": 0}}, "retryRun.backoff", "0"),
    "no exit codes": ({"retryRun": {"attempts": 1, "exitCodes": []}}, "retryRun.exitCodes", ""),
    "exit code": ({"retryRun": {"attempts": 1, "exitCodes": [1, 256]}}, "retryRun.exitCodes.1", "256"),
    "two at a time": ({"count": 2, "timeout": "1h"}, "count", "2"),
    "exec of one schedule": ({"schedule": None, "schedules": [{"expression": "rate(1 day)", "exec": True}], "timeout": "1h"}, "schedules.0.exec", "exec: true"),
    "catching up: a word": ({"catchUp": "first"}, "catchUp", "last"),
    "catching up: an age": ({"catchUp": {"runs": "last", "maxAge": "30s"}}, "catchUp.maxAge", "1m to 366d"),
    "catching up: no runs": ({"catchUp": {"maxAge": "6h"}}, "catchUp.runs", "missing"),
    "catching up: unknown times": ({"schedule": "rate(1 day)", "catchUp": "last"}, "catchUp", "Set start"),
    "catching up: all, one at a time": ({**DAILY, "catchUp": "all", "overlap": "queue"}, "catchUp", "overlap: queue"),
    "catching up: a long description": ({**DAILY, "catchUp": "last", "description": "a" * 500}, "description", "[catchUp: last]"),
    "exceptions: a date": ({"except": {"dates": ["24.12.2026"]}}, "except.dates.0", "2026-12-24"),
    "exceptions: no dates": ({"except": {"dates": []}}, "except.dates", ""),
    "exceptions: a country": ({"except": {"holidays": ["XX"]}}, "except.holidays.0", '"XX"'),
    "exceptions: a calendar that isn't there": ({"except": {"calendars": ["a.ics"]}}, "except.calendars.0", '"a.ics"'),
    "exceptions: a calendar elsewhere": ({"except": {"calendars": ["../a.ics"]}}, "except.calendars.0", "closures.ics"),
    "exceptions: another day": ({"only": "weekends"}, "only", "workdays"),
    "exceptions: two at a time": ({"count": 2, "only": "workdays"}, "count", "2"),
    "expected duration": ({"expectDurationUnder": "59s"}, "expectDurationUnder", "1m"),
    "expected duration, too long": ({"expectDurationUnder": "31d"}, "expectDurationUnder", "30d"),
    "expected success": ({"expectSuccessWithin": "59s"}, "expectSuccessWithin", "59s"),
    "expected success in seconds": ({"expectSuccessWithin": "90s"}, "expectSuccessWithin", "90s"),
    "expected success in minutes": ({"expectSuccessWithin": "1501m"}, "expectSuccessWithin", ""),
    "retention": ({"logs": {"retentionDays": 2}}, "logs.retentionDays", "2"),
    "log mode": ({"logs": {"mode": "async"}}, "logs.mode", '"async"'),
    "tag": ({"tags": {"aws:team": "a"}}, "tags.aws:team", "aws:"),
    "value of a tag": ({"tags": {"team": "a" * 257}}, "tags.team", "256"),
    "50 tags": ({"tags": {f"tag{n}": "a" for n in range(50)}}, "tags", "50"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_schedule_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}", part)


def test_a_variable_of_a_schedule_that_is_a_stored_secret():
    values = {
        "schedule": None,
        "schedules": [{"expression": "rate(1 hour)", "environment": {"X": "x"}}],
        "secret_values": lambda: {"X": pulumi.Output.secret("x")},
    }
    assert_one(in_task_arguments(values), "schedules.0.environment.X", "secrets")


@pytest.mark.parametrize("name", ["a b", "-a", "a__b", "a" * 101])
def test_a_name_that_a_schedule_cannot_have(name: str):
    assert_at(in_stack({}, {name: {"image": "a:1", "schedule": "rate(1 day)"}}), f"tasks.{name}", name)
