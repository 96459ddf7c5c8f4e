"""The bounds and formats of all keys, with literal values at, below and above them.

The numbers are written out here, so that a changed bound fails. Their sources are AWS's API references."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from typing_extensions import is_typeddict

from components import args
from components.args import ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.keys.annotations import (
    Between,
    Characters,
    CidrBlock,
    Duration,
    Form,
    Instant,
    Items,
    Matches,
    NotEmpty,
    OneOf,
    ScheduleExpression,
    TimeZone,
    Widest,
)
from components.keys.description import allowed
from components.keys.reference import Type, forms, keys_of, shapes_in
from components.keys.validation import adapter_of, validated
from components.schedules.durations import in_words

SHAPES = {
    shape.__name__.removesuffix("Args"): shape
    for shape in (*shapes_in(ScheduledTaskArgs), *shapes_in(ScheduledTaskGroupArgs))
}
ENTRY = {"provider": "FARGATE"}


def problems(where: str, value: object, **options: Any) -> list[str]:
    """The problems with a value of a key such as `Retry.attempts`."""
    shape, key = where.split(".")
    found = validated(SHAPES[shape], {key: value}, **options).problems
    return [
        str(problem) for problem in found if not (problem.path != (key,) and problem.message.startswith("is missing."))
    ]


def annotated(kind: type) -> set[str]:
    """The keys that have an annotation of a kind, on their value or on what it contains."""
    return {
        f"{name}.{key.name}"
        for name, shape in SHAPES.items()
        for key in keys_of(shape).values()
        if any(found.annotation(kind) for found in inside(key.type))
    }


def inside(found: Type) -> Iterator[Type]:
    """A type, and the types of its items and values."""
    yield found
    for form in forms(found):
        if form.is_object or not (is_typeddict(form.base) or form.choices or form.base in (str, int, bool, object)):
            yield from inside(form.inner)


def in_list(where: str) -> bool:
    shape, key = where.split(".")
    return keys_of(SHAPES[shape])[key].type.base not in (str, int)


INTEGERS = {
    "CapacityProvider.weight": (0, 1000),
    "CapacityProvider.base": (0, 100000),
    "Vpc.zones": (1, 4),
    "Retry.attempts": (0, 185),
    # Ours: as many as fit into the history of an execution; see test_parallel.py.
    "Parallel.tasks": (2, 250),
    "Parallel.at_once": (1, 40),
    "RetryRun.attempts": (1, 10),
    "RetryRun.backoff": (1, 10),
    "RetryRun.exit_codes": (1, 255),
    "Schedule.ephemeral_storage": (21, 200),
    "ScheduledTask.ephemeral_storage": (21, 200),
    "ScheduledTask.count": (1, 10),
    "Sidecar.cpu": (0, 196608),
    "Sidecar.memory": (6, 33554432),
    "HealthCheck.retries": (1, 10),
    # AWS: botocore ecs, ContainerDefinition.memory, ContainerRestartPolicy.ignoredExitCodes, LinuxParameters.swappiness.
    "ScheduledTask.memory_reservation": (6, 33554432),
    "Sidecar.memory_reservation": (6, 33554432),
    # AWS: Amazon ECS developer guide, "Amazon ECS task definitions for GPU workloads": p2.16xlarge has 16.
    "ScheduledTask.gpus": (1, 16),
    "Sidecar.gpus": (1, 16),
    "Linux.shared_memory": (1, 33554432),
    "Linux.max_swap": (0, 33554432),
    "Linux.swappiness": (0, 100),
    "Tmpfs.size": (1, 33554432),
    "Restart.ignored_exit_codes": (0, 255),
    # A port of TCP.
    "Volume.transit_encryption_port": (1, 65535),
    "Notify.after": (1, 100),
    "ScheduledTask.notify_after": (1, 100),
}
UNITS = {
    "Schedule.ephemeral_storage": " GiB",
    "ScheduledTask.ephemeral_storage": " GiB",
    **dict.fromkeys(
        (
            "Sidecar.memory", "ScheduledTask.memory_reservation", "Sidecar.memory_reservation", "Linux.shared_memory",
            "Linux.max_swap", "Tmpfs.size",
        ),
        " MiB",
    ),
}  # fmt: skip


def test_every_integer_with_bounds_is_in_the_table():
    assert annotated(Between) == INTEGERS.keys()


@pytest.mark.parametrize(("where", "bounds"), INTEGERS.items(), ids=INTEGERS)
def test_bounds_of_an_integer(where: str, bounds: tuple[int, int]):
    least, most = bounds
    several = in_list(where)
    for value in (least, most):
        assert problems(where, [value] if several else value) == []
    for value in (least - 1, most + 1):
        path = f"{where.split('.')[1]}.0" if several else where.split(".")[1]
        message = f"{path}: {value} is not allowed. Use {least} to {most}{UNITS.get(where, '')}."
        assert problems(where, [value] if several else value) == [message]


def test_bounds_that_depend_on_other_keys_are_for_editors_only():
    assert annotated(Widest) == {"ScheduledTask.cpu", "ScheduledTask.memory"}
    schema = adapter_of(ScheduledTaskArgs).json_schema(by_alias=True)["properties"]
    assert (schema["cpu"]["minimum"], schema["cpu"]["maximum"]) == (128, 196608)
    assert (schema["memory"]["minimum"], schema["memory"]["maximum"]) == (6, 33554432)
    assert problems("ScheduledTask.cpu", 1) == []


DURATIONS = {
    "CatchUp.max_age": ("1m", "366d"),
    "Retry.max_age": ("1m", "1d"),
    "RetryRun.delay": ("1s", "1d"),
    "Schedule.flexible_window": ("1m", "1d"),
    "ScheduledTask.flexible_window": ("1m", "1d"),
    "ScheduledTask.timeout": ("1m", "30d"),
    "ScheduledTask.expect_success_within": ("1m", "7d"),
    "ScheduledTask.expect_duration_under": ("1m", "30d"),
    "ScheduledTask.stop_timeout": ("2s", "1d"),
    "ScheduledTask.start_timeout": ("2s", "1d"),
    "Sidecar.stop_timeout": ("2s", "1d"),
    "Sidecar.start_timeout": ("2s", "1d"),
    # AWS: botocore ecs, ContainerRestartPolicy.restartAttemptPeriod.
    "Restart.attempt_period": ("1m", "30m"),
    "HealthCheck.interval": ("5s", "5m"),
    "HealthCheck.timeout": ("2s", "1m"),
    "HealthCheck.start_period": ("0s", "5m"),
}
SECONDS = {"s": 1, "m": 60, "d": 86400}
WHOLE_MINUTES = {"Schedule.flexible_window", "ScheduledTask.flexible_window", "ScheduledTask.expect_success_within"}


def test_every_duration_is_in_the_table():
    assert annotated(Duration) == DURATIONS.keys()


@pytest.mark.parametrize(("where", "bounds"), DURATIONS.items(), ids=DURATIONS)
def test_bounds_of_a_duration(where: str, bounds: tuple[str, str]):
    key = where.split(".")[1]
    least, most = (int(text[:-1]) * SECONDS[text[-1]] for text in bounds)
    step = 60 if where in WHOLE_MINUTES else 1
    for count in (least, most):
        assert problems(where, f"{count}s") == []
    for count in (least - step, most + step):
        if count >= 0:
            [problem] = problems(where, f"{count}s")
            use = f"Use {bounds[0]} to {bounds[1]} ({least} to {most} seconds)."
            assert problem.startswith(f'{key}: "{count}s" is not allowed. {use}')
    minutes = problems(where, f"{least + 30}s" if step == 60 else f"{most}s")
    expected = f'{key}: "{least + 30}s" is not a multiple of 1 minute. AWS accepts whole minutes only.'
    assert minutes == ([expected] if step == 60 else [])


@pytest.mark.parametrize("text", ["", "5", "m", "1.5h", "-5m", "5 m", "5M", "1w", "5m\n", "0000000001m", "\u0665m"])
def test_other_strings_are_not_durations(text: str):
    [problem] = problems("ScheduledTask.timeout", text)
    assert " is not a duration. Use an integer and a unit: 45s, 15m, 26h or 7d." in problem


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("26h", 93600), ("7d", 604800)])
def test_duration_resolves_to_seconds(text: str, seconds: int):
    assert Duration.resolve(text) == seconds
    assert Duration.resolve(in_words(seconds)) == seconds


RECIPIENTS = ("PagerDuty", "Slack", "Teams", "Webhook")
LISTS: dict[str, tuple[int, int, str, object]] = {
    "Cluster.default_strategy": (1, 6, "entries", ENTRY),
    "ScheduledTask.capacity_providers": (1, 6, "entries", ENTRY),
    "ScheduledTask.placement_constraints": (0, 10, "entries", {"type": "distinctInstance"}),
    "ScheduledTask.placement_strategies": (0, 5, "entries", {"type": "random"}),
    "Network.subnet_ids": (1, 16, "subnets", "subnet-0a"),
    "TaskNetwork.subnet_ids": (1, 16, "subnets", "subnet-0a"),
    "Network.security_group_ids": (1, 5, "security groups", "sg-0a"),
    "ScheduledTaskGroup.clusters": (0, 20, "clusters", "main"),
    "TaskNetwork.security_group_ids": (1, 5, "security groups", "sg-0a"),
    # AWS: Amazon ECR service quotas, "Pull through cache rules per registry".
    "ScheduledTaskGroup.pull_through_caches": (0, 50, "prefixes", "docker-hub"),
    # AWS: botocore ecs, ContainerDefinition.environmentFiles, ContainerRestartPolicy.ignoredExitCodes.
    "ScheduledTask.environment_files": (0, 10, "files", "arn:aws:s3:::config/a.env"),
    "Sidecar.environment_files": (0, 10, "files", "arn:aws:s3:::config/a.env"),
    "Restart.ignored_exit_codes": (0, 50, "exit codes", 0),
    "Heartbeat.tasks": (1, 1, "names", "job"),
    **{f"{kind}.tasks": (0, 20, "names", "job") for kind in RECIPIENTS},
    **{f"{kind}.severities": (1, 2, "severities", "critical") for kind in RECIPIENTS},
}


def test_every_list_with_bounds_is_in_the_table():
    assert annotated(Items) == LISTS.keys()


@pytest.mark.parametrize(("where", "bounds"), LISTS.items(), ids=LISTS)
def test_bounds_of_a_list(where: str, bounds: tuple[int, int, str, object]):
    least, most, noun, item = bounds
    for count in (least, most):
        assert problems(where, [item] * count) == []
    for count in (least - 1, most + 1):
        if count >= 0:
            message = f"{where.split('.')[1]}: has {count} {noun}. AWS accepts {least} to {most}."
            assert problems(where, [item] * count) == [message]


CALENDAR = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nEND:VEVENT\nEND:VCALENDAR\n"
EMPTY: dict[str, tuple[str, object]] = {
    "RetryRun.exit_codes": ("is empty, so no exit code would be retried. Remove it to retry all.", [1]),
    "Except.dates": ("is empty. Name at least one.", ["2026-12-24"]),
    "Except.holidays": ("is empty. Name at least one.", ["DE-BY"]),
    "Except.calendars": ("is empty. Name at least one.", [CALENDAR]),
    "Permission.actions": ("is empty. Name at least one.", ["s3:GetObject"]),
    "Permission.resources": ("is empty. Name at least one.", ["*"]),
    "Network.vpc_tags": ("is empty, which would match every VPC. Name at least one tag.", {"a": "b"}),
    "TaskNetwork.vpc_tags": ("is empty, which would match every VPC. Name at least one tag.", {"a": "b"}),
    "Network.subnet_tags": ("is empty, which would match every subnet. Name at least one tag.", {"a": "b"}),
    "TaskNetwork.subnet_tags": ("is empty, which would match every subnet. Name at least one tag.", {"a": "b"}),
    "Build.context": ("is empty. Name the folder with the Dockerfile.", "."),
    "Device.permissions": ("is empty. Name at least one.", ["read"]),
    **{
        f"{shape}.{key}": (message, value)
        for shape in ("Logs", "ContainerLogs")
        for key, message, value in (
            ("multiline_pattern", "is empty. Write the pattern of the first line of a message.", "^INFO"),
            ("datetime_format", "is empty. Write a format of strftime, such as %Y-%m-%d %H:%M:%S.", "%H"),
        )
    },
}


def test_every_value_that_is_not_empty_is_in_the_table():
    assert annotated(NotEmpty) == EMPTY.keys()


@pytest.mark.parametrize(("where", "expected"), EMPTY.items(), ids=EMPTY)
def test_empty_values(where: str, expected: tuple[str, Any]):
    message, value = expected
    assert problems(where, value) == []
    assert problems(where, type(value)()) == [f"{where.split('.')[1]}: {message}"]


@pytest.mark.parametrize("where", ["ScheduledTask.description", "Schedule.description"])
def test_length_of_a_description(where: str):
    assert annotated(Characters) == {
        "ScheduledTask.description", "Schedule.description", "ScheduledTaskGroup.prefix",
        # AWS: botocore events, AuthHeaderParametersSensitive.
        "Webhook.secret", "PagerDuty.routing_key", "Heartbeat.url", "Slack.token", "Teams.url",
    }  # fmt: skip
    assert problems(where, "") == []
    assert problems(where, "x" * 512) == []
    assert problems(where, "x" * 513) == ["description: has 513 characters. AWS accepts at most 512."]


def test_retention_days_of_cloudwatch_logs():
    assert annotated(OneOf) == {"Logs.retention_days"}
    # AWS: CloudWatch Logs API reference, PutRetentionPolicy.
    days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
    assert [number for number in range(4000) if not problems("Logs.retention_days", number)] == days


ACCOUNT = "123456789012"
S3_FILES = f"arn:aws:s3files:eu-west-1:{ACCOUNT}:file-system/"
Cases = tuple[list[str], list[str], str]
OF_LOGS: dict[str, Cases] = {
    "max_buffer_size": (["25m", "4096", "1G"], ["", "0m", "25 MB"], "a size"),
    # AWS: botocore logs, LogGroupName; CloudWatch Logs API reference, CreateLogGroup.
    "group": (["/shared/batch", "a" * 512], ["", "aws/a", "a:b", "a" * 513], "the name of a log group"),
}
OF_CONTAINERS: dict[str, Cases] = {
    "registry_credentials": ([f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:registry-Ab12Cd"], ["registry", f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/a", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:a:key::"], "the ARN of a Secrets Manager secret"),
    "environment_files": (["arn:aws:s3:::config/a.env", "arn:aws-cn:s3:::config/a/b.env"], ["s3://config/a.env", "arn:aws:s3:::config/a.txt", "arn:aws:s3:::config/*.env"], "an environment file on S3"),
    "security_options": (["no-new-privileges", "apparmor:docker-default"], ["", "privileged"], "a security option"),
    "hostname": (["worker", "worker-1.internal"], ["", "-a", "a_b", "a" * 254], "a host name"),
    "extra_hosts": (["10.0.0.5", "::1"], ["", "db.internal"], "an IP address"),
}  # fmt: skip
FORMATS: dict[str, Cases] = {
    "Schedule.name": (["a", "full-sync", "full_sync", "B2", "a" * 24, "a-"], ["", "2", "-a", "a__b", "a_", "a b", "a.b", "a" * 25, "a\n"], "a schedule's name"),
    "Network.vpc": (["default", "vpc-0a"], ["", "Default", "vpc-", "vpc0a", "vpc-xyz", "vpc-0a\n"], "a VPC"),
    "TaskNetwork.vpc": (["default", "vpc-0a"], ["", "Default", "vpc-", "vpc0a", "vpc-xyz", "vpc-0a\n"], "a VPC"),
    "Network.subnet_ids": (["subnet-0a"], ["", "subnet", "sg-0a", "subnet-0A"], "a subnet"),
    "TaskNetwork.subnet_ids": (["subnet-0a"], ["", "subnet", "sg-0a", "subnet-0A"], "a subnet"),
    "Network.security_group_ids": (["sg-0a"], ["", "subnet-0a", "sg-0g"], "a security group"),
    "TaskNetwork.security_group_ids": (["sg-0a"], ["", "subnet-0a", "sg-0g"], "a security group"),
    "Cluster.capacity_providers": (["FARGATE", "FARGATE_SPOT", "on-demand", "a" * 255], ["", "fargate", "aws-x", "ECS", "a" * 256, "a b"], "a capacity provider"),
    "CapacityProvider.provider": (["FARGATE", "FARGATE_SPOT", "on-demand"], ["Fargate_spot", "awsome"], "a capacity provider"),
    "Logs.kms_key": ([f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/a-1", f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/a"], ["alias/a", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/a", "arn:aws:kms:eu-west-1:1:key/a"], "the ARN of a KMS key"),
    "Notify.kms_key": ([f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/a-1"], ["alias/a"], "the ARN of a KMS key"),
    "Encryption.dead_letters": ([f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/a-1"], ["alias/a"], "the ARN of a KMS key"),
    "Encryption.undelivered_events": ([f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/a-1"], ["alias/a"], "the ARN of a KMS key"),
    "Encryption.schedules": ([f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/a-1"], ["alias/a"], "the ARN of a KMS key"),
    "Encryption.secrets": ([f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/a-1"], ["alias/a"], "the ARN of a KMS key"),
    "ScheduledTaskGroup.permissions_boundary": ([f"arn:aws:iam::{ACCOUNT}:policy/a", "arn:aws:iam::aws:policy/A"], ["a", f"arn:aws:iam::{ACCOUNT}:role/a"], "the ARN of a managed policy"),
    "ScheduledTask.managed_policies": ([f"arn:aws:iam::{ACCOUNT}:policy/a", "arn:aws:iam::aws:policy/A"], ["ReadOnly"], "the ARN of a managed policy"),
    **{
        f"{shape}.{name}": ([f"arn:aws:iam::{ACCOUNT}:role/path/a"], ["a", f"arn:aws:iam::{ACCOUNT}:policy/a"], "the ARN of a role")
        for shape, names in (
            ("ScheduledTask", ("execution_role",)),
            ("ScheduledTaskGroup", ("scheduler_role", "supervisor_role", "execution_role")),
        )
        for name in names
    },
    "ScheduledTask.task_role": ([f"arn:aws:iam::{ACCOUNT}:role/path/a", "reports", "a-b2"], ["", "a b", "a--b", "2a", f"arn:aws:iam::{ACCOUNT}:policy/a", f"arn:aws:iam::{ACCOUNT}:role/a b"], "a role"),
    "Schedule.task_role": ([f"arn:aws:iam::{ACCOUNT}:role/path/a", "reports", "a-b2"], ["", "a b", "a--b", "2a", f"arn:aws:iam::{ACCOUNT}:policy/a", f"arn:aws:iam::{ACCOUNT}:role/a b"], "a role"),
    "ScheduledTaskGroup.pass_role_arns": ([f"arn:aws:iam::{ACCOUNT}:role/a"], ["a"], "the ARN of a role"),
    "ScheduledTask.task_definition": (["app", "app:7", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/app:7", "a" * 255], ["", "app:", "app:x", "a b", "a" * 256], "a task definition"),
    "ScheduledTaskGroup.task_definitions": (["app", "app:7"], ["app:latest"], "a task definition"),
    "ScheduledTask.user": (["nobody", "1000", "1000:1000", "a.b-c:d"], ["", "a b", "a:", ":b", "a:b:c"], "a user"),
    "Sidecar.user": (["nobody"], ["a b"], "a user"),
    "ScheduledTaskGroup.cluster": (["main", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/main"], ["", "a b", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/main"], "a cluster"),
    "ScheduledTaskGroup.clusters": (["main", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/main"], ["", "a b"], "a cluster"),
    "ScheduledTask.cluster": (["main", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/main"], ["", "a b"], "a cluster"),
    "ScheduledTaskGroup.iam_path": (["/", "/teams/", "/a/b/", f"/{'a' * 248}/"], ["", "teams", "/teams", "teams/", "/a b/", f"/{'a' * 249}/"], "a path"),
    "ScheduledTaskGroup.registry_accounts": ([ACCOUNT], ["", "12345678901", "1234567890123", "a" * 12], "an AWS account"),
    "ScheduledTaskGroup.pull_through_caches": (["docker-hub", "quay", "a/b__c", "ROOT", "a" * 30], ["", "a", "Docker", "a/", "-a", "a..b", "a" * 31], "the repository prefix of a pull-through cache"),
    "ScheduledTask.container": (["app", "a-b_C1"], ["", "a b", "a.b", "a" * 256], "a container name"),
    "ScheduledTask.lock": (["orders-db", "a.b_C1", "a" * 64], ["", "1a", "a b", "#a", "a" * 65], "a lock's name"),
    "ScheduledTask.platform_version": (["LATEST", "1.4.0"], ["latest", "1.4", "v1.4.0"], "a platform version"),
    "Volume.efs": (["fs-0a"], ["data", "fs-", "fsap-0a"], "a file system"),
    "S3FilesVolume.file_system": ([f"{S3_FILES}fs-0a"], ["fs-0a", S3_FILES, f"{S3_FILES}fs-0a/access-point/fsap-0a"], "the ARN of an S3 Files file system"),
    "S3FilesVolume.access_point": ([f"{S3_FILES}fs-0a/access-point/fsap-0a"], ["fsap-0a", f"{S3_FILES}fs-0a"], "the ARN of an S3 Files access point"),
    "S3FilesVolume.bucket": (["arn:aws:s3:::my.bucket-1"], ["my-bucket", "arn:aws:s3:::b/a", "arn:aws:s3:::B", "arn:aws:s3:::*"], "the ARN of a bucket"),
    "FsxVolume.file_system": (["fs-0a"], ["data"], "a file system"),
    "FsxVolume.domain": (["corp.example.com"], ["corp", "", "corp example.com"], "a domain"),
    "SharedRole.managed_policies": ([f"arn:aws:iam::{ACCOUNT}:policy/a", "arn:aws:iam::aws:policy/x/a"], ["a", f"arn:aws:iam::{ACCOUNT}:role/a"], "the ARN of a managed policy"),
    "Volume.access_point": (["fsap-0a"], ["fs-0a", "fsap-"], "an access point"),
    "Notify.emails": (["a@b.cd"], ["", "a", "a@b", "a b@c.de", "a@b@c.de"], "an email address"),
    "Notify.topic_arn": ([f"arn:aws:sns:eu-west-1:{ACCOUNT}:ops"], ["ops", f"arn:aws:sns:eu-west-1:{ACCOUNT}:"], "the ARN of a topic"),
    "Slack.channel": (["C0123456789", "G01234567"], ["", "#alerts", "c0123456789", "D0123456789"], "the ID of a Slack channel"),
    "Heartbeat.tasks": (["job", "a_b"], ["", "a*", "a__b"], "the name of a task"),
    **{f"Heartbeat.{key}": (["", "/start", "?state=run&a=b"], ["start", "/a b", "/" * 101], "the end of a URL") for key in ("start", "failure")},
    "Webhook.header": (["Authorization", "X-Token"], ["", "X Token", "a:b", "a" * 513], "the name of an HTTP header"),
    **{f"{kind}.tasks": (["job", "orders-*", "a_b"], ["", "*", "*-x", "a__b", "a*b", "a b"], "the name of a task") for kind in RECIPIENTS},
    "Permission.actions": (["*", "s3:GetObject", "s3:Get*"], ["", "GetObject", "S3:GetObject", "s3:", "s3:get object"], "an IAM action"),
    "Permission.resources": (["*", "arn:aws:s3:::a/*"], ["", "a", "bucket/*"], "an ARN"),
    "Firelens.config": (["/fluent-bit/etc/extra.conf", "arn:aws:s3:::config/extra.conf"], ["", "extra.conf", "s3://config/extra.conf"], "a configuration file"),
    "Tmpfs.options": (["noexec", "mode=1777", "rw"], ["", "noexe", "size=5"], "a mount option of tmpfs"),
    "Dns.servers": (["10.0.0.2", "fd00:ec2::253"], ["", "dns.internal", "10.0.0"], "an IP address"),
    "Dns.search_domains": (["corp.internal"], ["", "-a", "a b"], "a domain"),
    **{f"{shape}.{key}": cases for shape in ("Logs", "ContainerLogs") for key, cases in OF_LOGS.items()},
    **{f"{shape}.{key}": cases for shape in ("ScheduledTask", "Sidecar") for key, cases in OF_CONTAINERS.items()},
}  # fmt: skip
"""Strings that are accepted, strings that are refused, and what messages call them."""
HIDDEN: dict[str, Cases] = {
    "Webhook.url": (["https://a.example", "https://a.example:8443/x/%20"], ["", "http://a.example", "https://u@a.example", "https://a.example/?a=b", "https://a.example/*", "https://a.example/x#y"], "an HTTPS URL"),
}  # fmt: skip
"""The same, for strings that messages do not show."""
FORMS = {"ScheduledTask.image", "Sidecar.image"}
SECRET = "is not the ARN of a Secrets Manager secret or an SSM parameter (the value is not shown"
SECRETS = {"ScheduledTask.secrets", "Sidecar.secrets", "Logs.secret_options", "ContainerLogs.secret_options"}
EXCEPTIONS = {"Except.dates", "Except.holidays", "Except.calendars"}
"""Tests of `components.exceptions` have their forms."""
CREDENTIALS = {"FsxVolume.credentials"}


def test_every_string_with_a_format_is_in_the_table():
    assert annotated(Matches) == FORMATS.keys() | HIDDEN.keys()
    assert annotated(Form) == FORMS | SECRETS | CREDENTIALS | EXCEPTIONS


@pytest.mark.parametrize(("where", "expected"), FORMATS.items(), ids=FORMATS)
def test_format_of_a_string(where: str, expected: tuple[list[str], list[str], str]):
    accepted, refused, noun = expected
    several, key = in_list(where), where.split(".")[1]
    by_name = key == "extra_hosts"
    for text in accepted:
        assert problems(where, {"a": text} if by_name else [text] if several else text) == []
    for text in refused:
        [problem] = problems(where, {"a": text} if by_name else [text] if several else text)
        path = f"{key}.a" if by_name else f"{key}.0" if several else key
        assert problem.startswith(f'{path}: "{text}" is not {noun}'.replace("\n", "\n    "))


@pytest.mark.parametrize(("where", "expected"), HIDDEN.items(), ids=HIDDEN)
def test_format_of_a_string_that_messages_do_not_show(where: str, expected: tuple[list[str], list[str], str]):
    accepted, refused, noun = expected
    for text in accepted:
        assert problems(where, text) == []
    for text in refused:
        [problem] = problems(where, text)
        assert problem.startswith(f"{where.split('.')[1]}: the value (not shown) is not {noun}")
        assert not text or text not in problem


@pytest.mark.parametrize("where", sorted(FORMS))
def test_references_to_images_have_one_grammar(where: str):
    assert problems(where, "a:1") == []
    assert problems(where, "Etl:1") == ['image: "Etl:1" is not an image: names are lowercase. Write etl:1.']


@pytest.mark.parametrize("where", sorted(SECRETS))
@pytest.mark.parametrize("name", ["secretsmanager:eu-west-1:123456789012:secret:a-Ab12Cd:key::", "ssm:eu-west-1:123456789012:parameter/a/b"])  # fmt: skip
def test_arn_of_a_secret(where: str, name: str):
    assert problems(where, {"A": f"arn:aws:{name}"}) == []
    for value in ("hunter2", f"arn:aws:{name} x", name, ""):
        [problem] = problems(where, {"A": value})
        assert problem.startswith(f"{where.split('.')[1]}.A: {SECRET}")
        assert not value or value not in problem


@pytest.mark.parametrize(("block", "message"), [
    ("10.0.0.0/16", ""), ("10.0.0.0/24", ""), ("10.0.0.0/15", "is a /15. Use /16 to /24."),
    ("10.0.0.0/25", "is a /25. Use /16 to /24."), ("10.0.0.1/16", "is not an IPv4 block."),
    ("10.0.0.0", "is a /32."), ("ten", "is not an IPv4 block."), ("::/16", "is not an IPv4 block."),
])  # fmt: skip
def test_block_of_a_vpc(block: str, message: str):
    assert annotated(CidrBlock) == {"Vpc.cidr"}
    found = problems("Vpc.cidr", block)
    assert [problem.startswith(f'cidr: "{block}" {message}') for problem in found] == ([True] if message else [])


@pytest.mark.parametrize("where", ["ScheduledTask.timezone", "Schedule.timezone"])
def test_time_zone(where: str):
    assert annotated(TimeZone) == {"ScheduledTask.timezone", "Schedule.timezone"}
    for zone in ("UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"):
        assert problems(where, zone) == []
    for zone in ("", "CET+1", "+02:00", "../etc/passwd", "europe", "Mars/Olympus"):
        [problem] = problems(where, zone)
        assert problem.startswith(f'timezone: "{zone}" is not a time zone. Use a name of the IANA database')
    assert problems(where, "Europe/Berlim")[0].endswith("Did you mean Europe/Berlin, Europe/Belfast or Europe/Paris?")


def test_schedule_expression():
    assert annotated(ScheduleExpression) == {"ScheduledTask.schedule", "Schedule.expression"}
    for where in ("ScheduledTask.schedule", "Schedule.expression"):
        for text in ("rate(1 minute)", "cron(0 3 * * ? *)", "at(2026-12-24T18:00:00)"):
            assert problems(where, text) == []
        for text in ("", "0 3 * * *", "rate(1 minutes", "at(tomorrow)", "Rate(1 hour)"):
            assert len(problems(where, text)) == 1


def test_instant():
    assert annotated(Instant) == {
        f"{shape}.{key}" for shape in ("ScheduledTask", "Schedule") for key in ("start", "end")
    }
    for text in ("2026-12-01T00:00:00Z", "2026-12-01T02:00:00+02:00"):
        assert problems("ScheduledTask.start", text) == []
        assert Instant.resolve(text) == datetime(2026, 12, 1, tzinfo=UTC)
    assert problems("ScheduledTask.start", "2026-12-01T00:00:00") == [
        'start: "2026-12-01T00:00:00" has no offset. Write one, or Z for UTC: 2026-12-01T00:00:00Z.'
    ]
    [problem] = problems("ScheduledTask.end", "tomorrow")
    assert problem.startswith('end: "tomorrow" is not')


NUMBERS_AS_STRINGS = {
    "ScheduledTask.command": [8080],
    "ScheduledTask.entry_point": [1],
    "ScheduledTask.environment": {"PORT": 8080},
    "ScheduledTask.user": 1000,
    "ScheduledTask.tags": {"cost": 42},
    "ScheduledTask.timeout": 15,
    "Schedule.command": [8080],
    "Schedule.environment": {"PORT": 8080},
    "Build.args": {"VERSION": 3},
    "HealthCheck.command": ["CMD", 1],
    "Sidecar.command": [1],
    "Sidecar.entry_point": [1],
    "Sidecar.environment": {"PORT": 8080},
    "Sidecar.user": 1000,
    "ScheduledTaskGroup.tags": {"cost": 42},
    "Network.vpc_tags": {"cost": 42},
    "TaskNetwork.vpc_tags": {"cost": 42},
    "Network.subnet_tags": {"cost": 42},
    "TaskNetwork.subnet_tags": {"cost": 42},
}


@pytest.mark.parametrize(("where", "value"), NUMBERS_AS_STRINGS.items(), ids=NUMBERS_AS_STRINGS)
def test_numbers_stand_for_strings_in_yaml_only(where: str, value: Any):
    shape, key = where.split(".")
    alias = re.sub("_(.)", lambda found: found[1].upper(), key)
    found = validated(SHAPES[shape], {alias: value}, from_yaml=True)
    about_type = [problem for problem in found.problems if "must be a string" in problem.message]
    assert about_type == []
    if not found.problems:
        expected = {name: str(item) for name, item in value.items()} if isinstance(value, dict) else [str(item) for item in value] if isinstance(value, list) else str(value)  # fmt: skip
        assert found.values[key] == expected
    assert [problem for problem in problems(where, value) if "must be a string" in problem]


@pytest.mark.parametrize("value", [True, 1.5, None])
def test_booleans_and_fractions_do_not_stand_for_strings(value: object):
    found = validated(ScheduledTaskArgs, {"environment": {"A": value}}, from_yaml=True).problems
    assert ["must be a string" in problem.message for problem in found] == [True]


def test_keys_are_in_the_spelling_of_the_front():
    assert validated(args.RetryArgs, {"maxAge": "1h"}, from_yaml=True).problems == []
    assert validated(args.RetryArgs, {"max_age": "1h"}).problems == []
    for values, from_yaml in (({"maxAge": "1h"}, False), ({"max_age": "1h"}, True)):
        [problem] = validated(args.RetryArgs, values, from_yaml=from_yaml).problems
        assert problem.path == (*values,), "an unknown key is shown as it is written"
        assert "unknown key" in problem.message


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("Retry.attempts", "0 to 185."),
        ("Retry.max_age", "1m to 1d."),
        ("Logs.mode", "One of blocking or non-blocking."),
        ("Network.subnet_ids", "1 to 16 subnets."),
        ("ScheduledTask.description", "At most 512 characters."),
        ("ScheduledTask.image", ""),
        ("ScheduledTask.cpu", ""),
    ],
)
def test_allowed_values_in_words(where: str, words: str):
    shape, key = where.split(".")
    found = keys_of(SHAPES[shape])[key].type
    assert words in {allowed(form) for form in inside(found)}
