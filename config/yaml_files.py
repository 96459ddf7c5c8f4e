"""Reading YAML as Pulumi reads it: times stay strings, booleans are `true` and `false`, and a key occurs only once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from components.json_values import Object

# libyaml, if it is installed, reads ten times as fast.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_HINTS = (
    ("cannot start any token", "Indent with spaces, not with tabs, and quote strings that begin with @ or %."),
    (
        "mapping values are not allowed",
        "Is the line indented like the line before? Quote strings that contain a colon.",
    ),
    ("alias", "Quote strings that begin with *."),
    ("alphabetic or numeric", "Quote strings that begin with * or &."),
)
"""Hints, by words of the parser's error. The error itself only describes the state of the parser."""
_PREFIX = "tag:yaml.org,2002:"


class YamlError(Exception):
    """A file that cannot be read. The text says where and why."""


class _Loader(_Base):
    """PyYAML reads YAML 1.1, in which `no` is false, 12:30 is 750 and a date is a date. Pulumi reads none of that."""

    yaml_implicit_resolvers: Object = {}  # noqa: RUF012 - PyYAML wants a plain class attribute


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?", list("-+0123456789")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"{_PREFIX}{_tag}", re.compile(f"^(?:{_pattern})$"), _first)

_SCALARS: dict[str, Callable[[str], object]] = {
    f"{_PREFIX}str": str,
    f"{_PREFIX}int": int,
    f"{_PREFIX}float": float,
    f"{_PREFIX}bool": lambda text: text.lower() == "true",
    f"{_PREFIX}null": lambda _: None,
}


def _value(node: yaml.Node) -> object:
    """The value of a node. PyYAML's own constructors take twice as long."""
    if isinstance(node, yaml.ScalarNode):
        convert = _SCALARS.get(node.tag)
        if convert is None:
            raise _problem(f"the tag {node.tag.replace(_PREFIX, '!!')} is not supported", node)
        try:
            return convert(node.value)
        except ValueError:
            raise _problem(f'"{node.value}" is not of the type that its tag names', node) from None
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in cast("list[yaml.Node]", node.value)]
    return _object(cast("yaml.MappingNode", node))


def _object(node: yaml.MappingNode) -> dict[object, object]:
    merged: dict[object, object] = {}
    own: dict[object, object] = {}
    for key_node, value_node in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
        if key_node.tag == f"{_PREFIX}merge":
            for part in _merged(value_node):
                merged = {**part, **merged}
            continue
        if not isinstance(key_node, yaml.ScalarNode):
            raise _problem("a key is a list or an object", key_node)
        key = _value(key_node)
        if key in own:
            raise _problem(f'the key "{key}" occurs twice', key_node)
        own[key] = _value(value_node)
    return {**merged, **own} if merged else own


def _merged(node: yaml.Node) -> Iterator[dict[object, object]]:
    """The objects that `<<` merges: one, or several in a list, of which the first has priority."""
    if isinstance(node, yaml.MappingNode):
        yield _object(node)
    elif isinstance(node, yaml.SequenceNode):
        for item in cast("list[yaml.Node]", node.value):
            yield from _merged(item)
    else:
        raise _problem("<< merges an object, or a list of objects", node)


def _problem(message: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def read(path: Path) -> object:
    """The content of a YAML file. Raises YamlError for a file that is missing, not UTF-8 or not YAML."""
    try:
        node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
        return None if node is None else _value(node)
    except OSError as error:
        raise YamlError(f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise YamlError("is not UTF-8 text.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        hint = next((f" {hint}" for words, hint in _HINTS if words in str(error.problem)), "")
        raise YamlError(f"is not YAML: {where}{error.problem}.{hint}") from error
    except yaml.YAMLError as error:
        raise YamlError(f"is not YAML: {error}.") from error
    except RecursionError as error:
        raise YamlError("is not YAML: an alias contains itself.") from error
