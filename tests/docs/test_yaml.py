"""The YAML on the pages is valid configuration."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from components.aws.spelling import snake_case
from components.checks.call_tasks import kind_among
from components.keys.validation import validated
from config import yaml_files
from config.keys import Call, Stack, Task

ROOT = Path(__file__).parents[2]
NAMESPACE = "scheduled-tasks:"
SHOWN = [
    (page.name, block)
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
]


@pytest.mark.parametrize(("page", "block"), SHOWN, ids=[f"{page}: {block[:40]!r}" for page, block in SHOWN])
def test_yaml_on_a_page_is_valid(page: str, block: str, tmp_path: Path):
    (tmp_path / page).write_text(block)
    document = yaml_files.document(tmp_path / page)
    values = cast("dict[str, Any]", document.value)
    if {"apiVersion", "rules"} & set(values) or values.get("type") == "Scheduled Job":
        # The configuration of another tool, before an import.
        return
    if page == "simulate-failures.md":
        # Files of `simulate`. tests/docs/test_simulate_page.py reads them.
        return
    assert (document.ambiguous, document.flaws) == ([], [])
    values = values.get("config", values)
    if values.get("runtime") == "yaml":
        program(values)
        return
    of_stack = {key.removeprefix(NAMESPACE): value for key, value in values.items() if key.startswith(NAMESPACE)}
    of_task = Call if kind_among(map(snake_case, values)) else Task
    found = validated(Stack, of_stack, from_yaml=True) if of_stack else validated(of_task, values, from_yaml=True)
    assert found.problems == []


def program(values: dict[str, Any]) -> None:
    """Check a Pulumi YAML program: its resources have the types and properties of the package."""
    schema = json.loads((ROOT / "plugin" / "schema.json").read_text())["resources"]
    for resource in values["resources"].values():
        assert set(resource["properties"]) <= set(schema[resource["type"]]["inputProperties"])


def test_pages_have_yaml():
    assert len(SHOWN) > 10
