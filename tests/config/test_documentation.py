"""docs/configuration.md is that of the models, and its examples are valid; so are the examples of examples/."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.json_schema import models_json_schema

from config.documentation import FILE, text
from config.documented import AWS_TERMS, EXAMPLES, OWN_KEYS, SECTIONS
from config.models import Stack, Task

EXAMPLE_FILES = sorted((Path(__file__).parents[2] / "examples").glob("*/Pulumi.example.yaml"))


def models() -> dict[str, Any]:
    return models_json_schema([(Stack, "validation"), (Task, "validation")], by_alias=True)[1]["$defs"]


def test_the_page_is_that_of_the_models():
    assert FILE.read_text() == text(), "stale: run `make docs`"


def test_every_model_is_on_the_page_and_every_key_has_awss_word():
    assert SECTIONS.keys() == models().keys()
    for name, schema in models().items():
        assert AWS_TERMS[name].keys() | OWN_KEYS.get(name, set()) == schema["properties"].keys()


def test_every_key_says_its_default_or_is_required():
    for name, schema in models().items():
        for key, value in schema["properties"].items():
            assert "description" in value, f"{name}.{key}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_pages_examples_are_valid(name: str):
    example = yaml.safe_load(EXAMPLES[name])
    if any(key.startswith("scheduled-tasks:") for key in example):
        Stack.model_validate({key.removeprefix("scheduled-tasks:"): value for key, value in example.items()})
    else:
        Task.model_validate(example)


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return {str(key).removeprefix("scheduled-tasks:") for key in value} | set().union(
            *map(keys_in, value.values()), set()
        )
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


def test_every_key_is_in_an_example():
    used: set[str] = set().union(*(keys_in(yaml.safe_load(file.read_text())) for file in EXAMPLE_FILES))
    known = {key for schema in models().values() for key in schema["properties"]}
    assert known - used == set()
