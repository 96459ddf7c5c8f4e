"""Files of shared tasks and of a stack that can't be read, or hold values of the wrong shape."""

from pathlib import Path
from typing import Any

import pytest

from config import ConfigError, Source, from_file, load
from config.yaml_files import YamlError

from .refused import assert_at, assert_one, in_stack, in_task, texts

GOOD = "{image: a, schedule: rate(1 day)}"


def in_file(folder: Path, text: str | bytes, name: str = "a.yaml") -> list[str]:
    """The problems of a stack with one more file of shared tasks."""
    tasks = folder / "config" / "tasks"
    (tasks / name).parent.mkdir(parents=True, exist_ok=True)
    (tasks / "good.yaml").write_text(GOOD)
    (tasks / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as raised:
        load(Source("test", {}, ()), tasks)
    return texts(raised.value)


FILES: dict[str, tuple[str | bytes, str, str]] = {
    "a list": ("[a, b]", "config/tasks/a.yaml:1:1", ""),
    "a string": ("job", "config/tasks/a.yaml:1:1", ""),
    "nothing": ("", "config/tasks/a.yaml", ""),
    "tasks as a list": ("tasks: [a]", "config/tasks/a.yaml:1:1: tasks", ""),
    "a task as a string": ("tasks: {job: a:1}", "config/tasks/a.yaml:1:9: tasks.job", ""),
    "a key beside tasks": (f"tasks: {{job: {GOOD}}}\nimage: a", "config/tasks/a.yaml:2:1: image", "tasks"),
    "the name again": (f"a: {GOOD}", "config/tasks/a.yaml:1:1: a", ""),
    "a task of another file": (f"tasks: {{good: {GOOD}}}", "config/tasks/good.yaml:1:1: tasks.good", '"good"'),
    "not UTF-8": (b"image: \xff", "config/tasks/a.yaml:1:8", "UTF-8"),
    "a tab": ("image: a\n\tcommand: [a]", "config/tasks/a.yaml:2:1", "tab"),
    "an alias": ("image: *a", "config/tasks/a.yaml:1:8", "alias"),
    "a key twice": ("image: a\nschedule: rate(1 day)\nimage: b", "config/tasks/a.yaml:3:1: tasks.a.image", "twice"),
    "two documents": (f"{GOOD}\n---\n{GOOD}", "config/tasks/a.yaml:2:1", "document"),
    "a character that YAML forbids": ("image: a\x00", "config/tasks/a.yaml", "YAML"),
}


@pytest.mark.parametrize(("text", "path", "part"), FILES.values(), ids=FILES)
def test_a_file_of_shared_tasks_that_cannot_be_read(tmp_path: Path, text: str | bytes, path: str, part: str):
    assert_one(in_file(tmp_path, text), path, part)


@pytest.mark.parametrize("name", ["a.yml", "team/a.yaml", "team/a.yml"])
def test_a_file_that_is_not_read_is_named(tmp_path: Path, name: str):
    assert_one(in_file(tmp_path, GOOD, name), f"config/tasks/{name}", ".yaml" if name.endswith(".yml") else "tasks/")


def test_a_stack_whose_file_is_missing(tmp_path: Path):
    with pytest.raises(YamlError):
        from_file("scheduled-tasks", "test", tmp_path)


@pytest.mark.parametrize("text", ["config: [a]", "config: a", "[a]", "config"])
def test_a_stack_whose_file_has_no_map_of_configuration(tmp_path: Path, text: str):
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    with pytest.raises(YamlError):
        from_file("scheduled-tasks", "test", tmp_path)


SHAPES: dict[str, tuple[dict[str, Any], str, str]] = {
    "null in a list": ({"command": ["a", None]}, "command.1", ""),
    "a list for a string": ({"image": ["a"]}, "image", ""),
    "a boolean for a string": ({"timezone": True}, "timezone", "true"),
    "a number for a boolean": ({"enabled": 1}, "enabled", "1"),
    "a string for a boolean": ({"enabled": "yes"}, "enabled", '"yes"'),
    "a decimal for an integer": ({"cpu": 256.5}, "cpu", "256.5"),
    "an object for an integer": ({"cpu": {"units": 256}}, "cpu", ""),
    "a string for a list of objects": ({"permissions": "s3:GetObject"}, "permissions", "s3:GetObject"),
    "a string in a list of objects": ({"permissions": ["s3:GetObject"]}, "permissions.0", "s3:GetObject"),
    "a required key": ({"permissions": [{"actions": ["s3:GetObject"]}]}, "permissions.0.resources", ""),
    "an unknown key of a build": ({"image": {"build": ".", "file": "Dockerfile"}}, "image.file", "dockerfile"),
    "an unknown key of a schedule": ({"schedule": None, "schedules": [{"expression": "rate(1 day)", "zone": "UTC"}]}, "schedules.0.zone", "timezone"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "path", "part"), SHAPES.values(), ids=SHAPES)
def test_a_value_of_the_wrong_shape(values: dict[str, Any], path: str, part: str):
    assert_at(in_task(values), f"tasks.job.{path}", part)


@pytest.mark.parametrize("place", ["environment", "secrets"])
def test_a_value_that_could_be_a_secret_is_not_shown(place: str):
    problems = in_task({place: {"TOKEN": ["s3cr3t"]}})
    assert_at(problems, f"tasks.job.{place}.TOKEN", "")
    assert "s3cr3t" not in "".join(problems)


STACK: dict[str, tuple[dict[str, Any], str, str]] = {
    "no tasks": ({"catalogue": False, "tasks": {}}, "tasks", ""),
    "names that differ in case": ({"tasks": {"Job": {"image": "a", "schedule": "rate(1 day)"}, "job": {"image": "a", "schedule": "rate(1 day)"}}}, "tasks.job", '"Job"'),
    "a string for the network": ({"network": "default"}, "network", '"default"'),
    "a list for the cluster": ({"cluster": ["main"]}, "cluster", ""),
    "a cluster that is not created": ({"cluster": {"create": False}}, "cluster.create", "false"),
    "a task as a string": ({"tasks": {"job": "a:1"}}, "tasks.job", ""),
    "shared tasks by a string": ({"catalogue": "job"}, "catalogue", '"job"'),
    "a key of a VPC": ({"network": {"vpc": {"create": {"nat": "single"}}}}, "network.vpc.create.nat", "natGateways"),
    "defaults": ({"defaults": {"cpuu": 256}}, "tasks.job.cpuu", '"cpu"'),
}  # fmt: skip


@pytest.mark.parametrize(("values", "path", "part"), STACK.values(), ids=STACK)
def test_a_stack_of_the_wrong_shape(values: dict[str, Any], path: str, part: str):
    assert_at(in_stack(values), path, part)


def test_a_secret_outside_the_keys_for_secrets_is_refused_and_not_shown():
    values: dict[str, Any] = {
        "catalogue": False,
        "tags": {"team": "s3cr3t"},
        "tasks": {"job": {"image": "a", "schedule": "rate(1 day)"}},
    }
    with pytest.raises(ConfigError) as raised:
        load(Source("test", values, (("tags", "team"),)), Path("no-such-folder"))
    problems = texts(raised.value)
    assert_at(problems, "tags.team", "secret")
    assert "s3cr3t" not in "".join(problems)
