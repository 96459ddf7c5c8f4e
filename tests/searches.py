"""Which regular expressions take quadratic time if a search tries them at each position of a text.

A search is a pattern behind an implicit loop that reads any text. It is quadratic if a loop of the pattern can read the
text that the implicit loop reads, and the pattern then fails: `a+b` in "aaaa". A loop at the end of a pattern is no
problem, because the pattern matches there, and the search continues behind the match: `a+`.
"""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from re import _constants as constants  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from types import ModuleType
from typing import Any

from tests.regular_expressions import ALPHABET, FUNCTIONS, Automaton, Part, components, reached, within

ANYTHING = (1 << len(ALPHABET)) - 1
_CHARACTER = (constants.LITERAL, constants.NOT_LITERAL, constants.ANY, constants.IN)
_REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
_NO_WORD = [(constants.CATEGORY, constants.CATEGORY_NOT_WORD)]
_CONDITION = -1
"""The position of an assertion behind a loop."""


class _Search(Automaton):
    """The automaton of a search. Position 0 is the implicit loop."""

    def __init__(self, pattern: list[Any], flags: int, *, conditions: bool):
        super().__init__(flags)
        self._conditions = conditions
        before, items = self._before(pattern)
        self.ends = self.joined(before, self.sequence(items)).last

    def _before(self, items: list[Any]) -> tuple[Part, list[Any]]:
        """The implicit loop, with the character before the pattern if the pattern asserts it, and the other items."""
        self.characters.append(ANYTHING)
        self.connect([0], [0])
        loop, first = Part(1, [0], [0]), items[0] if items else (None, None)
        match first:
            case (constants.ASSERT | constants.ASSERT_NOT, (-1, asserted)) if (
                len(asserted) == 1 and asserted[0][0] in _CHARACTER
            ):
                character = self.position(*asserted[0])
                if first[0] is constants.ASSERT_NOT:
                    self.characters[-1] ^= ANYTHING
            case (constants.AT, constants.AT_BOUNDARY):
                # The patterns of the product have a word after it.
                character = self.position(constants.IN, _NO_WORD)
            case (constants.AT, constants.AT_BEGINNING) if self.flags & re.MULTILINE:
                character = self.position(constants.LITERAL, ord("\n"))
            case _:
                return loop, items
        return self.joined(loop, character), items[1:]

    def part(self, kind: Any, value: Any) -> Part:
        if kind is constants.AT and value is constants.AT_BEGINNING and not self.flags & re.MULTILINE:
            # No text leads from the implicit loop there.
            self.characters.append(0)
            nowhere = [len(self.characters) - 1]
            return Part(0, nowhere, nowhere)
        ahead = kind in (constants.ASSERT, constants.ASSERT_NOT) and value[0] == 1
        if self._conditions and (kind is constants.AT or ahead):
            return Part(0, [_CONDITION], [_CONDITION])
        if kind in _REPEATS and value[1] is not constants.MAXREPEAT:
            # A bounded number of characters doesn't grow with the text.
            once = self.sequence(value[2])
            return Part(once.empty + (not value[0]), once.first, once.last)
        return super().part(kind, value)

    def quadratic(self, without: Collection[int] = ()) -> bool:
        """Whether a loop of the pattern and the implicit loop can read the same text.

        Args:
            without: Loops after which the pattern matches.
        """
        after: dict[int, list[int]] = {}
        for start, end in self.follow:
            after.setdefault(start, []).append(end)
        loops = {position: component for component in components(after) for position in component}
        later = {position: reached(position, after, set()) for position in after}
        return any(
            self.both_read(0, loop, after, loops, later)
            for loop in later[0]
            if loop in loops and loop not in without and loops[loop] is not loops[0]
        )


def is_quadratic_search(pattern: str, flags: int = 0) -> bool:
    """Whether the time of a search through a text can grow with the square of the text, or faster."""
    parsed = parser.parse(pattern, flags)
    return any(_is_quadratic(branch, parsed.state.flags) for branch in _branches(list(parsed)))


def _branches(items: list[Any]) -> list[list[Any]]:
    """The alternatives that a pattern consists of. Each is tried at each position."""
    match items:
        case [(constants.BRANCH, (_, alternatives))]:
            return [list(each) for each in alternatives]
        case _:
            return [items]


def _is_quadratic(items: list[Any], flags: int) -> bool:
    search = _Search(items, flags, conditions=False)
    ends = _Search(items, flags, conditions=True).ends
    # Text that an assertion reads is read again at the next position, also if it matches.
    return search.quadratic(ends) or any(
        _Search(list(each), flags, conditions=False).quadratic() for each in search.asserted
    )


_SEARCHES = FUNCTIONS - {"compile", "match", "fullmatch"}
_NO_SEARCHES = {"match", "fullmatch", "pattern", "flags"}


def searches(module: ModuleType) -> Iterator[tuple[str, int]]:
    """The patterns and flags with which a module may search, apart from patterns that it imports."""
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    anchored = _anchored(tree)
    for name, value in list(vars(module).items()):
        if not isinstance(value, re.Pattern) or name not in anchored:
            yield from within(value)
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=called), args=[ast.Constant(value=str(pattern)), *_]
            ) if called in _SEARCHES:
                yield pattern, 0
            case _:
                pass


def _anchored(tree: ast.Module) -> set[str]:
    """The names whose values the module uses only with `match` and `fullmatch`."""
    used, other = Counter[str](), Counter[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=called) if called in _NO_SEARCHES:
                used[name] += 1
            case ast.Name(id=name, ctx=ast.Load()):
                other[name] += 1
            case _:
                pass
    return {name for name, count in used.items() if other[name] == count}
