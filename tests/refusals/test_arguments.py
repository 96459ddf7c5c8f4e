"""Arguments of the components that have the wrong shape, which a program in plain Python can give."""

from typing import Any

import pulumi
import pytest

from components import ScheduledTaskGroup

from .refused import assert_one, in_group_arguments, in_task_arguments

TASK: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"memroy": 512}, "memroy"),
    "unknown key below": ({"retry": {"atempts": 1}}, "retry.atempts"),
    "unknown key in a list": ({"permissions": [{"actions": ["s3:*"], "resources": ["*"], "sid": "A"}]}, "permissions.0.sid"),
    "missing key": ({"permissions": [{"actions": ["s3:*"]}]}, "permissions.0.resources"),
    "missing key in a list": ({"schedule": None, "schedules": [{"enabled": True}]}, "schedules.0.expression"),
    "missing key of a build": ({"image": None, "build": {}}, "build.context"),
    "string for an integer": ({"cpu": "256"}, "cpu"),
    "boolean for an integer": ({"cpu": True}, "cpu"),
    "number for an integer": ({"cpu": 256.0}, "cpu"),
    "integer for a boolean": ({"enabled": 1}, "enabled"),
    "integer for a string": ({"timezone": 1}, "timezone"),
    "integer for an image": ({"image": 12}, "image"),
    "string for a list": ({"command": "dump --all"}, "command"),
    "object for a list": ({"permissions": {"actions": ["s3:*"]}}, "permissions"),
    "integer in a list": ({"command": ["sleep", 1]}, "command.1"),
    "list for a map": ({"tags": ["team"]}, "tags"),
    "list for an object": ({"retry": [1]}, "retry"),
    "string for an object in a map": ({"sidecars": {"proxy": "proxy:1"}}, "sidecars.proxy"),
    "integer in a map": ({"tags": {"team": 1}}, "tags.team"),
    "output for a string": ({"timezone": lambda: pulumi.Output.from_input("UTC")}, "timezone"),
    "output for a list": ({"command": lambda: pulumi.Output.from_input(["a"])}, "command"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "path"), TASK.values(), ids=TASK)
def test_an_argument_of_a_task_with_the_wrong_shape(values: dict[str, Any], path: str):
    assert_one(in_task_arguments(values), path, "")


def test_an_argument_that_is_none():
    problems = in_task_arguments({"cpu": lambda: None})
    assert_one(problems, "cpu", "")


GROUP: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"clutser": "main"}, "clutser"),
    "unknown key below": ({"network": {"subnet": "public"}}, "network.subnet"),
    "string for a boolean": ({"enabled": "false"}, "enabled"),
    "boolean for a string": ({"prefix": True}, "prefix"),
    "string for a list": ({"pass_role_arns": "arn:aws:iam::123456789012:role/a"}, "pass_role_arns"),
    "string for an object": ({"notify": "ops@example.com"}, "notify"),
    "integer in a list": ({"registry_accounts": [123456789012]}, "registry_accounts.0"),
    "missing key in a list": ({"create_cluster": {"default_strategy": [{"weight": 1}]}, "cluster": None}, "create_cluster.default_strategy.0.provider"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "path"), GROUP.values(), ids=GROUP)
def test_an_argument_of_a_group_with_the_wrong_shape(values: dict[str, Any], path: str):
    assert_one(in_group_arguments(values), path, "")


def test_a_value_of_the_wrong_type_is_not_shown_as_it_could_be_a_secret():
    [problem] = in_task_arguments({"environment": ["s3cr3t"]})
    assert "s3cr3t" not in problem


def test_a_task_with_a_group_and_one_of_its_own():
    def group() -> Any:
        return ScheduledTaskGroup("tasks", {"cluster": "main"}).reference

    assert_one(in_task_arguments({"group": group, "group_args": {}}), "group_args", "group")


@pytest.mark.parametrize(
    ("group", "values", "path", "word"),
    [
        ({"monitoring": {"outcomes": False}}, {"expect_success_within": "2d"}, "expect_success_within", "outcomes"),
        ({"supervised": False}, {"timeout": "2h"}, "timeout", "supervised"),
        ({"subnet": "a"}, {}, "group_args.subnet", ""),
        ({"cluster": "main", "create_cluster": {}}, {}, "group_args.cluster", "create_cluster"),
    ],
    ids=lambda value: str(value),
)
def test_a_group_of_its_own_that_does_not_suit_the_task(
    group: dict[str, Any], values: dict[str, Any], path: str, word: str
):
    assert_one(in_task_arguments({"group_args": group, **values}), path, word)
