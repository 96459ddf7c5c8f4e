"""Runs a Pulumi YAML program in this process, like Pulumi's YAML host.

Supports resources, outputs, and references that are whole values.
"""

import re
from pathlib import Path
from typing import Any, cast

import pulumi
import yaml
from pulumi_aws import sns

from plugin.schema import FILE

WHOLE = re.compile(r"\$\{(\w+)\.(\w+)\}")
COMPONENTS = yaml.safe_load(FILE.read_text())["resources"]


class _Component(pulumi.ComponentResource):
    """A component that the package's host creates."""

    def __init__(self, kind: str, name: str, properties: dict[str, Any]):
        super().__init__(kind, name, {**dict.fromkeys(COMPONENTS[kind]["properties"]), **properties}, None, remote=True)


def run(file: Path) -> None:
    """Create the program's resources, and export its outputs."""
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
        made[name] = _Component(kind, name, properties) if kind in COMPONENTS else _AWS[kind](name, **properties)
    for name, written in program["outputs"].items():
        pulumi.export(name, value(written))


_AWS = {"aws:sns:Topic": sns.Topic}
