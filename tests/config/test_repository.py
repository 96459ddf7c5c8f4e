"""The stacks and the catalogue of this repository."""

from functools import cache
from pathlib import Path

import jsonschema
import pytest

from config import from_file, load, stacks
from config.schema import FILE, PROJECT, schema, text
from config.yaml_files import read

ROOT = Path(__file__).parents[2]


@cache
def editor(definition: str) -> jsonschema.Draft202012Validator:
    """What an editor checks a kind of file with; the schema itself is checked once."""
    wanted = {**schema(), "anyOf": [{"$ref": f"#/$defs/{definition}"}]}
    jsonschema.Draft202012Validator.check_schema(wanted)
    return jsonschema.Draft202012Validator(wanted)


def test_the_schema_in_the_repository_is_that_of_the_models():
    assert FILE.read_text() == text(), "stale: run `make docs`"


@pytest.mark.parametrize("stack", stacks(ROOT))
def test_the_stacks_of_the_repository_are_valid(stack: str):
    assert load(from_file(PROJECT, stack, ROOT), ROOT / "config" / "tasks").tasks


@pytest.mark.parametrize(
    "path",
    [*ROOT.glob("Pulumi.*.yaml"), *(ROOT / "config" / "tasks").glob("*.yaml")],
    ids=lambda path: path.name,
)
def test_editors_find_nothing_wrong_with_the_files(path: Path):
    definition = "stackFile" if path.name.startswith("Pulumi.") else "taskFile"
    editor(definition).validate(read(path))


@pytest.mark.parametrize(
    "task",
    [
        {"memroy": 512},
        {"cpu": 100},
        {"retry": {"attempts": 186}},
        {"schedule": 5},
        {"logs": {"retentionDays": 8}},
        {"flexibleWindow": "15"},
        {"launch": "spot"},
    ],
    ids=str,
)
def test_editors_mark_what_the_loader_would_refuse(task: dict[str, object]):
    file = {"config": {f"{PROJECT}:tasks": {"a": task}}}
    with pytest.raises(jsonschema.ValidationError):
        editor("stackFile").validate(file)


def test_editors_mark_a_misspelt_key_of_the_stack():
    file = {"config": {f"{PROJECT}:clutser": "main", "aws:region": "eu-west-1"}}
    with pytest.raises(jsonschema.ValidationError, match="clutser"):
        editor("stackFile").validate(file)
