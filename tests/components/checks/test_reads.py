"""Each check says which keys it reads, and is skipped if one of them is invalid by itself."""

from collections.abc import Mapping
from types import FunctionType
from typing import Any

import pytest

from components.args import ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.checks import _GROUP_CHECKS, _MEMBER_CHECKS, _TASK_CHECKS, checked_group, checked_task
from components.checks.check import Check, problems, reads
from components.keys.reference import keys_of
from components.problems import Problem
from components.resolved import Group, Task
from components.resolver import resolve_group, resolve_task

PLAIN: dict[str, Any] = {"image": "a:1", "schedule": "rate(1 hour)"}
SIDECAR = {
    "image": "b:1",
    "cpu": 9999,
    "mounts": {"x": "y"},
    "depends_on": {"main": "COMPLETE"},
    "environment": {"": ""},
}
TASKS: list[dict[str, Any]] = [
    PLAIN,
    {},
    {"task_definition": "a", "container": "b", "cpu": 256},
    {**PLAIN, "launch": "ec2", "placement_constraints": [{"type": "memberOf"}], "placement_strategies": [{"type": "spread"}]},
    {**PLAIN, "launch": "external", "network_mode": "awsvpc", "volumes": {"a": {"path": "/a", "efs": "fs-0a"}}},
    {**PLAIN, "capacity_providers": [{"provider": "FARGATE_SPOT"}], "operating_system": "WINDOWS_SERVER_2022_CORE", "user": "a"},
    {**PLAIN, "sidecars": {"a": SIDECAR}, "ulimits": {"nice": {"soft": 2, "hard": 1}}, "exec": True, "read_only_root": True},
    {"image": "a:1", "schedules": [{"expression": "at(2030-01-01T00:00:00)", "end": "2031-01-01T00:00:00Z", "cpu": 512}]},
    {"image": "a:1", "schedules": [{"expression": "rate(1 hour)", "environment": {"": "x"}}] * 2, "timeout": "1h", "count": 2},
    {**PLAIN, "start": "2031-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z", "expect_success_within": "25h"},
    {**PLAIN, "environment": {"A": "1"}, "secrets": {"A": "arn:aws:ssm:eu-west-1:123456789012:parameter/a"}},
    {**PLAIN, "platform_version": "1.3.0", "exec": True, "secrets": {"A": "/a"}, "schedules": [{"expression": "rate(1 day)", "cpu": 8192}]},
    {**PLAIN, "logs": {"driver": "firelens"}, "sidecars": {"r": {"firelens": {"type": "fluentbit"}}}, "restart": {}, "linux": {}},
    {**PLAIN, "launch": "managedInstances", "capacity_providers": [{"provider": "a"}], "sidecars": {"a": SIDECAR}, "linux": {}},
    {**PLAIN, "launch": "clusterDefault", "operating_system": "WINDOWS_SERVER_2022_CORE", "linux": {}},
    {**PLAIN, "permissions": [{"actions": ["*"], "resources": ["*"]}], "task_role": "x", "managed_policies": ["a", "a"]},
]  # fmt: skip
GROUPS: list[dict[str, Any]] = [
    {},
    {"cluster": "main", "create_cluster": {"default_strategy": [{"provider": "a"}]}},
    {"network": {"create_vpc": {}, "vpc": "default", "subnet_ids": ["subnet-0a"]}},
    {"notify": {"emails": ["a@b.cd", "a@b.cd"], "topic_arn": "a", "kms_key": "b"}},
    {"task_definitions": ["a", "a:1"], "containers": {"a": "b"}, "tags": {"": ""}},
]
FROM_KEYS = {
    "schedules": {"schedule", "schedules"},
    "supervision": {"timeout", "overlap", "retry_run"},
    "read_only_root": {"read_only_root", "volumes", "operating_system"},
    # They also follow from the log router.
    "depends_on": {"depends_on", "sidecars", "logs"},
    "network_mode": {"network_mode", "launch", "capacity_providers"},
}
"""Fields that follow from other keys."""


class Recorder:
    """Stands for a task or a group, and records the keys that a check reads."""

    def __init__(self, value: Task | Group, seen: set[str]):
        self._value, self._seen = value, seen

    def __getattr__(self, name: str) -> Any:
        found = getattr(type(self._value), name)
        if isinstance(found, property):
            assert found.fget
            return found.fget(self)
        if isinstance(found, FunctionType):
            return found.__get__(self)
        if name == "args":
            return RecordedArgs(self._value.args, self._seen)
        self._seen.update(FROM_KEYS.get(name, {name}))
        return getattr(self._value, name)


class RecordedArgs(Mapping[str, Any]):
    """Arguments that record their keys."""

    def __init__(self, args: Mapping[str, Any], seen: set[str]):
        self._args, self._seen = args, seen

    def __getitem__(self, key: str) -> Any:
        self._seen.add(key)
        return self._args[key]

    def __contains__(self, key: object) -> bool:
        self._seen.add(str(key))
        return key in self._args

    def __iter__(self):
        return iter(self._args)

    def __len__(self) -> int:
        return len(self._args)


def name_of(check: Check[Any]) -> str:
    return check.find.__name__


@pytest.mark.parametrize("check", [*_MEMBER_CHECKS, *_TASK_CHECKS], ids=name_of)
def test_keys_that_a_check_of_a_task_reads(check: Check[Task]):
    assert check.reads <= keys_of(ScheduledTaskArgs).keys()
    seen: set[str] = set()
    for args in TASKS:
        value: Any = Recorder(resolve_task("job", args), seen)
        list(check.find(value))
    # The check finds the keys that a task definition contains by their names only.
    allowed = {*keys_of(ScheduledTaskArgs)} if name_of(check) == "what_runs" else set[str]()
    assert seen - allowed <= check.reads
    assert seen, "a check reads something"


@pytest.mark.parametrize("check", _GROUP_CHECKS, ids=name_of)
def test_keys_that_a_check_of_a_group_reads(check: Check[Group]):
    assert check.reads <= keys_of(ScheduledTaskGroupArgs).keys()
    seen: set[str] = set()
    for args in GROUPS:
        value: Any = Recorder(resolve_group(args), seen)
        list(check.find(value))
    assert seen <= check.reads
    assert seen, "a check reads something"


def test_check_is_skipped_if_a_key_that_it_reads_is_invalid():
    @reads("cpu", "memory")
    def never(_: object):
        yield Problem(("cpu",), "is wrong.")

    assert len(list(problems([never], object(), frozenset()))) == 1
    assert len(list(problems([never], object(), frozenset({"image"})))) == 1
    for key in ("cpu", "memory"):
        assert list(problems([never], object(), frozenset({key, "image"}))) == []


@pytest.mark.parametrize(
    ("args", "paths"),
    [
        ({"cpu": "x", "memory": 700}, ["cpu"]),
        ({"cpu": 300, "memory": "x"}, ["memory"]),
        ({"image": "a b", "task_definition": "a"}, ["image"]),
        ({"schedule": "rate(0 hours)", "start": "2031-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z"}, ["schedule"]),
        ({"overlap": "maybe", "count": 2}, ["overlap"]),
        ({"environment": {"A": 1.5}, "secrets": {"A": "arn:aws:ssm:eu-west-1:123456789012:parameter/a"}}, ["environment.A"]),
        ({"launch": "moon", "network_mode": "host", "platform_version": "1.4.0"}, ["launch"]),
        ({"volumes": {"a": {"path": 5}}, "sidecars": {"b": {"image": "b:1", "mounts": {"c": "/c"}}}}, ["volumes.a.path"]),
        ({"cpu": "x", "count": 0, "architecture": "arm64", "operating_system": "WINDOWS_SERVER_2022_CORE"}, ["cpu", "architecture", "count"]),
    ],
    ids=str,
)  # fmt: skip
def test_one_mistake_is_one_problem(args: dict[str, Any], paths: list[str]):
    _, found = checked_task("job", {**PLAIN, **args})
    assert sorted(".".join(map(str, problem.path)) for problem in found) == sorted(paths)


@pytest.mark.parametrize("check", [*_TASK_CHECKS, *_GROUP_CHECKS], ids=name_of)
def test_only_objects_with_chosen_names_are_read_entry_by_entry(check: Check[Any]):
    keys = {**keys_of(ScheduledTaskGroupArgs), **keys_of(ScheduledTaskArgs)}
    assert check.each <= check.reads
    assert all(keys[name].type.is_object for name in check.each)


@pytest.mark.parametrize("check", [check for check in _TASK_CHECKS if check.each], ids=name_of)
def test_entries_that_are_left_out_make_no_problems(check: Check[Task]):
    """A check that reads a key entry by entry finds no new problem if an entry is missing."""
    for args in TASKS:
        every = set(check.find(resolve_task("job", args)))
        for name in check.each & args.keys():
            for left_out in args[name]:
                rest = {key: value for key, value in args[name].items() if key != left_out}
                assert set(check.find(resolve_task("job", {**args, name: rest}))) <= every


INDEPENDENT: list[tuple[dict[str, Any], list[str]]] = [
    ({"environment": {"A": 1.5, "B=C": "x"}}, ["environment.A", "environment.B=C"]),
    ({"environment": {"A": 1.5, "B": "x"}, "secrets": {"B": "arn:aws:ssm:eu-west-1:123456789012:parameter/a"}}, ["environment.A", "environment.B"]),
    ({"sidecars": {"a": {"image": 5}, "main": {"image": "b:1"}}}, ["sidecars.a.image", "sidecars.main"]),
    ({"volumes": {"a": {"path": 5}, "b": {"path": "b"}}}, ["volumes.a.path", "volumes.b.path"]),
    ({"ulimits": {"nofile": {"soft": "x", "hard": 1}, "patience": {"soft": 1, "hard": 1}}}, ["ulimits.nofile.soft", "ulimits.patience"]),
    ({"tags": {"a": 1.5, "aws:x": "y"}}, ["tags.a", "tags.aws:x"]),
    ({"sidecars": {"a": {"image": 5}, "b": {"image": "b:1", "depends_on": {"a": "HEALTHY"}}}}, ["sidecars.a.image"]),
]  # fmt: skip


@pytest.mark.parametrize(("args", "paths"), INDEPENDENT, ids=str)
def test_problems_of_other_entries_are_found_too(args: dict[str, Any], paths: list[str]):
    _, found = checked_task("job", {**PLAIN, **args})
    assert sorted(".".join(map(str, problem.path)) for problem in found) == sorted(paths)


def test_one_mistake_in_a_group_is_one_problem():
    _, found = checked_group({"cluster": "a b", "create_cluster": {"default_strategy": [{"provider": "a"}]}})
    assert [problem.path for problem in found] == [("cluster",)]


@pytest.mark.parametrize("args", [5, None, [], "a"])
def test_arguments_that_are_no_object_are_one_problem(args: object):
    for _, found in (checked_task("job", args), checked_group(args)):
        [problem] = found
        assert problem.path == ()
        assert problem.message.startswith("must be an object, not ")
