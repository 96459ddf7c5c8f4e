"""The stacks and the shared tasks of this repository, and the schema that editors check them with."""

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
    """The validator that an editor uses for a kind of file."""
    wanted = {**schema(), "anyOf": [{"$ref": f"#/$defs/{definition}"}]}
    jsonschema.Draft202012Validator.check_schema(wanted)
    return jsonschema.Draft202012Validator(wanted)


def test_schema_in_the_repository_is_current():
    assert FILE.read_text() == text(), "stale: run `make docs`"


@pytest.mark.parametrize("stack", stacks(ROOT))
def test_stacks_of_the_repository_are_valid(stack: str):
    assert load(from_file(PROJECT, stack, ROOT), ROOT / "config" / "tasks").tasks


@pytest.mark.parametrize(
    "path",
    [*ROOT.glob("Pulumi.*.yaml"), *(ROOT / "config" / "tasks").glob("*.yaml")],
    ids=lambda path: path.name,
)
def test_editors_accept_the_files(path: Path):
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
        {"memory": 5},
        {"permissions": [{"actions": ["s3:GetObject"]}]},
        {"schedules": [{"timezone": "UTC"}]},
        {"secrets": {"PASSWORD": {}}},
    ],
    ids=str,
)
def test_editors_mark_mistakes_in_a_task(task: dict[str, object]):
    file = {"config": {f"{PROJECT}:tasks": {"a": task}}}
    with pytest.raises(jsonschema.ValidationError):
        editor("stackFile").validate(file)


@pytest.mark.parametrize(
    "task",
    [
        {"sidecars": {"proxy": {"memory": 512}}},
        {"volumes": {"data": {"readOnly": True}}},
        {"retryRun": {"delay": "5m"}},
        {"image": {"target": "run"}},
        {"ulimits": {"nofile": {"soft": 1024}}},
        {"sidecars": {"proxy": {"healthCheck": None}}, "retry": {"attempts": None}},
        {"environment": {"PORT": 5432}, "user": 1000},
        {"sidecars": {"proxy": None}, "environment": {"PORT": None}, "ulimits": {"nofile": None}},
    ],
    ids=str,
)
def test_editors_accept_a_layer_that_changes_one_key(task: dict[str, object]):
    editor("stackFile").validate({"config": {f"{PROJECT}:tasks": {"a": task}}})


def test_editors_mark_a_misspelled_key_of_the_stack():
    file = {"config": {f"{PROJECT}:clutser": "main", "aws:region": "eu-west-1"}}
    with pytest.raises(jsonschema.ValidationError, match="clutser"):
        editor("stackFile").validate(file)
