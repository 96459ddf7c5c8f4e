"""Every key of the arguments is complete, and has a field in the resolved values."""

from dataclasses import asdict, fields
from typing import Any, cast

import pytest

from components.args import CallArgs, GroupReference, ScheduledCallArgs, ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.keys.reference import Key, descriptions_of, keys_of, shapes_in
from components.keys.resolution import resolved_types
from components.resolved import Group, Task
from components.resolver import resolve_group, resolve_task
from config.keys import Stack
from config.keys import Task as YamlTask

DERIVED_FIELDS = {
    "HeartbeatArgs": {"severities"},
    "ScheduleArgs": {"path", "own_keys", "catch_up"},
    "CallScheduleArgs": {"path", "own_keys", "catch_up"},
    "ScheduledCallArgs": {"name", "args"},
    "ScheduledTaskArgs": {"name", "args", "supervision"},
    "ScheduledTaskGroupArgs": {"args", "calls", "tasks"},
}
"""Fields that follow from several keys, or are not in the arguments."""
OTHER_KEYS = {
    "ScheduledTaskArgs": {
        # The schedules of a task have these.
        "schedule", "description", "timezone", "flexible_window", "start", "end", "delete_after_completion", "catch_up",
        # The component creates a group from it.
        "group_args",
    },
    "ScheduledCallArgs": {
        "schedule", "description", "timezone", "flexible_window", "start", "end", "delete_after_completion", "catch_up",
        # They become a `Call` once the account is known.
        *keys_of(CallArgs),
    },
}  # fmt: skip
"""Keys that are not fields."""
NO_AWS_NAME = {
    "ScheduledTaskArgs.group", "ScheduledTaskArgs.group_args", "ScheduledTaskGroupArgs.prefix",
    "ScheduledTaskGroupArgs.containers", "ScheduledTaskGroupArgs.supervised", "ScheduledTaskGroupArgs.parallel", "Stack.defaults", "Stack.catalogue",
    "Stack.tasks", "CallArgs.because", "ScheduledCallArgs.because", "ScheduledCallArgs.group",
}  # fmt: skip
"""Keys that AWS knows nothing of."""
INPUT_SHAPES = [
    shape
    for shape in dict.fromkeys(
        [
            *shapes_in(ScheduledTaskArgs),
            *shapes_in(ScheduledTaskGroupArgs),
            *shapes_in(CallArgs),
            *shapes_in(ScheduledCallArgs),
            *shapes_in(Stack),
            *shapes_in(YamlTask),
        ]
    )
    if shape not in shapes_in(GroupReference)
]
KEYS = {f"{shape.__name__}.{name}": (shape, key) for shape in INPUT_SHAPES for name, key in keys_of(shape).items()}


@pytest.mark.parametrize("shape", resolved_types(), ids=lambda shape: shape.__name__)
def test_keys_and_fields_are_the_same(shape: type):
    names = {field.name for field in fields(cast("Any", resolved_types()[shape]))}
    assert names - keys_of(shape).keys() == DERIVED_FIELDS.get(shape.__name__, set())
    assert keys_of(shape).keys() - names == OTHER_KEYS.get(shape.__name__, set())


def test_every_shape_of_the_components_is_resolved():
    roots = (ScheduledTaskArgs, ScheduledTaskGroupArgs, CallArgs, ScheduledCallArgs)
    shapes = {shape for root in roots for shape in shapes_in(root)} - {*shapes_in(GroupReference)}
    assert shapes == resolved_types().keys()


@pytest.mark.parametrize(("where", "shape", "key"), [(where, *found) for where, found in KEYS.items()], ids=KEYS)
def test_key_is_described(where: str, shape: type, key: Key):
    description = descriptions_of(shape)[key.name]
    assert description.endswith((".", ":"))
    assert "\n" not in description
    assert key.required is (key.default is None), "a key has a default, or is required"
    assert bool(key.aws) is (where not in NO_AWS_NAME)


def test_every_part_of_a_reference_is_described():
    for shape in shapes_in(GroupReference):
        assert descriptions_of(shape).keys() == keys_of(shape).keys()


SCHEDULE: dict[str, Any] = {
    "path": ("schedule",), "own_keys": frozenset(), "expression": "rate(1 day)", "name": None, "description": None, "timezone": "UTC",
    "flexible_window": 0, "start": None, "end": None, "enabled": True, "delete_after_completion": None, "catch_up": None, "command": None,
    "environment": {}, "cpu": None, "memory": None, "ephemeral_storage": None, "task_role": None, "exec": False,
}  # fmt: skip
CONTAINER_LOGS: dict[str, Any] = {
    "driver": "awslogs", "options": {}, "secret_options": {}, "mode": None, "max_buffer_size": None,
    "multiline_pattern": None, "datetime_format": None, "group": None,
}  # fmt: skip
LOGS: dict[str, Any] = {**CONTAINER_LOGS, "retention_days": None, "kms_key": None}
HOST: dict[str, Any] = {
    "linux": None, "privileged": False, "security_options": (), "gpus": None, "docker_labels": {}, "hostname": None,
    "disable_networking": False,
    "dns": None, "extra_hosts": {}, "system_controls": {}, "interactive": False, "pseudo_terminal": False,
    "restart": None, "registry_credentials": None, "environment_files": (), "start_timeout": None,
    "memory_reservation": None, "version_consistency": None,
}  # fmt: skip
TASK: dict[str, Any] = {
    **HOST, "pid_mode": None, "ipc_mode": None,
    "name": "job", "group": None, "schedules": (SCHEDULE,), "supervision": None, "enabled": True, "image": "a:1",
    "build": None, "task_definition": None, "container": "main", "command": None, "entry_point": None,
    "environment": {}, "secrets": {}, "secret_values": {}, "working_directory": None, "user": None, "init": False,
    "read_only_root": None, "ulimits": {}, "depends_on": {}, "sidecars": {}, "volumes": {}, "cpu": 256, "memory": 512,
    "architecture": "x86_64", "operating_system": "LINUX", "ephemeral_storage": None, "permissions": (),
    "managed_policies": (), "task_role": None, "execution_role": None, "exec": False, "launch": "fargate", "capacity_providers": (),
    "platform_version": None, "cluster": None, "network": None, "network_mode": "awsvpc", "placement_constraints": (), "placement_strategies": (),
    "count": 1, "retry": {"attempts": 5, "max_age": 3600}, "timeout": None, "overlap": None, "retry_run": None, "parallel": None,
    "expect_success_within": None, "health_check": None, "stop_timeout": None,
    "logs": LOGS, "tags": {}, "propagate_tags": True,
    "aws": {"container": {}, "task_definition": {}, "run_task": {}},
}  # fmt: skip
NETWORK: dict[str, Any] = {
    "vpc": "default", "create_vpc": None, "vpc_tags": None, "subnets": "public", "subnet_ids": None,
    "subnet_tags": None, "security_group_ids": None, "assign_public_ip": "auto", "vpc_id": None,
}  # fmt: skip
NOTIFY: dict[str, Any] = {
    "emails": (),
    "topic_arn": None,
    "kms_key": None,
    "recoveries": False,
    "after": None,
    "webhook": {},
    "pagerduty": {},
    "slack": {},
    "teams": {},
    "heartbeat": {},
}
GROUP: dict[str, Any] = {
    "prefix": None, "cluster": "default", "clusters": (), "create_cluster": None, "network": NETWORK,
    "logs": LOGS, "notify": None,
    "monitoring": {"outcomes": True, "alarms": True, "success_metrics": "perTask", "dashboard": False, "tracing": False}, "containers": {},
    "supervised": False, "encryption": {"dead_letters": None, "undelivered_events": None, "schedules": None, "secrets": ()}, "iam_path": "/",
    "permissions_boundary": None, "scheduler_role": None, "supervisor_role": None, "execution_role": None, "task_definitions": (), "pass_role_arns": (), "shared_roles": {}, "registry_accounts": (),
    "pull_through_caches": (),
    "enabled": True, "tags": {},
}  # fmt: skip


def values(resolved: Task | Group) -> dict[str, Any]:
    return {name: value for name, value in asdict(resolved).items() if name != "args"}


def test_defaults_of_a_task():
    resolved = values(resolve_task("job", {"image": "a:1", "schedule": "rate(1 day)"}))
    assert {key: resolved[key] for key in TASK} == TASK


def test_defaults_of_a_group():
    resolved = values(resolve_group({}))
    assert {key: resolved[key] for key in GROUP} == GROUP


@pytest.mark.parametrize(
    ("args", "key", "expected"),
    [
        ({"create_cluster": {}}, "create_cluster", {"container_insights": False, "capacity_providers": ("FARGATE", "FARGATE_SPOT"), "default_strategy": ()}),
        ({"create_cluster": {"default_strategy": [{"provider": "a"}]}}, "create_cluster", {"container_insights": False, "capacity_providers": ("FARGATE", "FARGATE_SPOT"), "default_strategy": ({"provider": "a", "weight": 1, "base": 0},)}),
        ({"network": {"create_vpc": {}}}, "network", {**NETWORK, "create_vpc": {"cidr": "10.0.0.0/16", "nat_gateways": "single", "zones": 2}, "subnets": "private"}),
        ({"network": {"vpc_tags": {"a": "b"}}}, "network", {**NETWORK, "vpc_tags": {"a": "b"}, "subnets": "private"}),
        ({"network": {"vpc": "vpc-0a"}}, "network", {**NETWORK, "vpc": "vpc-0a", "subnets": "private"}),
        ({"network": {"vpc": "default"}}, "network", NETWORK),
        ({"notify": {}}, "notify", NOTIFY),
        ({"notify": {"webhook": {"a": {"url": "https://a.b", "secret": "s"}}}}, "notify", {**NOTIFY, "webhook": {"a": {"url": "https://a.b", "secret": "s", "header": "Authorization", "tasks": (), "severities": ("critical", "warning")}}}),
        ({"notify": {"slack": {"a": {"token": "s", "channel": "C0123456789"}}}}, "notify", {**NOTIFY, "slack": {"a": {"token": "s", "channel": "C0123456789", "tasks": (), "severities": ("critical", "warning")}}}),
        ({"notify": {"teams": {"a": {"url": "s"}}}}, "notify", {**NOTIFY, "teams": {"a": {"url": "s", "tasks": (), "severities": ("critical", "warning")}}}),
        ({"notify": {"heartbeat": {"a": {"tasks": ["job"], "url": "s"}}}}, "notify", {**NOTIFY, "heartbeat": {"a": {"tasks": ("job",), "url": "s", "start": "/start", "failure": "/fail", "severities": ("critical",)}}}),
        ({"notify": {"pagerduty": {"a": {"routing_key": "s"}}}}, "notify", {**NOTIFY, "pagerduty": {"a": {"routing_key": "s", "eu": False, "tasks": (), "severities": ("critical", "warning")}}}),
    ],
    ids=str,
)  # fmt: skip
def test_defaults_below_a_key_of_a_group(args: dict[str, Any], key: str, expected: object):
    assert values(resolve_group(args))[key] == expected


LINUX: dict[str, Any] = {
    "capabilities": None, "devices": (), "shared_memory": None, "tmpfs": {}, "max_swap": None, "swappiness": None,
}  # fmt: skip
SIDECAR: dict[str, Any] = {
    **HOST, "build": None, "firelens": None, "logs": None,
    "image": "b:1", "command": None, "entry_point": None, "environment": {}, "secrets": {}, "cpu": 0, "memory": None,
    "essential": False, "depends_on": {}, "health_check": None, "mounts": {}, "read_only_mounts": {}, "user": None, "working_directory": None,
    "init": False, "ulimits": {}, "read_only_root": None, "stop_timeout": None, "aws": {"container": {}},
}  # fmt: skip
CHECK = {"command": ("CMD", "a"), "interval": 30, "timeout": 5, "retries": 3, "start_period": None}
VOLUME: dict[str, Any] = {
    "path": "/a", "efs": None, "access_point": None, "root_directory": "/", "iam": False, "root_access": False,
    "transit_encryption_port": None, "s3_files": None, "fsx": None, "host": None, "docker": None, "read_only": False,
}  # fmt: skip
DOCKER = {"driver": "local", "scope": "task", "autoprovision": False, "options": {}, "labels": {}}
SUPERVISION = {
    "timeout": 86400, "overlap": "allow", "attempts": 2, "delay": 60, "backoff": 2, "exit_codes": (),
    "launch_attempts": 5, "launch_age": 3600, "exceptions": False, "lock": None, "after": False, "parallel": None,
    "notify_after": None, "replaceable": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"build": {"context": "."}}, {"build": {"context": ".", "dockerfile": None, "target": None, "args": None}}),
        ({"sidecars": {"b": {"image": "b:1"}}}, {"sidecars": {"b": SIDECAR}}),
        ({"sidecars": {"b": {"image": "b:1", "health_check": {"command": ["CMD", "a"]}}}}, {"sidecars": {"b": {**SIDECAR, "health_check": CHECK}}}),
        ({"linux": {}}, {"linux": LINUX}),
        ({"linux": {"capabilities": {}, "devices": [{"host": "/dev/a"}], "tmpfs": {"/t": {"size": 1}}}}, {"linux": {**LINUX, "capabilities": {"add": (), "drop": ()}, "devices": ({"host": "/dev/a", "container": None, "permissions": ()},), "tmpfs": {"/t": {"size": 1, "options": ()}}}}),
        ({"dns": {}}, {"dns": {"servers": (), "search_domains": ()}}),
        ({"restart": {}}, {"restart": {"ignored_exit_codes": (0,), "attempt_period": 300}}),
        ({"sidecars": {"b": {"image": "b:1", "restart": {}}}}, {"sidecars": {"b": {**SIDECAR, "restart": {"ignored_exit_codes": (), "attempt_period": 300}}}}),
        ({"sidecars": {"b": {"image": "b:1", "logs": {}}}}, {"sidecars": {"b": {**SIDECAR, "logs": CONTAINER_LOGS}}}),
        (
            {"sidecars": {"r": {"image": "b:1", "firelens": {"type": "fluentbit"}}, "b": {"image": "b:1"}}, "logs": {"driver": "firelens"}},
            {
                "sidecars": {"r": {**SIDECAR, "firelens": {"type": "fluentbit", "config": None, "metadata": True}}, "b": {**SIDECAR, "depends_on": {"r": "START"}}},
                "depends_on": {"r": "START"},
                "logs": {**LOGS, "driver": "firelens"},
            },
        ),
        ({"volumes": {"a": {"path": "/a"}}}, {"volumes": {"a": VOLUME}, "read_only_root": True}),
        ({"volumes": {"a": {"path": "/a", "efs": "fs-0a"}}}, {"volumes": {"a": {**VOLUME, "efs": "fs-0a"}}, "read_only_root": None}),
        ({"volumes": {"a": {"path": "/a", "docker": {}}}}, {"volumes": {"a": {**VOLUME, "docker": DOCKER}}, "read_only_root": None}),
        ({"permissions": [{"actions": ["s3:*"], "resources": ["*"]}]}, {"permissions": ({"actions": ("s3:*",), "resources": ("*",), "effect": "Allow", "condition": {}},)}),
        ({"volumes": {"a": {"path": "/a"}}, "read_only_root": False}, {"volumes": {"a": VOLUME}, "read_only_root": False}),
        ({"parallel": {"tasks": 3}}, {"parallel": {"tasks": 3, "at_once": 10}, "supervision": {**SUPERVISION, "attempts": 0, "delay": 0, "backoff": 1, "parallel": {"tasks": 3, "at_once": 10}}}),
        ({"retry_run": {"attempts": 2}}, {"retry_run": {"attempts": 2, "delay": 60, "backoff": 2, "exit_codes": ()}, "supervision": SUPERVISION}),
        ({"launch": "external"}, {"launch": "external", "network_mode": "bridge"}),
        ({"capacity_providers": [{"provider": "a"}]}, {"launch": None, "capacity_providers": ({"provider": "a", "weight": 1, "base": 0},)}),
        ({"placement_constraints": [{"type": "distinctInstance"}]}, {"placement_constraints": ({"type": "distinctInstance", "expression": None},)}),
        ({"placement_strategies": [{"type": "random"}]}, {"placement_strategies": ({"type": "random", "field": None},)}),
        ({"expect_success_within": "26h", "stop_timeout": "90s"}, {"expect_success_within": 93600, "stop_timeout": 90}),
    ],
    ids=str,
)  # fmt: skip
def test_values_that_follow_from_a_key_of_a_task(args: dict[str, Any], expected: dict[str, Any]):
    resolved = values(resolve_task("job", {"image": "a:1", "schedule": "rate(1 day)", **args}))
    assert {key: resolved[key] for key in {**TASK, **expected}} == {**TASK, **expected}


def test_schedules_take_what_they_do_not_set_from_their_task():
    of_task = {"timezone": "Europe/Berlin", "flexible_window": "15m", "description": "a", "enabled": False}
    own = {"expression": "rate(1 hour)", "timezone": "UTC", "cpu": 512}
    task = resolve_task("job", {"image": "a:1", "schedules": [own, {"expression": "rate(1 day)"}], **of_task})
    first, second = task.schedules
    assert (first.timezone, first.flexible_window, first.description, first.cpu) == ("UTC", 900, "a", 512)
    assert (second.timezone, second.flexible_window, second.cpu) == ("Europe/Berlin", 900, None)
    assert (first.enabled, second.enabled) == (False, False), "a paused task has no enabled schedule"
    assert (first.path, second.path) == (("schedules", 0), ("schedules", 1))
    assert first.path_of("timezone") == ("schedules", 0, "timezone")
    assert first.path_of("flexible_window") == ("flexible_window",)
    assert first.own_keys == {"expression", "timezone", "cpu"}
