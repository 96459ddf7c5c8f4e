"""Files, lines and columns of keys and values, and problems that name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TypeAlias, cast

from components.problems import Path, Problem
from components.text import visible_name

Children: TypeAlias = "Mapping[str, Spot] | Sequence[Spot] | None"


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of an entry of an object (its key), of an item of a list, or of the top of a file."""

    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    children: Children = field(default=None, repr=False)
    """The entries of an object, or the items of a list; None for a scalar."""
    plain: str | None = field(default=None, repr=False)
    """The text of a value without quotes."""

    def child(self, part: str | int) -> Spot | None:
        """The place of an entry or an item; None if there is none."""
        if isinstance(self.children, Mapping):
            return self.children.get(str(part))
        if self.children is not None and isinstance(part, int):
            return self.children[part] if part < len(self.children) else None
        return None


def nowhere(value: object) -> Spot:
    """The shape of a value that is in no file."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value)
        return Spot(0, 0, {str(key): nowhere(item) for key, item in entries.items()})
    return Spot(0, 0, [nowhere(item) for item in cast("list[object]", value)] if isinstance(value, list) else None)


@dataclass(frozen=True, slots=True)
class Layer:
    """An object in a file, whose keys merge with those of lower layers."""

    file: str
    """The empty string for a value that is in no file."""
    spot: Spot

    def child(self, part: str | int) -> Layer | None:
        """The entry under a key, or the item at a position; None if there is none."""
        found = self.spot.child(part)
        return None if found is None else Layer(self.file, found)

    @property
    def is_object(self) -> bool:
        """Whether it merges."""
        return isinstance(self.spot.children, Mapping)


def deepest(layers: Sequence[Layer], path: Path) -> tuple[Layer | None, int]:
    """The place of a value that layers make together.

    Args:
        layers: The objects, the one that wins first.
        path: The keys and positions that lead to the value.

    Returns:
        The entry in the layer that sets the value, and the number of parts of the path that lead to it. If no layer
        sets it, the entry of the object that lacks it. None if the first key is missing.
    """
    found: Layer | None = None
    live = list(layers)
    for depth, part in enumerate(path):
        entries = [entry for layer in live if (entry := layer.child(part)) is not None]
        if not entries:
            return found, depth
        found = entries[0]
        # Only objects merge, and only down to the first layer that has something else.
        merging = takewhile(lambda entry: entry.is_object, entries)
        live = list(merging) or [found]
    return found, len(path)


@dataclass(frozen=True, slots=True)
class Place:
    """A file of the project, and the line and column in it if they are known. Both count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    @classmethod
    def at(cls, file: str, spot: Spot | None) -> Place:
        """A place in a file."""
        return cls(file, spot.line, spot.column) if spot else cls(file)

    @classmethod
    def of(cls, layer: Layer) -> Place | None:
        """The place of an object or a value, if it is in a file."""
        return cls.at(layer.file, layer.spot) if layer.file else None

    def __str__(self) -> str:
        file = visible_name(self.file)
        return file if self.line is None else f"{file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class LocatedProblem(Problem):
    """A problem with its place in the files, as compilers print it: `config/tasks/etl.yaml:7:3: tasks.etl.cpu: ...`."""

    place: Place | None = None
    ambiguous: bool = False
    """Whether YAML readers disagree about the value."""

    @property
    def text(self) -> str:
        """The problem without its place."""
        return Problem.__str__(self)

    @property
    def file(self) -> str:
        """The file, or the empty string."""
        return self.place.file if self.place else ""

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text
