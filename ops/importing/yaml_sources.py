"""YAML documents with the line of each key, and a ledger in which each key gets a decision."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import yaml

from config.bounds import NODES
from config.text_files import YamlError
from config.yaml_nodes import OWN, PREFIX, composed

from .model import Decision, Outcome, Source, SourceError

_TEMPLATE = re.compile(r"\{\{|\{%")


@dataclass(slots=True)
class Value:
    """A value of a document. `children` are those of an object by key, or of a list by position."""

    path: str
    line: int
    data: object = None
    children: "dict[str, Value] | list[Value] | None" = None
    decided: bool = field(default=False)
    """Whether a decision covers a value without children."""
    written: str = ""
    """A scalar as it is written, without quotes."""

    def at(self, *keys: str) -> "Value | None":
        """The value below keys; None if there is none."""
        found: Value | None = self
        for key in keys:
            found = found.children.get(key) if found and isinstance(found.children, dict) else None
        return found

    @property
    def items(self) -> "list[Value]":
        """The items of a list; none for something else."""
        return self.children if isinstance(self.children, list) else []

    @property
    def entries(self) -> "dict[str, Value]":
        """The entries of an object; none for something else."""
        return self.children if isinstance(self.children, dict) else {}

    @property
    def text(self) -> str:
        """A scalar as a string, as the other tool writes it."""
        if isinstance(self.data, bool):
            return str(self.data).lower()
        return "" if self.data is None else str(self.data)

    @property
    def texts(self) -> list[str]:
        """A list of scalars as strings."""
        return [item.text for item in self.items]

    def leaves(self) -> "Iterator[Value]":
        """The values below that have no children, or this one. An empty object or list is one."""
        if not self.children:
            yield self
            return
        for child in self.children.values() if isinstance(self.children, dict) else self.children:
            yield from child.leaves()


RENDER = "This is a template. Render it first, such as with `helm template`."


def documents(source: Source, template: str = RENDER) -> list[Value]:
    """The documents of a source.

    Args:
        source: The file.
        template: The message for a template of YAML. Empty if the format allows double braces in strings.

    Raises:
        SourceError: It isn't YAML, or a template of YAML.
    """
    found: list[Value] = []
    for start, text in _parts(source.text):
        for number, line in enumerate(text.split("\n"), 1):
            if template and _TEMPLATE.search(line.split(" #")[0]) and not line.lstrip().startswith("#"):
                raise SourceError(source.file, number, template)
        try:
            node = composed(text)
        except YamlError as error:
            raise SourceError(source.file, error.spot.line if error.spot else start, f"The file {error}") from None
        if node is not None:
            found.append(NodeReader(source.file).value(node, ""))
    return found


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a text, each after as many line breaks as lines precede it."""
    lines = text.split("\n")
    start = 0
    for number, line in enumerate([*lines, "---"]):
        if re.match(r"(---|\.\.\.)(\s|$)", line):
            yield start + 1, "\n" * start + "\n".join(lines[start:number])
            start = number + 1


class NodeReader:
    """Makes values of nodes, within bounds. `merges` tells whether `<<` merges objects."""

    merges = True

    def __init__(self, file: str):
        self.file, self.count = file, 0
        self.open: set[int] = set()

    def value(self, node: yaml.Node, path: str, line: int = 0) -> Value:
        """The value of a node. `line` is that of its key."""
        self.count += 1
        line = line or node.start_mark.line + 1
        if self.count > NODES or id(node) in self.open:
            raise SourceError(self.file, line, "The aliases repeat too much, or contain themselves.")
        return self.read(node, path, line)

    def read(self, node: yaml.Node, path: str, line: int) -> Value:
        """The value of a node, within the bounds."""
        if isinstance(node, yaml.ScalarNode):
            return Value(path, line, scalar_of(node), written=str(node.value))
        self.open.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            found = Value(path, line, children=[self.value(item, f"{path}[{at}]") for at, item in enumerate(items)])
        else:
            found = Value(path, line, children=self._entries(cast("yaml.MappingNode", node), path))
        self.open.remove(id(node))
        return found

    def _entries(self, node: yaml.MappingNode, path: str) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        own: dict[str, Value] = {}
        for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            line = key.start_mark.line + 1
            if self.merges and key.tag == f"{PREFIX}merge":
                several = cast("list[yaml.Node]", value.value) if isinstance(value, yaml.SequenceNode) else [value]
                for each in several:
                    for name, entry in self.value(each, path).entries.items():
                        merged.setdefault(name, entry)
            elif not isinstance(key, yaml.ScalarNode) or str(key.value) in own:
                raise SourceError(self.file, line, "A key occurs twice, or is a list or an object.")
            else:
                name = str(key.value)
                own[name] = self.value(value, f"{path}.{name}" if path else name, line)
        return {**merged, **own}


def scalar_of(node: yaml.ScalarNode) -> object:
    """The value of a scalar: a boolean, an integer, null, or a string."""
    text = str(node.value)
    if node.style or node.tag not in OWN:
        return text
    kind = node.tag.removeprefix(PREFIX)
    if kind == "null":
        return None
    return text.lower() == "true" if kind == "bool" else int(text) if kind == "int" else text


class Ledger:
    """The decisions about the keys of a document. Each key gets one, at the latest at the end."""

    def __init__(self, file: str):
        self.file = file
        self.decisions: list[Decision] = []
        self.covered: list[tuple[Decision, Value, list[Value]]] = []
        """Each decision with its value, and the values below it that it decides."""

    def add(
        self, value: Value, outcome: Outcome, to: str = "", note: str = "", *, blocks: bool = False, key: str = ""
    ) -> None:
        """Decide about a value and everything below it that isn't decided yet."""
        leaves = [leaf for leaf in value.leaves() if not leaf.decided]
        for leaf in leaves:
            leaf.decided = True
        if leaves or blocks:
            decision = Decision(self.file, value.line, key or value.path, outcome, to, note, len(leaves), blocks)
            self.decisions.append(decision)
            self.covered.append((decision, value, leaves))

    def take(self, value: Value | None, to: str, *, whole: bool = False) -> None:
        """A value that is taken without a change. An object or a list only if its mapping is `whole`."""
        if value and (whole or value.children is None):
            self.add(value, "taken", to)

    def change(self, value: Value | None, to: str, note: str = "", *, whole: bool = False) -> None:
        """A value that becomes something else, or isn't needed. An object or a list only if its mapping is `whole`."""
        if value and (whole or value.children is None):
            self.add(value, "changed", to, note)

    def lose(self, value: Value | None, note: str) -> None:
        """A value that isn't possible."""
        if value:
            self.add(value, "not possible", note=note)

    def finish(self, roots: Sequence[Value], note: str) -> None:
        """Report every value without a decision as not possible: the largest parts of which nothing is decided."""
        for root in roots:
            for part in _undecided(root):
                self.lose(part, note)


def _undecided(value: Value) -> Iterator[Value]:
    leaves = list(value.leaves())
    if all(not leaf.decided for leaf in leaves):
        yield value
    elif value.children:
        for child in value.children.values() if isinstance(value.children, dict) else value.children:
            yield from _undecided(child)
