"""Arguments as people write them: the way from YAML to the components, and back."""

from pathlib import Path
from typing import Any

import pytest
from pydantic.json_schema import models_json_schema

from config import Source, StoredSecret, from_file, group_as_written, load, stacks, task_as_written
from config.models import Stack, Task
from config.written import NAMED
from tests.config.conftest import Load

ROOT = Path(__file__).parents[2]
TASKS: dict[str, dict[str, Any]] = {
    "plain": {"image": "a:1", "schedule": "rate(1 hour)", "cpu": 256, "flexibleWindow": "15m"},
    "list of schedules": {"image": "a:1", "schedule": ["rate(1 hour)", "rate(2 hours)"]},
    "schedules": {"image": "a:1", "schedules": [{"expression": "rate(1 hour)", "environment": {"some_name": "x"}}]},
    "build": {"image": {"build": "./job", "args": {"VERSION_OF": "1"}}, "schedule": "rate(1 hour)"},
    "strategy": {"image": "a:1", "schedule": "rate(1 hour)", "launch": [{"provider": "FARGATE_SPOT", "weight": 2}]},
    "ulimits": {"image": "a:1", "schedule": "rate(1 hour)", "ulimits": {"nofile": 1024}},
    "names of people": {
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
def test_a_task_comes_back_as_it_was_written(name: str, loaded: Load):
    config = loaded(catalogue=False, tasks={"job": TASKS[name]})
    args: Any = config.tasks["job"]
    assert task_as_written(args, schedule_is_list="job" in config.schedule_lists) == TASKS[name]


def test_a_stored_secret_comes_back_with_its_key(catalogue: Path):
    task = {"image": "a:1", "schedule": "rate(1 hour)", "secrets": {"PASSWORD": {"config": "dbPassword"}}}
    source = Source("test", {"catalogue": False, "tasks": {"a": task}, "dbPassword": "x"}, (("dbPassword",),))
    args: Any = load(source, catalogue).tasks["a"]
    assert task_as_written(args)["secrets"] == {"PASSWORD": StoredSecret("dbPassword")}


def test_a_stack_comes_back_as_it_was_written(loaded: Load):
    stack: dict[str, Any] = {
        "cluster": {"create": True, "containerInsights": True},
        "network": {"vpc": {"create": {"natGateways": "none"}}, "subnets": "private", "assignPublicIp": "false"},
        "notify": {"emails": ["ops@example.com"]},
        "iam": {"path": "/jobs/", "permissionsBoundary": "arn:aws:iam::123456789012:policy/b"},
        "tags": {"cost_center": "1"},
        "enabled": False,
    }
    group: Any = loaded(**stack).group
    assert group_as_written(group) == stack


def test_a_network_found_by_tags_comes_back(loaded: Load):
    network = {
        "vpc": {"tags": {"some_env": "dev"}},
        "subnets": {"tags": {"some_tier": "x"}},
        "securityGroups": ["sg-1"],
    }
    group: Any = loaded(network=network).group
    assert group_as_written(group)["network"] == network


def test_every_map_with_names_of_people_is_known():
    _, made = models_json_schema([(Stack, "validation"), (Task, "validation")], by_alias=True)
    found = {
        key
        for schema in made["$defs"].values()
        for key, value in schema["properties"].items()
        if any("additionalProperties" in form for form in (value, *value.get("anyOf", [])))
    }
    assert found - {"defaults", "tasks"} == NAMED


@pytest.mark.parametrize("stack", stacks(ROOT))
def test_what_comes_back_is_of_the_models(stack: str):
    config = load(from_file("scheduled-tasks", stack, ROOT), ROOT / "config" / "tasks")
    for name, task in config.tasks.items():
        args: Any = task
        Task.model_validate(task_as_written(args, schedule_is_list=name in config.schedule_lists))
