"""The number of keys in YAML, counted without the reader that maps them: a referee for completeness. Pure."""

from typing import Any, cast

import yaml

from components.json_values import is_list, is_object

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Texts(_Base):
    """Constructs each scalar as a string, except a null."""


def _scalar(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)


_Texts.yaml_constructors = {None: _scalar}


def leaves_of(text: str) -> int:
    """The values without values below them in all documents: scalars, and empty objects and lists.

    Values of aliases and merge keys count at each place. The text must be YAML within the bounds of the reader.
    """
    found = cast("list[object]", list(yaml.load_all(text, Loader=_Texts)))
    return sum(_leaves(document) for document in found if document not in (None, ""))


def _leaves(value: object) -> int:
    if is_object(value) and value:
        return sum(map(_leaves, value.values()))
    if is_list(value) and value:
        return sum(map(_leaves, value))
    return 1
