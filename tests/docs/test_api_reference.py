"""The reference of the components on the site: complete, with a valid example per input."""

import ast
import re

import pytest

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs
from components.args import GroupReference
from components.keys.reference import keys_of, shapes_in
from components.keys.validation import validated
from components.outputs import output_names
from tools.api_reference import example, pages

PAGES = pages()
COMPONENTS = {
    "api/scheduled-task.md": (ScheduledTask, ScheduledTaskArgs),
    "api/scheduled-task-group.md": (ScheduledTaskGroup, ScheduledTaskGroupArgs),
}
SHAPES = {
    shape
    for args in (ScheduledTaskArgs, ScheduledTaskGroupArgs)
    for shape in shapes_in(args)
    if shape not in shapes_in(GroupReference)
}
KEYS = [(shape, key) for shape in SHAPES for key in keys_of(shape).values() if key.type.base is not GroupReference]


@pytest.mark.parametrize("page", sorted(COMPONENTS))
def test_a_page_has_every_input_and_output(page: str):
    component, args = COMPONENTS[page]
    inputs = re.findall(r"^### `(\w+)`$", PAGES[page], re.MULTILINE)
    assert inputs == list(keys_of(args))
    assert re.findall(r"^\| `(\w+)`", PAGES[page], re.MULTILINE) == output_names(component)
    assert "- `resources` (" in PAGES[page]


def test_the_other_page_has_every_key_of_every_type():
    found = re.findall(r"^#### `([\w.]+)`$", PAGES["api/types.md"], re.MULTILINE)
    expected = {f"{shape.__name__}.{key.name}" for shape, key in KEYS} - {
        f"{args.__name__}.{name}" for _, args in COMPONENTS.values() for name in keys_of(args)
    }
    assert set(found) == expected
    assert len(found) == len(expected) > 100


def test_every_example_is_valid():
    # The component finds more problems with keys that belong together.
    faulty = [
        f"{shape.__name__}.{key.name}"
        for shape, key in KEYS
        if any(
            problem.path[:1] == (key.name,) for problem in validated(shape, {key.name: example(shape, key)}).problems
        )
    ]
    assert faulty == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_example_is_python(page: str):
    blocks = re.findall(r"```python\n(.*?)\n```", PAGES[page], re.DOTALL)
    assert len(blocks) > 20
    for block in blocks:
        ast.parse(block)


def test_bounds_defaults_and_aws_names_are_there():
    page = PAGES["api/scheduled-task.md"]
    [timeout] = re.findall(r"### `timeout`\n(.*?)\n### ", page, re.DOTALL)
    assert "1m to 30d" in timeout
    assert "default: none" in timeout
    assert "AWS: " in timeout
