"""docs/configuration.md is made from the keys, and its examples and those of examples/ are valid."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.aws.spelling import camel_case
from components.keys.reference import Key, keys_of, shapes_in
from components.keys.validation import validated
from config.documentation import FILE, described_elsewhere, heading, shapes, text
from config.documented import EXAMPLES, SECTIONS
from config.key_examples import WHOLE, example
from config.keys import Call, Stack, Task
from config.task_loading import kind_of

EXAMPLE_FILES = sorted((Path(__file__).parents[2] / "examples").glob("*/Pulumi.example.yaml"))


def test_page_is_current():
    assert FILE.read_text() == text(), "stale: run `make docs`"


def test_every_object_is_on_the_page():
    assert SECTIONS.keys() == shapes().keys()


KEYS = [(name, key) for name in SECTIONS for key in keys_of(shapes()[name]).values()]


def test_every_key_has_a_heading_of_its_own():
    headings = [line.removeprefix("### ").strip("`") for line in text().splitlines() if line.startswith("### ")]
    assert headings == [heading(name, key) for name, key in KEYS if key.name not in described_elsewhere(name)]
    anchors = [re.sub(r"[^\w-]", "", each).lower() for each in headings]
    assert len(set(anchors)) == len(anchors) > 100


@pytest.mark.parametrize(
    ("key", "count"), [("pull_through_caches", "At most 50 prefixes."), ("environment_files", "at most 10.")]
)
def test_a_bound_of_a_list_is_on_the_page_once(key: str, count: str):
    page = text()
    entry = page.split(f"{camel_case(key)}`\n\n", 1)[1].split("\n#", 1)[0]
    assert entry.count(count) == 1
    assert len(re.findall(r"\b(50|10)\b", entry.split("```")[0])) == 1


def test_a_sidecar_refers_to_the_keys_that_a_task_describes():
    shared = described_elsewhere("Sidecar")
    assert {"linux", "hostname"} <= set(shared)
    assert not {"image", "cpu", "read_only_root"} & set(shared)
    for key in shared:
        assert f"[`{camel_case(key)}`](#{camel_case(key).lower()})" in text()
        assert f"### `{camel_case(key)}`" in text()


def test_logs_of_a_sidecar_refer_to_the_logs_of_a_task():
    assert "[`driver`](#logsdriver)" in text()
    assert "### `logs.driver`" in text()
    assert "### `sidecars.NAME.logs.driver`" not in text()


def test_the_values_of_a_key_are_listed_once():
    assert "`replace` stops the other first. The task then runs through Step Functions.\n" in text()
    assert "One of LINUX, WINDOWS_SERVER_2019_CORE" in text()


def test_every_key_has_its_type_default_and_description():
    for entry in text().split("\n### ")[1:]:
        title, facts, description, *_ = entry.split("\n\n")
        assert re.match(r"\S.* · (required|default: \S)", facts), title
        assert re.match(r"[A-Z0-9`]", description), title


@pytest.mark.parametrize(("name", "key"), KEYS, ids=[heading(*each) for each in KEYS])
def test_every_key_has_a_valid_example_with_it(name: str, key: Key):
    assert key.example, f"The type of {key.name} has no Example(...)."
    values: dict[str, Any] = yaml.safe_load(example(name, key))
    assert camel_case(key.name) in keys_in(values)
    assert example(name, key).count("\n") <= 5
    validate(values)


def test_no_example_is_left_over():
    assert WHOLE.keys() <= {f"{name}.{key.name}" for name, key in KEYS}


def validate(values: dict[str, Any]) -> None:
    of_stack = any(key.startswith("scheduled-tasks:") for key in values)
    plain = {key.removeprefix("scheduled-tasks:"): value for key, value in values.items()}
    shape = Stack if of_stack else Call if kind_of(plain) else Task
    assert validated(shape, plain, from_yaml=True).problems == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_the_page_are_valid(name: str):
    validate(yaml.safe_load(EXAMPLES[name]))


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return {str(key).removeprefix("scheduled-tasks:") for key in value} | set().union(
            *map(keys_in, value.values()), set()
        )
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


def test_every_key_of_an_object_is_in_an_example():
    """A simple key of a task or a call needs none: its type and default are in the reference."""
    of_calls = {Task, *shapes_in(Call)}
    used: set[str] = set().union(*(keys_in(yaml.safe_load(file.read_text())) for file in EXAMPLE_FILES))
    known = {camel_case(name) for shape in shapes().values() if shape not in of_calls for name in keys_of(shape)}
    assert known - used == set()
