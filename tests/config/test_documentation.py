"""docs/configuration.md is made from the keys, and its examples and those of examples/ are valid."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.aws.spelling import camel_case
from components.keys.reference import keys_of
from components.keys.validation import validated
from config.documentation import FILE, shapes, text
from config.documented import EXAMPLES, SECTIONS
from config.keys import Stack, Task

EXAMPLE_FILES = sorted((Path(__file__).parents[2] / "examples").glob("*/Pulumi.example.yaml"))


def test_page_is_current():
    assert FILE.read_text() == text(), "stale: run `make docs`"


def test_every_object_is_on_the_page():
    assert SECTIONS.keys() == shapes().keys()


def test_every_key_is_on_the_page_with_its_default():
    rows = [line for line in text().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(keys_of(shape)) for shape in shapes().values())
    for row in rows:
        _, key, kind, default, description, *_ = (cell.strip() for cell in row.replace("\\|", "/").split("|"))
        assert all((key, kind, default, description)), row


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_the_page_are_valid(name: str):
    example: dict[str, Any] = yaml.safe_load(EXAMPLES[name])
    of_stack = any(key.startswith("scheduled-tasks:") for key in example)
    values = {key.removeprefix("scheduled-tasks:"): value for key, value in example.items()}
    assert validated(Stack if of_stack else Task, values, from_yaml=True).problems == []


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return {str(key).removeprefix("scheduled-tasks:") for key in value} | set().union(
            *map(keys_in, value.values()), set()
        )
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


def test_every_key_of_an_object_is_in_an_example():
    """A simple key of a task needs none: its type and default are in the reference."""
    used: set[str] = set().union(*(keys_in(yaml.safe_load(file.read_text())) for file in EXAMPLE_FILES))
    known = {camel_case(name) for shape in shapes().values() if shape is not Task for name in keys_of(shape)}
    assert known - used == set()
