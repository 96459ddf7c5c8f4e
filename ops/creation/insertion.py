"""Adds a task to the text of a stack's file. Everything else in the file stays, comments and formatting too. Pure."""

from collections.abc import Mapping
from typing import cast

import yaml

from .answers import STACK_SCHEMA_COMMENT, yaml_key, yaml_value


class InsertionError(ValueError):
    """A file whose form doesn't allow the change."""


def with_selected(text: str, path: tuple[str, str], name: str) -> str:
    """Return the text with a name added to a list, such as that of the shared tasks. `false` becomes a list.

    Args:
        text: The text of the file.
        path: The keys that lead to the list.
        name: The name of a task.

    Raises:
        InsertionError: There is no such list.
    """
    node = _at(text, path)
    if isinstance(node, yaml.ScalarNode) and node.value == "false":
        return _replaced(text, node.start_mark.index, node.end_mark.index, f"[{yaml_key(name)}]")
    if not isinstance(node, yaml.SequenceNode):
        raise InsertionError(f"{path[-1]} isn't a list.")
    items = cast("list[yaml.Node]", node.value)
    if node.flow_style:
        return _in_flow(text, node, items[-1] if items else None, yaml_key(name))
    first = items[0].start_mark
    before = text[first.index - first.column : first.index]
    return _after_line(text, _end(items[-1]), f"{before}{yaml_key(name)}")


def with_entry(text: str, path: tuple[str, str], name: str, keys: Mapping[str, object]) -> str:
    """Return the text with an entry added to an object, such as that of the stack's tasks, or with a new object.

    Args:
        text: The text of the file.
        path: The keys that lead to the object. The first one must exist.
        name: The key of the entry.
        keys: The value of the entry.

    Raises:
        InsertionError: There is something else than an object.
    """
    node = _at(text, path)
    entry = f"{yaml_key(name)}: {yaml_value(keys)}"
    if node is None:
        return _with_new_object(text, path, name, keys)
    if not isinstance(node, yaml.MappingNode):
        raise InsertionError(f"{path[-1]} isn't an object.")
    pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
    if node.flow_style:
        return _in_flow(text, node, pairs[-1][1] if pairs else None, entry)
    return _after_line(text, _end(node), *_block(pairs[0][0].start_mark.column, name, keys))


def replaced_entry(text: str, path: tuple[str, str], name: str, keys: Mapping[str, object]) -> str:
    """Return the text with another value of an entry of an object. Comments within the old value are lost.

    Args:
        text: The text of the file.
        path: The keys that lead to the object.
        name: The key of the entry, which exists.
        keys: The new value of the entry.

    Raises:
        InsertionError: There is no such entry.
    """
    node = _at(text, path)
    pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value) if isinstance(node, yaml.MappingNode) else []
    found = next(((key, value) for key, value in pairs if key.value == name), None)
    if node is None or found is None:
        raise InsertionError(f"There is no {name}.")
    key, value = found
    start, end = key.start_mark.index, max(_end(value), key.end_mark.index)
    if isinstance(node, yaml.MappingNode) and node.flow_style:
        return _replaced(text, start, end, f"{yaml_key(name)}: {yaml_value(keys)}")
    newline = "\r\n" if "\r\n" in text else "\n"
    end = end if text[end - 1] == "\n" else _line_end(text, end)
    lines = "".join(f"{line}{newline}" for line in _block(key.start_mark.column, name, keys))
    return _replaced(text, start - key.start_mark.column, end, lines)


def new_file(key: str, name: str, keys: Mapping[str, object], *, schema: bool) -> str:
    """The text of a stack's file with one entry of an object, such as `my-project:tasks`."""
    header = [STACK_SCHEMA_COMMENT] if schema else []
    return "\n".join([*header, "config:", f"  {key}:", *_block(4, name, keys)]) + "\n"


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _with_new_object(text: str, path: tuple[str, str], name: str, keys: Mapping[str, object]) -> str:
    parent = _at(text, path[:1])
    if not isinstance(parent, yaml.MappingNode):
        raise InsertionError(f"There is no {path[0]}, or it isn't an object.")
    pairs = cast("list[tuple[yaml.Node, yaml.Node]]", parent.value)
    if parent.flow_style:
        entry = f"{path[1]}: {yaml_value({name: keys})}"
        return _in_flow(text, parent, pairs[-1][1] if pairs else None, entry)
    column = pairs[0][0].start_mark.column
    return _after_line(text, _end(parent), f"{' ' * column}{path[1]}:", *_block(column + 2, name, keys))


def _block(column: int, name: str, keys: Mapping[str, object]) -> list[str]:
    indent = " " * column
    if not keys:
        return [f"{indent}{yaml_key(name)}: {{}}"]
    return [f"{indent}{yaml_key(name)}:", *(f"{indent}  {key}: {yaml_value(value)}" for key, value in keys.items())]


def _at(text: str, path: tuple[str, ...]) -> yaml.Node | None:
    """The node of a path; None if there is none."""
    try:
        # The loader in Python counts characters in its marks.
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise InsertionError("It isn't YAML.") from error
    for part in path:
        if not isinstance(node, yaml.MappingNode):
            return None
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        node = next((value for key, value in pairs if key.value == part), None)
    return node


def _end(node: yaml.Node) -> int:
    """The end of a node's text. A block of YAML ends at the next token, after comments."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(cast("list[tuple[yaml.Node, yaml.Node]]", node.value)[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(cast("list[yaml.Node]", node.value)[-1])
    return node.end_mark.index


def _in_flow(text: str, node: yaml.Node, last: yaml.Node | None, item: str) -> str:
    """Add an item to a list or object in brackets."""
    if last is not None:
        return _replaced(text, last.end_mark.index, last.end_mark.index, f", {item}")
    written = f" {item} " if isinstance(node, yaml.MappingNode) else item
    return _replaced(text, node.start_mark.index + 1, node.end_mark.index - 1, written)


def _after_line(text: str, position: int, *lines: str) -> str:
    """Insert lines below the line of a position, with the line ends of the file."""
    newline = "\r\n" if "\r\n" in text else "\n"
    added = "".join(f"{line}{newline}" for line in lines)
    if position and text[position - 1] == "\n":
        return _replaced(text, position, position, added)
    end = text.find("\n", position)
    if end < 0:
        return f"{text}{newline}{added}"
    return _replaced(text, end + 1, end + 1, added)


def _replaced(text: str, start: int, end: int, by: str) -> str:
    return text[:start] + by + text[end:]
