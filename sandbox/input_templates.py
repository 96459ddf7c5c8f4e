"""Input templates of EventBridge targets: which ones EventBridge accepts, and the messages it makes.

AWS: Amazon EventBridge user guide, "Input transformation".
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonpath_ng.ext.parser import parse as json_path


def is_quoted(template: str) -> bool:
    """Whether an input template consists of strings in quotes, instead of a JSON object."""
    return template.lstrip().startswith('"')


def strings(template: str) -> Iterator[str]:
    """The strings of an input template in quotes.

    Raises ValueError if there is anything else between them, such as a line without quotes. AWS: Amazon EventBridge
    user guide, "Input transformation", common issues: "For Strings, quotes are required."
    """
    decoder, rest = json.JSONDecoder(), template.strip()
    while rest:
        if not is_quoted(rest):
            raise ValueError(f"{rest.splitlines()[0]} is not in quotes")
        value, end = decoder.raw_decode(rest)
        yield value
        rest = rest[end:].lstrip()


def transformed(template: str, paths: Mapping[str, str], event: Mapping[str, Any]) -> str:
    """The message that EventBridge makes of an event with an input template in quotes.

    The template isn't decoded: its quotes and its `\\n` stay. The quotes of inserted values are removed, and a variable
    without a value disappears. AWS: Amazon EventBridge user guide, "Input transformation", whose examples show the
    output with quotes.
    """
    for name, path in paths.items():
        found = [match.value for match in json_path(path).find(event)]
        template = template.replace(f"<{name}>", _inserted(found[0]) if found else "")
    return template


def transformed_json(template: str, paths: Mapping[str, str], event: Mapping[str, Any]) -> str:
    """The message that EventBridge makes of an event with an input template that is a JSON object.

    Outside of a string, a variable becomes its value as JSON. Inside, it becomes its text, which isn't escaped. A
    variable without a value disappears. AWS: Amazon EventBridge user guide, "Input transformation", examples and common
    issues.

    Raises:
        ValueError: The message is no JSON.
    """
    values = {name: [match.value for match in json_path(path).find(event)] for name, path in paths.items()}

    def replaced(found: re.Match[str]) -> str:
        if found["string"]:
            return re.sub(_VARIABLE, lambda name: _inserted(values[name[1]][0]) if values[name[1]] else "", found[0])
        value = values[found["name"]]
        return json.dumps(value[0], ensure_ascii=False) if value else ""

    text = re.sub(r'(?P<string>"(?:[^"\\]|\\.)*")|<(?P<name>[A-Za-z0-9_.-]+)>', replaced, template)
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


_VARIABLE = r"<([A-Za-z0-9_.-]+)>"


def _inserted(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":")).replace('"', "")
