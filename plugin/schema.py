"""The package's schema, for the SDKs of other languages and for their users.

`python -m plugin.schema` writes it; a test fails when it is stale.
"""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from pulumi.provider.experimental.component import ComponentProvider

from components import ScheduledTask, ScheduledTaskArgs, ScheduledTaskGroup, ScheduledTaskGroupArgs, __version__
from components.scheduled_task import TASK_TYPE as TASK
from components.scheduled_task_group import GROUP_TYPE as GROUP

from .inputs import all_keys
from .spelling import in_camel_case

PACKAGE = "ecs-scheduled-tasks"
FILE = Path(__file__).with_name("schema.json")
ABOUT = "Amazon ECS tasks on a schedule, with EventBridge Scheduler, where nothing fails silently"
REFERENCE = "The group, as a text for `group` of its tasks: hand it on as it is."


def schema() -> dict[str, Any]:
    """What the SDK infers from the components' types, with what it cannot know."""
    inferred = ComponentProvider([ScheduledTask, ScheduledTaskGroup], PACKAGE, None, __version__).schema
    made: dict[str, Any] = json.loads(inferred or "")
    made.update(displayName="ECS scheduled tasks", description=ABOUT, license="Apache-2.0")
    made["keywords"] = ["pulumi", "aws", "ecs", "scheduler", "category/cloud", "kind/component"]
    _reference_as_text(made)
    used = set(_references(made["resources"], made["types"]))
    made["types"] = {token: found for token, found in sorted(made["types"].items()) if token in used}
    keys = all_keys(ScheduledTaskArgs) | all_keys(ScheduledTaskGroupArgs)
    return cast("dict[str, Any]", _readable(made, keys))


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


def _reference_as_text(made: dict[str, Any]) -> None:
    """See plugin/reference.py."""
    given = made["resources"][TASK]["inputProperties"]["group"]
    made["resources"][TASK]["inputProperties"]["group"] = {"description": given["description"], "type": "string"}
    made["resources"][GROUP]["properties"]["reference"] = {"description": REFERENCE, "type": "string"}


def _references(value: Any, types: dict[str, Any]) -> Iterator[str]:
    """The types that a part of the schema refers to, and those that these refer to."""
    for token in re.findall(r'"#/types/([^"]+)"', json.dumps(value)):
        yield token
        yield from _references(types[token], types)


def _readable(value: Any, keys: set[str]) -> Any:
    """Descriptions as one paragraph a line, with keys as the schema spells them; none on the items of a list, where
    they would say again what the list's says."""
    if isinstance(value, list):
        return [_readable(item, keys) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    read: dict[str, Any] = {}
    for key, item in cast("dict[str, Any]", value).items():
        if key == "description" and isinstance(item, str):
            read[key] = in_camel_case(_unwrapped(item), keys)
        elif key in ("items", "additionalProperties") and isinstance(item, dict):
            inner = {name: part for name, part in cast("dict[str, Any]", item).items() if name != "description"}
            read[key] = _readable(inner, keys)
        else:
            read[key] = _readable(item, keys)
    return read


def _unwrapped(docstring: str) -> str:
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
