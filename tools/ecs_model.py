"""Writes the shapes of the ECS API that tasks can pass through, from botocore's models: `python -m tools.ecs_model`.

The component validates against this file, so that it doesn't need botocore at run time. A test fails if the file
differs from the installed botocore.
"""

import json
from collections.abc import Iterable, Iterator

from botocore.loaders import Loader

from components.aws.ecs_model import FILE
from components.json_values import Data, Object, is_list

ROOTS = {"ecs": ("RegisterTaskDefinitionRequest", "RunTaskRequest"), "scheduler": ("Target",)}
"""For each API, the shapes to write with all shapes that they refer to."""
_BOUNDS = ("enum", "min", "max", "pattern", "required")


def shapes(service: str, roots: Iterable[str]) -> dict[str, Object]:
    """The shapes of a service that the roots consist of, without documentation, by name."""
    model: Data = Loader().load_service_model(service, "service-2")["shapes"]
    found: dict[str, Object] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _shape(model[name])
            waiting += _used(found[name])
    return dict(sorted(found.items()))


def _shape(shape: Data) -> Object:
    made: Object = {"type": shape["type"], **{key: shape[key] for key in _BOUNDS if shape.get(key) not in (None, [])}}
    if "members" in shape:
        made["members"] = {name: member["shape"] for name, member in shape["members"].items()}
        if old := [name for name, member in shape["members"].items() if member.get("deprecated")]:
            made["deprecated"] = old
    for part in ("member", "key", "value"):
        if part in shape:
            made[part] = shape[part]["shape"]
    return made


def _used(shape: Data) -> Iterator[str]:
    yield from shape.get("members", {}).values()
    yield from (shape[part] for part in ("member", "key", "value") if part in shape)


def text() -> str:
    """The file: one line per shape, so that a change of AWS's model reads well in a diff."""
    services = (
        f" {json.dumps(service)}: {{\n" + ",\n".join(_line(name, shape) for name, shape in found.items()) + "\n }"
        for service, found in ((service, shapes(service, roots)) for service, roots in ROOTS.items())
    )
    return "{\n" + ",\n".join(services) + "\n}\n"


def _line(name: str, shape: Data) -> str:
    parts = {key: sorted(value) if key == "required" and is_list(value) else value for key, value in shape.items()}
    return f"  {json.dumps(name)}: {json.dumps(parts)}"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
