"""Validated configuration as YAML again: `StackConfig.task_as_written` and `group_as_written`."""

from pathlib import Path
from typing import Any

import pytest

from components.keys.validation import validated
from config import NO_CONFIG, Source, StoredSecret, from_file, load, stacks
from config.keys import Stack, Task
from tests.config.conftest import Load

ROOT = Path(__file__).parents[2]
TASKS: dict[str, dict[str, Any]] = {
    "plain": {"image": "a:1", "schedule": "rate(1 hour)", "cpu": 256, "flexibleWindow": "15m"},
    "list of schedules": {"image": "a:1", "schedule": ["rate(1 hour)", "rate(2 hours)"]},
    "schedules": {"image": "a:1", "schedules": [{"expression": "rate(1 hour)", "environment": {"some_name": "x"}}]},
    "build": {"image": {"build": "./job", "args": {"VERSION_OF": "1"}}, "schedule": "rate(1 hour)"},
    "strategy": {"image": "a:1", "schedule": "rate(1 hour)", "launch": [{"provider": "FARGATE_SPOT", "weight": 2}]},
    "ulimits": {"image": "a:1", "schedule": "rate(1 hour)", "ulimits": {"nofile": 1024}},
    "chosen names": {
        "image": "a:1",
        "schedule": "rate(1 hour)",
        "environment": {"some_name": "x"},
        "tags": {"cost_center": "1"},
        "sidecars": {"side_car": {"image": "b:1", "readOnlyRoot": True, "mounts": {"big_disk": "/x"}}},
        "volumes": {"big_disk": {"path": "/x", "readOnly": True}},
        "dependsOn": {"side_car": "START"},
    },
}


@pytest.mark.parametrize("name", TASKS)
def test_task_is_shown_as_written(name: str, loaded: Load):
    assert loaded(catalogue=False, tasks={"job": TASKS[name]}).task_as_written("job") == TASKS[name]


def test_stored_secret_is_shown_with_its_key(catalogue: Path):
    task = {"image": "a:1", "schedule": "rate(1 hour)", "secrets": {"PASSWORD": {"config": "dbPassword"}}}
    source = Source("test", {"catalogue": False, "tasks": {"a": task}, "dbPassword": "x"}, (("dbPassword",),))
    assert load(source, catalogue).task_as_written("a")["secrets"] == {"PASSWORD": StoredSecret("dbPassword")}


def test_stack_is_shown_as_written(loaded: Load):
    stack: dict[str, Any] = {
        "cluster": {"create": True, "containerInsights": True},
        "network": {"vpc": {"create": {"natGateways": "none"}}, "subnets": "private", "assignPublicIp": "false"},
        "notify": {"emails": ["ops@example.com"]},
        "iam": {"path": "/jobs/", "permissionsBoundary": "arn:aws:iam::123456789012:policy/b"},
        "tags": {"cost_center": "1"},
        "enabled": False,
    }
    assert loaded(**stack).group_as_written() == stack


def test_logs_of_the_group_are_shown_as_defaults(loaded: Load):
    stack = {"cluster": "main", "defaults": {"timezone": "UTC", "logs": {"retentionDays": 7, "mode": "blocking"}}}
    assert loaded(**stack).group_as_written() == {"cluster": "main", "defaults": {"logs": {"retentionDays": 7}}}


def test_network_that_tags_identify_is_shown_as_written(loaded: Load):
    network = {
        "vpc": {"tags": {"some_env": "dev"}},
        "subnets": {"tags": {"some_tier": "x"}},
        "securityGroups": ["sg-1"],
    }
    assert loaded(network=network).group_as_written()["network"] == network


def test_stack_without_configuration_has_nothing_to_show():
    assert NO_CONFIG.group_as_written() == {}
    assert NO_CONFIG.tasks == {}
    assert NO_CONFIG.group.enabled


@pytest.mark.parametrize("stack", stacks(ROOT))
def test_what_is_shown_is_valid(stack: str):
    config = load(from_file("scheduled-tasks", stack, ROOT), ROOT / "config" / "tasks")
    assert validated(Stack, config.group_as_written(), from_yaml=True).problems == []
    for name in config.tasks:
        written = config.task_as_written(name)
        assert validated(Task, written, from_yaml=True).values == config.written_tasks[name]
