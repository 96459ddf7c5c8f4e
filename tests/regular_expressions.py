"""Which regular expressions can take exponential or quadratic time, and the expressions of the product.

Python's matcher tries all ways in which a pattern can match a text. Their number grows exponentially with the text if a
loop of the pattern can read the same text in two ways: `(a+)+`, `(a|a)*`, `(a?b?)*`. See Weideman et al., "Analyzing
matching time behavior of backtracking regular expression matchers by using ambiguity of NFA" (2016).

The number grows at least with the square of the text if two loops follow each other, and both can read the same part of
it: `a*a*`, `.*x.*`. See Allauzen et al., "General algorithms for testing the ambiguity of finite automata" (2008).

A pattern becomes the automaton of its positions (Glushkov): each character or set of the pattern is a state. Repeats are
written out up to a bound, and are loops above it. Assertions are checked by themselves.
"""

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from re import _compiler as compiler  # pyright: ignore[reportAttributeAccessIssue]
from re import _constants as constants  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from types import ModuleType
from typing import Any, TypeVar

T = TypeVar("T")

_WRITTEN_OUT = 6
"""Repeats up to this number are copies of the repeated part; others are loops."""
_WAYS = 2
"""No more are counted."""
ALPHABET = [*map(chr, range(128)), "é", "\u017f", "\u212a", "日", "\u2028", "\u202e", "\ud800", "\U000e0041"]


@dataclass
class Part:
    """A part of a pattern: in how many ways it matches the empty text, and the positions that it starts and ends with.

    A position is listed once per way.
    """

    empty: int
    first: list[int]
    last: list[int]


@dataclass
class Automaton:
    """The automaton of a pattern. `follow` counts the ways from one position to the next."""

    flags: int
    characters: list[int] = field(default_factory=list[int])
    follow: Counter[tuple[int, int]] = field(default_factory=Counter[tuple[int, int]])
    asserted: list[Any] = field(default_factory=list[Any])

    def sequence(self, items: Iterable[Any]) -> Part:
        whole = Part(1, [], [])
        for item in items:
            whole = self.joined(whole, self.part(*item))
        return whole

    def joined(self, one: Part, other: Part) -> Part:
        self.connect(one.last, other.first)
        return Part(
            min(one.empty * other.empty, _WAYS),
            one.first + other.first * one.empty,
            other.last + one.last * other.empty,
        )

    def connect(self, ends: list[int], starts: list[int]) -> None:
        self.follow.update((end, start) for end in ends for start in starts)

    def part(self, kind: Any, value: Any) -> Part:
        if kind in (constants.LITERAL, constants.NOT_LITERAL, constants.ANY, constants.IN):
            return self.position(kind, value)
        if kind is constants.BRANCH:
            parts = [self.sequence(branch) for branch in value[1]]
            return Part(
                min(sum(part.empty for part in parts), _WAYS),
                [position for part in parts for position in part.first],
                [position for part in parts for position in part.last],
            )
        if kind is constants.SUBPATTERN:
            _, added, removed, items = value
            before, self.flags = self.flags, (self.flags | added) & ~removed
            part, self.flags = self.sequence(items), before
            return part
        if kind is constants.ATOMIC_GROUP:
            return self.sequence(value)
        if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
            return self._repeated(*value)
        if kind in (constants.ASSERT, constants.ASSERT_NOT):
            self.asserted.append(value[1])
        return Part(1, [], [])

    def position(self, kind: Any, value: Any) -> Part:
        one = parser.SubPattern(parser.State(), [(kind, value)])
        one.state.flags = self.flags
        matches = compiler.compile(one, self.flags).fullmatch
        self.characters.append(sum(1 << number for number, character in enumerate(ALPHABET) if matches(character)))
        new = [len(self.characters) - 1]
        return Part(0, new, new)

    def _repeated(self, least: int, most: int, items: Any) -> Part:
        if most <= _WRITTEN_OUT or least == most <= 4 * _WRITTEN_OUT:
            whole = Part(1, [], [])
            for number in range(most):
                part = self.sequence(items)
                whole = self.joined(whole, Part(part.empty + (number >= least), part.first, part.last))
            return whole
        part = self.sequence(items)
        self.connect(part.last, part.first)
        return Part(part.empty + (not least), part.first, part.last)

    def ambiguous(self) -> bool:
        """Whether a loop can read the same text in two ways."""
        after: dict[int, list[int]] = {}
        for start, end in self.follow:
            after.setdefault(start, []).append(end)
        loops = {position: component for component in components(after) for position in component}
        inside = {position: [end for end in ends if end in loops.get(position, ())] for position, ends in after.items()}
        if any(ways > 1 and end in loops.get(start, ()) for (start, end), ways in self.follow.items()):
            return True
        pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
        waiting = [(position, position) for position in loops]
        while waiting:
            pair = waiting.pop()
            if pair in pairs:
                continue
            one, other = pair
            pairs[pair] = [
                (a, b)
                for a in inside.get(one, ())
                for b in inside.get(other, ())
                if self.characters[a] & self.characters[b]
            ]
            waiting.extend(pairs[pair])
        return any(
            any(one == other for one, other in component) and any(one != other for one, other in component)
            for component in components(pairs)
        )

    def quadratic(self) -> bool:
        """Whether a loop and a later one can both read a text that also leads from one to the other."""
        after: dict[int, list[int]] = {}
        for start, end in self.follow:
            after.setdefault(start, []).append(end)
        loops = {position: component for component in components(after) for position in component}
        later = {position: reached(position, after, set()) for position in after}
        return any(
            self.both_read(one, other, after, loops, later)
            for one in loops
            for other in later[one]
            if other in loops and loops[other] is not loops[one]
        )

    def both_read(
        self,
        one: int,
        other: int,
        after: dict[int, list[int]],
        loops: dict[int, set[int]],
        later: dict[int, set[int]],
    ) -> bool:
        """Whether a text leads from `one` to itself, from `one` to `other`, and from `other` to itself."""
        seen: set[tuple[int, int, int]] = set()
        waiting = [(one, one, other)]
        while waiting:
            found = waiting.pop()
            if found in seen:
                continue
            seen.add(found)
            first, between, last = (after.get(position, ()) for position in found)
            reading = [
                (a, b, c)
                for a in loops[one].intersection(first)
                for b in between
                if b == other or other in later.get(b, ())
                for c in loops[other].intersection(last)
                if self.characters[a] & self.characters[b] & self.characters[c]
            ]
            if (one, other, other) in reading:
                return True
            waiting.extend(reading)
        return False


def components(after: dict[T, list[T]]) -> Iterator[set[T]]:
    """The strongly connected components that contain a cycle (Kosaraju)."""
    before: dict[T, list[T]] = {}
    for start, ends in after.items():
        for end in ends:
            before.setdefault(end, []).append(start)
    found: set[T] = set()
    for root in reversed(_finished(after)):
        component = reached(root, before, found)
        found |= component
        if len(component) > 1 or any(node in after.get(node, ()) for node in component):
            yield component


def _finished(after: dict[T, list[T]]) -> list[T]:
    """The nodes in the order in which a search from each one ends."""
    order: list[T] = []
    seen: set[T] = set()
    for root in after:
        stack = [] if root in seen else [(root, iter(after[root]))]
        seen.add(root)
        while stack:
            node, ends = stack[-1]
            new = next((end for end in ends if end not in seen), None)
            if new is None:
                stack.pop()
                order.append(node)
            else:
                seen.add(new)
                stack.append((new, iter(after.get(new, ()))))
    return order


def reached(root: T, after: dict[T, list[T]], without: set[T]) -> set[T]:
    reached, waiting = set[T](), [root]
    while waiting:
        node = waiting.pop()
        if node not in reached and node not in without:
            reached.add(node)
            waiting.extend(after.get(node, ()))
    return reached


def is_exponential(pattern: str, flags: int = 0) -> bool:
    """Whether the time of a pattern can grow exponentially with the text."""
    return any(automaton.ambiguous() for automaton in _automata(pattern, flags))


def is_quadratic(pattern: str, flags: int = 0) -> bool:
    """Whether the time of a match at one position can grow with the square of the text, or faster."""
    return any(automaton.quadratic() for automaton in _automata(pattern, flags))


def _automata(pattern: str, flags: int) -> Iterator[Automaton]:
    """The automata of a pattern and of its assertions."""
    parsed = parser.parse(pattern, flags)
    waiting: list[Any] = [parsed]
    while waiting:
        automaton = Automaton(parsed.state.flags)
        automaton.sequence(waiting.pop())
        yield automaton
        waiting.extend(automaton.asserted)


# The expressions of the product

FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}


def modules(*packages: str) -> list[ModuleType]:
    """All modules of packages."""
    found: list[ModuleType] = []
    for name in packages:
        package = importlib.import_module(name)
        found.append(package)
        each = (part.name for part in pkgutil.walk_packages(package.__path__, f"{name}."))
        found.extend(importlib.import_module(name) for name in each if not name.endswith("__main__"))
    return found


def compiled(module: ModuleType) -> Iterator[tuple[str, int]]:
    """The patterns and flags that the global names of a module contain, also in tables and data classes."""
    for value in list(vars(module).values()):
        yield from within(value)


def within(value: object, depth: int = 0) -> Iterator[tuple[str, int]]:
    """The patterns and flags in a value."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value.pattern, value.flags
    elif depth < 4:
        for part in _parts(value):
            yield from within(part, depth + 1)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, tuple | list | frozenset | set):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, each.name, None) for each in fields(value)]
    return ()


def written(file: Path) -> Iterator[tuple[str, str | None]]:
    """The calls of `re` in a file: the source text of the pattern, and the pattern if it is a constant.

    Without compilations of other patterns: `compiled` finds them.
    """
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name), args=[pattern, *_]) if (
                name in FUNCTIONS
            ):
                constant = pattern.value if isinstance(pattern, ast.Constant) else None
                if isinstance(constant, str) or name != "compile":
                    yield ast.unparse(pattern), constant if isinstance(constant, str) else None
            case _:
                pass
