"""Reading YAML as Pulumi reads it: times stay text, booleans are `true` and `false`, a key stands once."""

import re
from pathlib import Path
from typing import Any, cast

import yaml

# libyaml where it is there: it reads ten times as fast.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_HINTS = (
    ("cannot start any token", "Indent with spaces, not with tabs, and put text that begins with @ or % in quotes."),
    (
        "mapping values are not allowed",
        "Is the line indented as the one before? Put text with a colon in it in quotes.",
    ),
    ("alias", "Put text that begins with * in quotes."),
    ("alphabetic or numeric", "Put text that begins with * or & in quotes."),
)
"""What is probably meant, by what the reader says, which speaks of its own inside."""


class YamlError(Exception):
    """A file that cannot be read; the text says where and why."""


class _Loader(_Base):
    """PyYAML reads YAML 1.1: `no` is false there, 12:30 is 750 and a date is a date. Pulumi's reader has none
    of that."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML wants a plain class attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = cast("object", self.construct_object(key_node, deep=True))
            if key in seen and key_node.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, f'the key "{key}" is there twice', key_node.start_mark
                )
            seen.add(key)
        return cast("dict[Any, Any]", super().construct_mapping(node, deep=deep))  # pyright: ignore[reportUnknownMemberType]


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?", list("-+0123456789")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def read(path: Path) -> object:
    """What a YAML file holds. Raises YamlError for a file that is not there, not UTF-8 or not YAML."""
    try:
        return cast("object", yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 - a safe loader
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
