"""Warnings about expressions, images, credentials, volumes and permissions."""

from typing import Any

import pytest

from .test_advice import warned

IMAGE = {"schedule": "at(2099-01-05T02:00:00)", "delete_after_completion": True}


def said(**args: Any) -> list[str]:
    return warned(**{**IMAGE, **args})


@pytest.mark.parametrize(
    ("field", "meaning", "by_name", "unix"),
    [
        ("1-5", "Sunday to Thursday", "SUN-THU", "MON-FRI"),
        ("1", "Sunday", "SUN", "MON"),
        ("2,4", "Monday and Wednesday", "MON,WED", "TUE,THU"),
        ("2-6", "Monday to Friday", "MON-FRI", "TUE-SAT"),
    ],
)
def test_days_by_number(field: str, meaning: str, by_name: str, unix: str):
    """AWS: EventBridge Scheduler user guide, "Schedule types": 1 is Sunday and 7 is Saturday.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""
    [found] = said(schedule=f"cron(0 8 ? * {field} *)", delete_after_completion=False)
    assert found.startswith(f"schedule: day-of-week {field} is {meaning}: AWS counts from 1 (Sunday)")
    assert f"Write {by_name} " in found
    assert f"or {unix} for" in found


@pytest.mark.parametrize("field", ["MON-FRI", "SUN", "*", "2#1", "6L", "L"])
def test_days_by_name_and_documented_forms_are_no_mistake(field: str):
    assert said(schedule=f"cron(0 8 ? * {field} *)", delete_after_completion=False) == []


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("cron(*/7 3 * * ? *)", "minutes */7 is not an even interval: it is 0, 7, ... and 56, and then 0 after only 4"),
        ("cron(0/45 3 * * ? *)", "minutes 0/45 is not an even interval: it is 0 and 45, and then 0 after only 15"),
        ("cron(30/15 3 * * ? *)", "minutes 30/15 is not an even interval: it is 30 and 45, and then 30 after 45"),
        ("cron(0 */5 * * ? *)", "hours */5 is not an even interval: it is 0, 5, ... and 20, and then 0 after only 4"),
        ("cron(0 3 */2 * ? *)", "day-of-month */2 starts again at day 1 of each month"),
        ("cron(0 3 1 */5 ? *)", "month */5 is not an even interval: it is 1, 6 and 11, and then 1 after only 2"),
    ],
)
def test_uneven_steps(expression: str, part: str):
    found = said(schedule=expression, retry={"attempts": 0}, delete_after_completion=False)
    assert [part in message for message in found] == [True], found


@pytest.mark.parametrize(
    "expression",
    ["cron(0/15 3 * * ? *)", "cron(*/20 3 * * ? *)", "cron(5/20 3 * * ? *)", "cron(0 */6 * * ? *)", "cron(0 8-18/3 * * ? *)",
     "cron(0 3 1 */3 ? *)", "cron(0 3 */1 * ? *)"],
)  # fmt: skip
def test_even_steps_and_ranges_are_no_mistake(expression: str):
    assert said(schedule=expression, retry={"attempts": 0}, delete_after_completion=False) == []


@pytest.mark.parametrize(
    ("days", "part"),
    [
        ("31 *", "there is no day 31 in February, April, June, September and November"),
        ("30 *", "there is no day 30 in February"),
        ("29 *", "most years have no day 29 in February"),
        ("29 2", "most years have no day 29 in February"),
        ("15,31 *", "there is no day 31 in February"),
        ("31W *", "there is no day 31 in February"),
        ("31 4,5", "there is no day 31 in April,"),
    ],
)
def test_days_that_some_months_do_not_have(days: str, part: str):
    found = said(schedule=f"cron(0 3 {days} ? *)", delete_after_completion=False)
    assert [part in message for message in found] == [True], found
    assert "write L as day-of-month" in found[0]


@pytest.mark.parametrize("days", ["28 *", "L *", "31 1,3,5", "30 4", "25-31 *", "* *"])
def test_days_that_all_months_have(days: str):
    assert said(schedule=f"cron(0 3 {days} ? *)", delete_after_completion=False) == []


DIGEST = "@sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "what"),
    [
        ("job", 'has no tag, so AWS pulls "latest"'),
        ("host.io:5000/team/job", 'has no tag, so AWS pulls "latest"'),
        ("job:latest", 'has the tag "latest"'),
    ],
)
def test_an_image_without_a_version(image: str, what: str):
    """AWS: Amazon ECS API reference, ContainerDefinition, image."""
    [found] = said(image=image)
    assert found.startswith(f"image: {what}.")
    [found] = said(sidecars={"log": {"image": image}})
    assert found.startswith(f"sidecars.log.image: {what}.")


@pytest.mark.parametrize("image", ["job:1", "job" + DIGEST, "job:latest" + DIGEST, "host.io:5000/team/job:2026-11-26"])
def test_an_image_with_a_version(image: str):
    assert said(image=image) == []


SECRET = "hunter-2-canary"
CREDENTIALS = {
    "DB_PASSWORD": SECRET,
    "apiToken_TOKEN": SECRET,
    "STRIPE_API_KEY": SECRET,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "ANYTHING": "AKIA" + "ABCDEFGHIJKLMNOP",
    "PEM": "-----BEGIN RSA PRIVATE KEY-----\ncanary",
    "URL": "postgres://user:canary@db/orders",
    "GITHUB": "ghp_" + "a" * 36,
}


@pytest.mark.parametrize("variable", CREDENTIALS)
def test_a_credential_in_the_environment(variable: str):
    value = CREDENTIALS[variable]
    once = {"expression": "at(2099-01-05T02:00:00)", "environment": {variable: value}, "delete_after_completion": True}
    places: dict[str, dict[str, Any]] = {
        f"environment.{variable}": {"environment": {variable: value}},
        f"sidecars.a.environment.{variable}": {"sidecars": {"a": {"image": "a:1", "environment": {variable: value}}}},
    }
    for path, args in places.items():
        [found] = said(**args)
        assert found.startswith(f"{path}: looks like a credential")
        assert "secrets" in found
        assert value not in found
    [found] = warned(schedules=[once])
    assert found.startswith(f"schedules.0.environment.{variable}: looks like a credential")


def test_a_credential_in_the_command():
    [found] = said(command=["sync", "https://bob:canary@host/x"])
    assert found.startswith("command.1: looks like a credential")
    assert "canary" not in found


@pytest.mark.parametrize(
    "environment",
    [
        {"PASSWORD_FILE": "/run/secrets/db"},
        {"DB_PASSWORD": "/run/secrets/db"},
        {"DB_SECRET": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-Ab12Cd"},
        {"TOKEN": "true"},
        {"MAX_TOKEN": "4096"},
        {"TOKEN": ""},
        {"PWD": "/app"},
        {"URL": "https://host/path", "KEY": "orders", "SECRET_NAME": "orders/db"},
        {"RUN_TOKEN": "<aws.scheduler.execution-id>"},
    ],
    ids=str,
)
def test_settings_about_credentials_are_none(environment: dict[str, str]):
    assert said(environment=environment) == []


def test_a_scratch_volume_that_the_user_cannot_write():
    """AWS: Amazon ECS developer guide, "Use bind mounts with Amazon ECS": the mode is 0755 and the owner is root.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html"""
    volumes = {"scratch": {"path": "/tmp"}}
    for user in ("1000", "app", "1000:0"):
        [found] = said(volumes=volumes, user=user)
        assert found.startswith("volumes.scratch: belongs to root with the mode 0755")
    sidecar = {"image": "a:1", "user": "1000", "mounts": {"scratch": "/tmp"}}
    assert len(said(volumes=volumes, sidecars={"a": sidecar})) == 1
    for user in ("0", "root", "0:1000"):
        assert said(volumes=volumes, user=user) == []
    assert said(volumes=volumes) == []
    assert said(volumes={"scratch": {"path": "/tmp", "read_only": True}}, user="1000") == []
    assert said(volumes={"data": {"path": "/data", "efs": "fs-0a"}}, user="1000") == []


def test_every_action_is_allowed():
    [found] = said(permissions=[{"actions": ["s3:GetObject", "*"], "resources": ["arn:aws:s3:::a/*"]}])
    assert found.startswith("permissions.0.actions: allows every action of every AWS service")
    assert said(permissions=[{"actions": ["s3:*"], "resources": ["arn:aws:s3:::a/*"]}]) == []


def test_schedules_that_only_their_order_distinguishes():
    schedules = [{"expression": "rate(6 hours)"}, {"expression": "rate(6 hours)", "command": ["x"]}]
    [found] = warned(schedules=schedules)
    assert found.startswith('schedules.1.expression: "rate(6 hours)" occurs twice')
    assert warned(schedules=[schedules[0], {**schedules[1], "name": "x"}]) == []


SPLUNK: dict[str, Any] = {"driver": "splunk", "options": {"splunk-url": "https://a"}}
HOST: list[tuple[dict[str, Any], str]] = [
    ({"launch": "ec2", "privileged": True}, "privileged: gives the container all privileges of root"),
    (
        {"launch": "ec2", "linux": {"capabilities": {"add": ["SYS_ADMIN"]}}},
        "linux.capabilities.add: SYS_ADMIN is nearly the same as root",
    ),
    ({"launch": "ec2", "pid_mode": "host"}, "pid_mode: shares the namespace of the instance"),
    ({"launch": "ec2", "ipc_mode": "host"}, "ipc_mode: shares the namespace of the instance"),
    ({"logs": {"driver": "none"}}, "logs.driver: is none, so Fargate discards all output"),
    (
        {"logs": {**SPLUNK, "options": {**SPLUNK["options"], "splunk-token": "s3cr3t"}}},
        "logs.options.splunk-token: looks like a credential",
    ),
]


@pytest.mark.parametrize(("args", "part"), HOST, ids=str)
def test_risky_settings_of_containers(args: dict[str, Any], part: str):
    [found] = said(image="job:1", **args)
    assert found.startswith(part)
    assert "s3cr3t" not in found


@pytest.mark.parametrize(
    "args",
    [
        {"linux": {"capabilities": {"drop": ["ALL"]}}},
        {"pid_mode": "task"},
        {"launch": "ec2", "logs": {"driver": "none"}},
        {"logs": {**SPLUNK, "secret_options": {"splunk-token": "/a"}}},
    ],
    ids=str,
)
def test_safe_settings_of_containers(args: dict[str, Any]):
    assert said(image="job:1", **args) == []
