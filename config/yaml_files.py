"""Reading YAML as every reader does: a key occurs once, and a scalar that readers disagree about stays text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import yaml

from components.json_values import Object
from components.problems import Path as KeyPath

from . import scalars
from .places import LocatedProblem, Place, Spot

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
_AMBIGUOUS = "ambiguous"
"""The tag of plain scalars that readers disagree about."""


class YamlError(Exception):
    """A file that cannot be read. The text says why, and `spot` says where if that is known."""

    def __init__(self, message: str, spot: Spot | None = None):
        super().__init__(message)
        self.spot = spot

    def located(self, file: str) -> LocatedProblem:
        """The problem in a file."""
        return LocatedProblem((), str(self), Place.at(file, self.spot))


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
    value: object = None
    ambiguous: list[Ambiguous] = field(default_factory=list[Ambiguous])
    flaws: list[Flaw] = field(default_factory=list[Flaw])

    @cached_property
    def root(self) -> Spot | None:
        """The places of all keys and values. The file is read again, as only problems need places."""
        try:
            node = _composed(self.path)
        except YamlError:
            return None
        return None if node is None else _tree(node, node)


class _Loader(_Base):
    """PyYAML reads YAML 1.1, in which `no` is false, 12:30 is 750 and a date is a date. Such scalars stay strings."""

    yaml_implicit_resolvers: Object = {}  # noqa: RUF012 - PyYAML wants a plain class attribute


class _Whole:
    """A pattern that a plain scalar matches as a whole."""

    def __init__(self, pattern: re.Pattern[str], allows: Callable[[str], bool] = bool):
        self.pattern, self.allows = pattern, allows

    def match(self, text: str) -> bool:
        """Whether a scalar matches, as PyYAML calls it."""
        return self.pattern.fullmatch(text) is not None and (not text or self.allows(text))


_OWN = {
    f"{_PREFIX}null": (_Whole(re.compile(r"~|null|Null|NULL|")), ["~", "n", "N", ""]),
    f"{_PREFIX}bool": (_Whole(re.compile(r"true|True|TRUE|false|False|FALSE")), list("tTfF")),
    f"{_PREFIX}int": (_Whole(scalars.INTEGER, scalars.is_kept), list("-0123456789")),
    f"{_PREFIX}float": (_Whole(scalars.DECIMAL, scalars.is_kept), list("-0123456789")),
    f"{_PREFIX}merge": (_Whole(re.compile(r"<<")), ["<"]),
}
"""The plain scalars that all readers take for the same value, by tag."""
for _tag, (_whole, _first) in _OWN.items():
    _Loader.add_implicit_resolver(_tag, _whole, _first)
for _kind in scalars.KINDS:
    _Loader.add_implicit_resolver(_AMBIGUOUS, _Whole(_kind.pattern), list(_kind.first))

_SCALARS: dict[str, Callable[[str], object]] = {
    f"{_PREFIX}str": str,
    f"{_PREFIX}int": int,
    f"{_PREFIX}float": float,
    f"{_PREFIX}bool": lambda text: text.lower() == "true",
    f"{_PREFIX}null": lambda _: None,
    f"{_PREFIX}merge": str,
    _AMBIGUOUS: str,
}


class _Reader:
    """Makes values of nodes, and collects what is wrong with them. PyYAML's own constructors take twice as long."""

    def __init__(self, document: Document):
        self.document = document

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        """The value of a node."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node.tag not in (f"{_PREFIX}map", f"{_PREFIX}seq"):
            self._flaw(node, path, _unsupported(node.tag))
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            return [self.value(item, (*path, position)) for position, item in enumerate(items)]
        return self._object(cast("yaml.MappingNode", node), path)

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath, *, is_key: bool = False) -> object:
        tag, text = node.tag, str(node.value)
        if tag == f"{_PREFIX}str":
            return text
        if tag == _AMBIGUOUS or (tag == f"{_PREFIX}merge" and not node.style):
            kind = scalars.kind_of(text) or scalars.MERGE
            self.document.ambiguous.append(Ambiguous(path, text, kind, spot_of(node), is_key))
            return text
        if tag not in _OWN:
            self._flaw(node, path, _unsupported(tag))
            return text
        if node.style or not _OWN[tag][0].match(text):
            self._flaw(
                node, path, f'"{text}" has the tag {_shown(tag)}, which readers understand differently. Remove the tag.'
            )
            return text
        return _SCALARS[tag](text)

    def _object(self, node: yaml.MappingNode, path: KeyPath) -> dict[object, object]:
        merged: dict[object, object] = {}
        own: dict[object, object] = {}
        for key_node, value_node in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            if key_node.tag == f"{_PREFIX}merge":
                for part in self._merged(value_node, path):
                    merged = {**part, **merged}
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self._flaw(key_node, path, "a key is a list or an object. Write a string.")
                continue
            below = (*path, str(key_node.value))
            key = self._scalar(key_node, below, is_key=True)
            if key in own:
                self._flaw(key_node, below, f'the key "{key}" occurs twice. Remove one.')
            own[key] = self.value(value_node, below)
        return {**merged, **own} if merged else own

    def _merged(self, node: yaml.Node, path: KeyPath) -> Iterator[dict[object, object]]:
        """The objects that `<<` merges: one, or several in a list, of which the first has priority."""
        if isinstance(node, yaml.MappingNode):
            yield self._object(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for item in cast("list[yaml.Node]", node.value):
                yield from self._merged(item, path)
        else:
            self._flaw(node, path, "<< merges an object, or a list of objects. Write an alias such as *base.")

    def _flaw(self, node: yaml.Node, path: KeyPath, message: str) -> None:
        self.document.flaws.append(Flaw(path, message, spot_of(node)))


def _shown(tag: str) -> str:
    return tag.replace(_PREFIX, "!!")


def _unsupported(tag: str) -> str:
    return f"the tag {_shown(tag)} is not supported. Remove it."


def spot_of(node: yaml.Node) -> Spot:
    """The place where a node starts."""
    return Spot(node.start_mark.line + 1, node.start_mark.column + 1)


def document(path: Path) -> Document:
    """The content of a YAML file. Raises YamlError for a file that is missing, not UTF-8 or not YAML."""
    found = Document(path)
    node = _composed(path)
    try:
        found.value = None if node is None else _Reader(found).value(node, ())
    except RecursionError as error:
        raise YamlError("is not YAML: an alias contains itself.") from error
    return found


def read(path: Path) -> object:
    """The value of a YAML file, with strings in the place of ambiguous scalars. Raises YamlError, also for flaws."""
    found = document(path)
    if found.flaws:
        raise YamlError(f"is not YAML: {found.flaws[0].message}", found.flaws[0].spot)
    return found.value


def _composed(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise YamlError(f"cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise YamlError("is not UTF-8 text.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = Spot(mark.line + 1, mark.column + 1) if mark else None
        hint = next((f" {hint}" for words, hint in _HINTS if words in str(error.problem)), "")
        raise YamlError(f"is not YAML: {error.problem}.{hint}", spot) from error
    except yaml.YAMLError as error:
        raise YamlError(f"is not YAML: {error}.") from error


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
        if key.tag == f"{_PREFIX}merge":
            several = cast("list[yaml.Node]", value.value) if isinstance(value, yaml.SequenceNode) else [value]
            for part in reversed(several):
                if isinstance(part, yaml.MappingNode):
                    yield from _entries(part)
    yield from (
        (key.value, _tree(value, key))
        for key, value in every
        if isinstance(key, yaml.ScalarNode) and key.tag != f"{_PREFIX}merge"
    )
