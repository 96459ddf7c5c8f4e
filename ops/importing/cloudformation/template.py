"""The YAML or JSON of a template. A short form such as `!Ref Name` becomes `{Ref: Name}`. Pure.

Source: AWS CloudFormation template reference, "Intrinsic functions".
"""

import re

import yaml

from config.text_files import YamlError
from config.yaml_nodes import composed

from ..json_sources import json_document
from ..model import Source, SourceError
from ..yaml_sources import NodeReader, Value

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


class _Reader(NodeReader):
    """Also reads the short forms of functions."""

    merges = False

    def read(self, node: yaml.Node, path: str, line: int) -> Value:
        """The value of a node."""
        if not node.tag.startswith("!") or node.tag == "!":
            return super().read(node, path, line)
        name = _LONG.get(node.tag) or f"Fn::{node.tag[1:]}"
        inner = super().read(node, f"{path}.{name}", line)
        if name == "Fn::GetAtt" and isinstance(inner.data, str):
            resource, _, attribute = inner.data.partition(".")
            inner = Value(
                inner.path, line, None, [Value(inner.path, line, part) for part in (resource, attribute) if part]
            )
        return Value(path, line, None, {name: inner})
