"""docs/configuration.md, made from the models: every key with its type, default, bounds, example and AWS's word.

`python -m config.documentation` writes it; a test fails when it is stale.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from .documented import AWS_TERMS, EXAMPLES, INTRODUCTION, SECTIONS
from .models import Stack, Task

FILE = Path(__file__).parents[1] / "docs" / "configuration.md"
_DEFAULT = re.compile(r"\s*Default: (.*?)\.?$", re.DOTALL)


def text() -> str:
    """The page."""
    _, made = models_json_schema([(Stack, "validation"), (Task, "validation")], by_alias=True)
    definitions: dict[str, Any] = made["$defs"]
    parts = [INTRODUCTION.strip()]
    for model, title in SECTIONS.items():
        parts.append(_section(model, title, definitions[model]))
    return "\n\n".join(parts) + "\n"


def _section(model: str, title: str, schema: dict[str, Any]) -> str:
    lines = [
        f"## {title}",
        "",
        *_introduction(schema),
        "| key | type | default | what it says | AWS |",
        "|---|---|---|---|---|",
    ]
    required = set(schema.get("required", []))
    lines += [_row(model, key, value, key in required) for key, value in schema["properties"].items()]
    if example := EXAMPLES.get(model):
        lines += ["", "```yaml", example.strip(), "```"]
    return "\n".join(lines)


def _introduction(schema: dict[str, Any]) -> Iterator[str]:
    if description := schema.get("description"):
        yield from (" ".join(description.split()), "")


def _row(model: str, key: str, schema: dict[str, Any], required: bool) -> str:
    description = str(schema.get("description", ""))
    default = _DEFAULT.search(description)
    says = _DEFAULT.sub("", description)
    allowed = _allowed(schema)
    words = f"{says} {allowed}".strip() if allowed and allowed not in says else says
    shown = "*required*" if required else default[1] if default else "none"
    return f"| `{key}` | {_type(schema)} | {_cell(shown)} | {_cell(words)} | {AWS_TERMS[model].get(key, '')} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _allowed(schema: dict[str, Any]) -> str:
    for found in _forms(schema):
        if "enum" in found:
            # As YAML has them: true is a word there, whether it stands for text or not.
            words = (str(value).lower() if isinstance(value, bool) else str(value) for value in found["enum"])
            return f"One of {', '.join(dict.fromkeys(words))}."
        if "minimum" in found and "maximum" in found:
            return f"{found['minimum']} to {found['maximum']}."
    return ""


def _forms(schema: dict[str, Any]) -> list[dict[str, Any]]:
    forms = [form for form in (*schema.get("anyOf", []), *schema.get("oneOf", [])) if form.get("type") != "null"]
    return [schema, *(inner for form in forms for inner in _forms(form))]


def _type(schema: dict[str, Any]) -> str:
    forms = [form for form in (*schema.get("anyOf", []), *schema.get("oneOf", [])) if form.get("type") != "null"]
    if forms:
        return " or ".join(dict.fromkeys(_type(form) for form in forms))
    if reference := schema.get("$ref"):
        name = str(reference).rsplit("/", 1)[-1]
        return f"[{SECTIONS[name]}](#{_anchor(SECTIONS[name])})"
    if schema.get("const") is True:
        return "true"
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("type") == "object":
        inner: Any = schema.get("additionalProperties")
        return f"map of {_type(inner)}" if inner not in (None, True, {}) else "map"
    if schema.get("pattern", "").startswith("^[0-9]"):
        return "duration"
    kinds = {"string": "text", "integer": "number", "boolean": "true or false"}
    return kinds.get(str(schema.get("type")), "text")


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
