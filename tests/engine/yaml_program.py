"""A program in Pulumi YAML, run as the YAML host runs it, in this process: resources, and references that are whole
values."""

import re
from pathlib import Path
from typing import Any, cast

import pulumi
import yaml

WHOLE = re.compile(r"\$\{(\w+)\.(\w+)\}")


class _Remote(pulumi.ComponentResource):
    """A component that the package's host makes."""

    def __init__(self, kind: str, name: str, properties: dict[str, Any], outputs: list[str]):
        super().__init__(kind, name, {**dict.fromkeys(outputs), **properties}, None, remote=True)


def run(file: Path, plain: dict[str, Any], outputs: dict[str, list[str]]) -> None:
    """Make the program's resources and export its outputs. `plain` are the classes of resources that are no
    components, `outputs` the outputs of components, by type."""
    program = yaml.safe_load(file.read_text())
    made: dict[str, Any] = {}

    def value(written: Any) -> Any:
        if isinstance(written, dict):
            return {key: value(item) for key, item in cast("dict[str, Any]", written).items()}
        if isinstance(written, list):
            return [value(item) for item in cast("list[Any]", written)]
        if isinstance(written, str) and (found := WHOLE.fullmatch(written)):
            return getattr(made[found[1]], found[2])
        return written

    for name, resource in program["resources"].items():
        kind, properties = resource["type"], value(resource.get("properties", {}))
        made[name] = plain[kind](name, **properties) if kind in plain else _Remote(kind, name, properties, outputs[kind])
    for name, written in program["outputs"].items():
        pulumi.export(name, value(written))
