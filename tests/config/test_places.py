"""Each problem names the file, the line and the column of the key that it is about."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ConfigError, from_file, load, warnings
from config.layers import merged
from config.places import Layer, Place, deepest, nowhere

DEFAULTS = """\
timezone: Europe/Berlin
logs:
  retentionDays: 8
"""
SYNC = """\
# Synchronize the CRM.
schedule: rate(1 hour)
image: crm:1
logs: {mode: blocking}
sidecars:
  proxy:
    image: proxy:1
    healthCheck:
      command: [CMD, x]
      interval: 5
retry: {attempts: 186}
"""
SEVERAL = """\
tasks:
  one:
    image: a:1
  two: {image: "a:1", schedule: rate(1 day), flexibleWindow: 90s}
"""
STACK = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: a b
  network:
    subnets: [subnet-1, x]
  scheduled-tasks:defaults:
    count: 11
  scheduled-tasks:tasks:
    sync:
      retry:
        maxAge: 25h
      launch:
        - provider: FARGATE
        - provider: fargate
    three: null
  scheduled-tasks:catalogue: [sync, one, two, three]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "config" / "tasks"
    folder.mkdir(parents=True)
    for name, text in (("defaults", DEFAULTS), ("sync", SYNC), ("several", SEVERAL), ("three", "image: a:1\n")):
        (folder / f"{name}.yaml").write_text(text)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    return tmp_path


def problems(project: Path, stack: str = "dev") -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(from_file("scheduled-tasks", stack, project), project / "config" / "tasks")
    return [str(problem) for problem in raised.value.problems]


def test_problem_is_where_the_layer_that_wins_sets_the_value(project: Path):
    found = [problem.split(": ")[:2] for problem in problems(project)]
    assert found == [
        ["Pulumi.dev.yaml:3:3", "cluster"],
        ["Pulumi.dev.yaml:5:25", "network.subnets.1"],
        ["Pulumi.dev.yaml:7:5", "tasks.one.count"],
        ["Pulumi.dev.yaml:11:9", "tasks.sync.retry.maxAge"],
        ["Pulumi.dev.yaml:14:11", "tasks.sync.launch.1.provider"],
        ["config/tasks/defaults.yaml:3:3", "tasks.one.logs.retentionDays"],
        ["config/tasks/several.yaml:2:3", "tasks.one.schedule"],
        ["config/tasks/several.yaml:4:46", "tasks.two.flexibleWindow"],
        ["config/tasks/sync.yaml:10:7", "tasks.sync.sidecars.proxy.healthCheck.interval"],
        ["config/tasks/sync.yaml:11:9", "tasks.sync.retry.attempts"],
    ]


def test_problem_of_defaults_is_reported_once(project: Path):
    [defaults] = [problem for problem in problems(project) if problem.startswith("config/tasks/defaults.yaml")]
    assert defaults.endswith("(Also in 2 other tasks.)")
    [count] = [problem for problem in problems(project) if problem.startswith("Pulumi.dev.yaml:7:5")]
    assert count.endswith("(From the stack's defaults.) (Also in 2 other tasks.)")


def test_missing_key_is_where_the_object_is(project: Path):
    (project / "Pulumi.dev.yaml").write_text("config:\n  tasks:\n    own:\n      image: a:1\n  catalogue: false\n")
    assert problems(project)[0].startswith("Pulumi.dev.yaml:3:5: tasks.own.schedule: is missing.")


def test_item_of_a_list_that_was_replaced_is_not_found(project: Path):
    """Lists replace, so a lower layer's list says nothing about the items of a higher one."""
    shared = "schedule: rate(1 hour)\nimage: a\nlaunch: [{provider: FARGATE}, {provider: FARGATE_SPOT}]\n"
    (project / "config" / "tasks" / "sync.yaml").write_text(shared)
    (project / "config" / "tasks" / "defaults.yaml").write_text("{}\n")
    stack = "config:\n  catalogue: [sync]\n  tasks:\n    sync:\n      launch: [{provider: FARGATE}, {weight: 1}]\n"
    (project / "Pulumi.dev.yaml").write_text(stack)
    [problem] = problems(project)
    assert problem.startswith("Pulumi.dev.yaml:5:37: tasks.sync.launch.1.provider: is missing.")


LEAVES = st.none() | st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=3)
KEYS = st.sampled_from("abc")
OBJECTS = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3)), max_size=3
)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The path to each scalar, and the scalar."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(cast("list[Any]", value)):
            yield from leaves(item, (*path, position))
    else:
        yield path, value


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


@given(objects=st.lists(OBJECTS, min_size=1, max_size=4))
def test_value_is_found_in_the_layer_that_it_comes_from(objects: list[dict[str, Any]]):
    lowest_first = [(str(position), layer) for position, layer in enumerate(objects)]
    layers = [Layer(name, nowhere(layer)) for name, layer in reversed(lowest_first)]
    for path, value in leaves(merged(lowest_first)[0]):
        found, depth = deepest(layers, path)
        assert found
        assert depth == len(path)
        assert at(objects[int(found.file)], path) == value
        above = objects[int(found.file) + 1 :]
        assert all(path[:1] not in [(key,) for key in layer] or deepest_without(layer, path) for layer in above)


def deepest_without(layer: dict[str, Any], path: tuple[str | int, ...]) -> bool:
    """Whether a higher layer leaves the value alone: on the way to it, only objects without the next key."""
    value: Any = layer
    for part in path:
        if not isinstance(value, dict):
            return False
        if part not in value:
            return True
        value = cast("dict[str, Any]", value)[cast("str", part)]
    return False


def test_problem_of_an_alias_is_at_its_anchor(project: Path):
    text = "x-base: &base {image: a:1, count: 11}\nconfig:\n  catalogue: false\n  tasks:\n    own: {<<: *base, schedule: rate(1 day)}\n"
    (project / "Pulumi.dev.yaml").write_text(text)
    (project / "config" / "tasks" / "defaults.yaml").write_text("{}\n")
    assert problems(project) == ["Pulumi.dev.yaml:1:28: tasks.own.count: 11 is not allowed. Use 1 to 10."]


def test_message_names_the_text_in_quotes(project: Path):
    text = "config:\n  catalogue: false\n  tags: {version: 1.10, debug: True}\n  tasks: {a: {image: a, schedule: rate(1 day)}}\n"
    (project / "Pulumi.dev.yaml").write_text(text)
    (project / "config" / "tasks" / "defaults.yaml").write_text("{}\n")
    assert problems(project) == [
        'Pulumi.dev.yaml:3:10: tags.version: must be a string, not a number. Write "1.10".',
        'Pulumi.dev.yaml:3:25: tags.debug: must be a string, not a boolean. Write "True".',
    ]


def test_warning_has_a_place(project: Path):
    text = (
        "config:\n  tasks:\n    a: {image: a:1, schedule: rate(1 day), timezone: Europe/Berlin}\n  catalogue: false\n"
    )
    (project / "Pulumi.dev.yaml").write_text(text)
    (project / "config" / "tasks" / "defaults.yaml").write_text("{}\n")
    config = load(from_file("scheduled-tasks", "dev", project), project / "config" / "tasks")
    found = {str(problem).split(": ")[0] for problem in warnings(config, datetime(2026, 1, 1, tzinfo=UTC))}
    assert found == {"Pulumi.dev.yaml:3:21", "Pulumi.dev.yaml"}


def test_place_is_printed_as_compilers_print_it():
    assert str(Place("a.yaml", 7, 9)) == "a.yaml:7:9"
    assert str(Place("a.yaml")) == "a.yaml"


def test_layers_without_anything():
    assert deepest([], ("a",)) == (None, 0)
    assert nowhere({"a": [1, {"b": 2}]}).child("a").child(1).child("b") is not None  # pyright: ignore[reportOptionalMemberAccess]
