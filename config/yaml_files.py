"""Reading YAML as every reader does: a key occurs once, and a scalar that readers disagree about stays text."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

import yaml

from components.garbage import without_garbage_collection
from components.problems import Path as KeyPath

from . import scalars
from .bounds import DEPTH, NODES
from .places import Spot
from .text_files import YamlError, read_text
from .yaml_nodes import AMBIGUOUS, OWN, PREFIX, composed, spot_of, too_deep, too_many_nodes

__all__ = ["Ambiguous", "Document", "Flaw", "YamlError", "document", "read"]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A key or a value without quotes that YAML readers disagree about."""

    path: KeyPath
    text: str
    kind: scalars.Kind
    spot: Spot
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is wrong in a file that can be read otherwise, such as a key that occurs twice."""

    path: KeyPath
    message: str
    spot: Spot


@dataclass
class Document:
    """The content of a YAML file. `value` has a string in the place of each ambiguous scalar."""

    path: Path
    text: str = field(default="", repr=False)
    value: object = None
    ambiguous: list[Ambiguous] = field(default_factory=list[Ambiguous])
    flaws: list[Flaw] = field(default_factory=list[Flaw])
    pulumi_flaws: list[Flaw] = field(default_factory=list[Flaw])
    """Flaws for Pulumi's reader alone."""

    @cached_property
    def root(self) -> Spot | None:
        """The places of all keys and values. The text is parsed again, as only problems need places."""
        with without_garbage_collection():
            node = composed(self.text, checked=True)
            return None if node is None else _tree(node, node)


QUESTION_MARK = (
    "has a question mark, at which Pulumi's reader ends a value within { } or [ ]. Write the value in quotes."
)
"""The message about a value that only Pulumi's reader refuses."""
_FLAWS, _AMBIGUOUS = 100, 1000
"""Problems of one file that are reported at once."""
_SCALARS: dict[str, Callable[[str], object]] = {
    f"{PREFIX}str": str,
    f"{PREFIX}int": int,
    f"{PREFIX}float": float,
    f"{PREFIX}bool": lambda text: text.lower() == "true",
    f"{PREFIX}null": lambda _: None,
    f"{PREFIX}merge": str,
    AMBIGUOUS: str,
}


class _Reader:
    """Makes values of nodes, and collects what is wrong with them. PyYAML's own constructors take twice as long."""

    def __init__(self, document: Document):
        self.document = document
        self._nodes = 0
        self._open: set[int] = set()
        """The lists and objects that are being read."""

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        """The value of a node. Raises YamlError if aliases repeat more than is allowed, or contain themselves."""
        self._nodes += 1
        if self._nodes > NODES:
            raise too_many_nodes(node)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        with self._inside(node):
            return self._collection(node, path)

    @contextmanager
    def _inside(self, node: yaml.Node) -> Generator[None]:
        """The reader is inside a list or an object, also by an alias."""
        if id(node) in self._open:
            raise YamlError("is not YAML: an alias contains itself.", spot_of(node))
        if len(self._open) >= DEPTH:
            raise too_deep(node)
        self._open.add(id(node))
        try:
            yield
        finally:
            self._open.remove(id(node))

    def _collection(self, node: yaml.Node, path: KeyPath) -> object:
        if node.tag not in (f"{PREFIX}map", f"{PREFIX}seq"):
            self._flaw(node, path, _unsupported(node.tag))
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            if node.flow_style:
                self._question_marks(node, ((item, (*path, position)) for position, item in enumerate(items)))
            return [self.value(item, (*path, position)) for position, item in enumerate(items)]
        return self._object(cast("yaml.MappingNode", node), path)

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath, *, is_key: bool = False) -> object:
        tag, text = node.tag, str(node.value)
        if tag == f"{PREFIX}str":
            return text
        if tag == AMBIGUOUS or (tag == f"{PREFIX}merge" and not node.style):
            kind = scalars.kind_of(text) or scalars.MERGE
            if len(self.document.ambiguous) < _AMBIGUOUS:
                self.document.ambiguous.append(Ambiguous(path, text, kind, spot_of(node), is_key))
            return text
        if tag not in OWN:
            self._flaw(node, path, _unsupported(tag))
            return text
        if node.style or not OWN[tag][0].match(text):
            self._flaw(
                node, path, f'"{text}" has the tag {_shown(tag)}, which readers understand differently. Remove the tag.'
            )
            return text
        return _SCALARS[tag](text)

    def _object(self, node: yaml.MappingNode, path: KeyPath) -> dict[object, object]:
        merged: dict[object, object] = {}
        own: dict[object, object] = {}
        entries = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        if node.flow_style:
            self._question_marks(node, ((it, (*path, str(key.value))) for key, value in entries for it in (key, value)))
        for key_node, value_node in entries:
            if key_node.tag == f"{PREFIX}merge":
                for part in self._merged(value_node, path):
                    for name, value in part.items():
                        merged.setdefault(name, value)
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self._flaw(key_node, path, "a key is a list or an object. Write a string.")
                continue
            self._nodes += 1
            below = (*path, str(key_node.value))
            key = self._scalar(key_node, below, is_key=True)
            if key in own:
                self._flaw(key_node, below, f'the key "{key}" occurs twice. Remove one.')
            own[key] = self.value(value_node, below)
        return {**merged, **own} if merged else own

    def _merged(self, node: yaml.Node, path: KeyPath) -> Iterator[dict[object, object]]:
        """The objects that `<<` merges: one, or several in a list, of which the first has priority."""
        if isinstance(node, yaml.MappingNode):
            yield cast("dict[object, object]", self.value(node, path))
        elif isinstance(node, yaml.SequenceNode):
            with self._inside(node):
                for item in cast("list[yaml.Node]", node.value):
                    yield from self._merged(item, path)
        else:
            self._flaw(node, path, "<< merges an object, or a list of objects. Write an alias such as *base.")

    def _question_marks(self, flow: yaml.CollectionNode, parts: Iterable[tuple[yaml.Node, KeyPath]]) -> None:
        """Find values of a flow collection with a question mark, which ends a plain scalar in Pulumi's reader.

        An alias has no question mark of its own. Pulumi reads files with gopkg.in/yaml.v3, scannerc.go,
        yaml_parser_scan_plain_scalar.
        """
        begin, end = (cast("yaml.Mark", mark).index for mark in (flow.start_mark, flow.end_mark))
        for part, path in parts:
            if not isinstance(part, yaml.ScalarNode) or part.style or "?" not in str(part.value):
                continue
            flaw, known = Flaw(path, QUESTION_MARK, spot_of(part)), self.document.pulumi_flaws
            is_alias = not begin <= cast("yaml.Mark", part.start_mark).index < end
            if not is_alias and len(known) < _FLAWS and all(flaw.spot != each.spot for each in known):
                known.append(flaw)

    def _flaw(self, node: yaml.Node, path: KeyPath, message: str) -> None:
        if len(self.document.flaws) < _FLAWS:
            self.document.flaws.append(Flaw(path, message, spot_of(node)))
        elif len(self.document.flaws) == _FLAWS:
            self.document.flaws.append(
                Flaw((), "there are more problems of this kind. Fix these first.", spot_of(node))
            )


def _shown(tag: str) -> str:
    return tag.replace(PREFIX, "!!")


def _unsupported(tag: str) -> str:
    return f"the tag {_shown(tag)} is not supported. Remove it."


def document(path: Path) -> Document:
    """The content of a YAML file. Raises YamlError for a file that cannot be read, is not YAML, or is out of bounds."""
    text = read_text(path)
    found = Document(path, text)
    with without_garbage_collection():
        node = composed(text)
        found.value = None if node is None else _Reader(found).value(node, ())
    return found


def read(path: Path) -> object:
    """The value of a YAML file, with strings in the place of ambiguous scalars. Raises YamlError, also for flaws."""
    found = document(path)
    if found.flaws:
        raise YamlError(f"is not YAML: {found.flaws[0].message}", found.flaws[0].spot)
    return found.value


def _tree(node: yaml.Node, start: yaml.Node) -> Spot:
    """The places in a node. `start` is the node of its key, if it has one."""
    line, column = start.start_mark.line + 1, start.start_mark.column + 1
    if isinstance(node, yaml.ScalarNode):
        return Spot(line, column, plain=None if node.style else str(node.value))
    if isinstance(node, yaml.SequenceNode):
        return Spot(line, column, [_tree(item, item) for item in cast("list[yaml.Node]", node.value)])
    return Spot(line, column, dict(_entries(cast("yaml.MappingNode", node))))


def _entries(node: yaml.MappingNode) -> Iterator[tuple[str, Spot]]:
    """The entries of an object. Those that it merges come before its own, which win."""
    every = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
    for key, value in every:
        if key.tag == f"{PREFIX}merge":
            several = cast("list[yaml.Node]", value.value) if isinstance(value, yaml.SequenceNode) else [value]
            for part in reversed(several):
                if isinstance(part, yaml.MappingNode):
                    yield from _entries(part)
    yield from (
        (key.value, _tree(value, key))
        for key, value in every
        if isinstance(key, yaml.ScalarNode) and key.tag != f"{PREFIX}merge"
    )
