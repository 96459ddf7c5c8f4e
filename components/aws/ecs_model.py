"""The shapes of the ECS API and of EventBridge Scheduler's targets, as AWS's own model describes them.

`ecs_model.json` has the shapes, so that the component doesn't need botocore at run time. `python -m tools.ecs_model`
writes the file from botocore's models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from ..json_values import Data, is_list

FILE = Path(__file__).with_suffix(".json")
Service: TypeAlias = Literal["ecs", "scheduler"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of AWS's model: the type of a value, and what AWS accepts."""

    type: str
    """structure, list, map, string, integer, long, boolean, and others."""
    members: Mapping[str, str] = field(default_factory=dict[str, str])
    """For a structure, the name of the shape of each member."""
    required: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    member: str = ""
    """For a list, the name of the shape of its items."""
    key: str = ""
    value: str = ""
    """For an object with any keys, the names of the shapes of its keys and values."""
    enum: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    """Bounds of a number, of the length of a string, or of the number of items."""
    pattern: str = ""


@cache
def _model() -> Mapping[Service, Data]:
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def shape(service: Service, name: str) -> Shape:
    """A shape by its name in AWS's model, such as `ContainerDefinition`."""
    given: Data = _model()[service][name]
    fields: Data = {key: tuple(value) if is_list(value) else value for key, value in given.items()}
    return Shape(**fields)
