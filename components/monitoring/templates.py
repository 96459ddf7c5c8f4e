"""Input templates that are JSON objects: how a rule's target turns an event into the body of a request.

AWS: Amazon EventBridge user guide, "Input transformation".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

from .events import InputTransformer


@dataclass(frozen=True, slots=True)
class Variable:
    """A value of the event as JSON. EventBridge puts strings in quotes and escapes them.

    A variable inside a string is not escaped, so text that may contain quotes must be a value of its own. AWS: Amazon
    EventBridge user guide, "Input transformation", common issues.
    """

    name: str


Body: TypeAlias = Union["Mapping[str, Body]", "Sequence[Body]", Variable, str, int, bool, None]


def transformer(body: Body, paths: Mapping[str, str]) -> InputTransformer:
    """The input transformer that makes a body of an event, with the paths of the variables that the body has.

    In strings, `<name>` stands for a variable whose values never contain quotes or backslashes.
    """
    template = _text(body)
    used = set(re.findall(r"<([A-Za-z]+)>", template))
    return {
        "input_paths": {name: path for name, path in sorted(paths.items()) if name in used},
        "input_template": template,
    }


def _text(body: Body) -> str:
    if isinstance(body, Variable):
        return f"<{body.name}>"
    if isinstance(body, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{_text(value)}" for name, value in body.items()) + "}"
    if isinstance(body, Sequence) and not isinstance(body, str):
        return "[" + ",".join(map(_text, body)) + "]"
    return json.dumps(body, ensure_ascii=False)
