"""The YAML or JSON of a template. A short form such as `!Ref Name` becomes `{Ref: Name}`. Pure.

Source: AWS CloudFormation template reference, "Intrinsic functions".
"""

import re
from typing import cast

import yaml

from config.bounds import NODES
from config.text_files import YamlError
from config.yaml_nodes import composed

from ..json_sources import json_document
from ..model import Source, SourceError
from ..yaml_sources import Value, scalar_of

_TEMPLATE = re.compile(r"\{\{(?!resolve:)|\{%")
_LONG = {"!Ref": "Ref", "!Condition": "Condition"}


def template_of(source: Source) -> Value:
    """The document of a template. Raises SourceError."""
    root = json_document(source) if source.text.lstrip().startswith("{") else _yaml(source)
    resources = root.at("Resources")
    if resources is None or not resources.entries:
        raise SourceError(
            source.file, root.line, "This isn't a template of CloudFormation: it has no Resources. Pass a template."
        )
    return root


def _yaml(source: Source) -> Value:
    for number, line in enumerate(source.text.split("\n"), 1):
        if _TEMPLATE.search(line.split(" #")[0]) and not line.lstrip().startswith("#"):
            raise SourceError(source.file, number, "This is a template of another tool. Render it first.")
    try:
        node = composed(source.text)
    except YamlError as error:
        raise SourceError(source.file, error.spot.line if error.spot else None, f"The file {error}") from None
    if node is None:
        raise SourceError(source.file, None, "The file is empty. Pass a template of CloudFormation.")
    return _Reader(source.file).value(node, "")


class _Reader:
    """Makes values of nodes, within bounds."""

    def __init__(self, file: str):
        self.file, self.count = file, 0
        self.open: set[int] = set()

    def value(self, node: yaml.Node, path: str, line: int = 0) -> Value:
        """The value of a node. `line` is that of its key."""
        self.count += 1
        line = line or node.start_mark.line + 1
        if self.count > NODES or id(node) in self.open:
            raise SourceError(self.file, line, "The aliases repeat too much, or contain themselves.")
        if not node.tag.startswith("!") or node.tag == "!":
            return self._plain(node, path, line)
        name = _LONG.get(node.tag) or f"Fn::{node.tag[1:]}"
        inner = self._plain(node, f"{path}.{name}", line)
        if name == "Fn::GetAtt" and isinstance(inner.data, str):
            resource, _, attribute = inner.data.partition(".")
            inner = Value(
                inner.path, line, None, [Value(inner.path, line, part) for part in (resource, attribute) if part]
            )
        return Value(path, line, None, {name: inner})

    def _plain(self, node: yaml.Node, path: str, line: int) -> Value:
        if isinstance(node, yaml.ScalarNode):
            return Value(path, line, str(node.value) if node.tag.startswith("!") else scalar_of(node))
        self.open.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            found = Value(path, line, children=[self.value(item, f"{path}[{at}]") for at, item in enumerate(items)])
        else:
            found = Value(path, line, children=self._entries(cast("yaml.MappingNode", node), path))
        self.open.remove(id(node))
        return found

    def _entries(self, node: yaml.MappingNode, path: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or str(key.value) in found:
                raise SourceError(self.file, line, "A key occurs twice, or is a list or an object.")
            name = str(key.value)
            found[name] = self.value(value, f"{path}.{name}" if path else name, line)
        return found
