"""From problems to the files, lines and columns that they come from."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from components.problems import Name, Path, Problem

from .ambiguity import replaceable
from .bounds import PROBLEMS
from .places import Layer, LocatedProblem, Place, Spot, deepest, nowhere
from .shared_tasks import SharedTasks
from .sources import Source

_QUOTES = "Put it in quotes."


class Locator:
    """Finds the places of a stack's problems in its own file and in those of shared tasks."""

    def __init__(self, source: Source, shared: SharedTasks):
        self.source, self.file, self.shared = source, source.file, shared
        self._known: dict[str, Layer | None] = {}

    def located(self, problem: Problem) -> LocatedProblem:
        """The problem with its place, if its values come from files."""
        if isinstance(problem, LocatedProblem):
            return problem
        path = tuple(_split(problem.path))
        parts = list(path)
        of_task = len(parts) > 1 and parts[0] == "tasks"
        place, value = self._in_task(str(parts[1]), tuple(parts[2:])) if of_task else self._in_stack(path)
        return LocatedProblem(problem.path, _with_quotes(problem, path, value), place)

    def _in_stack(self, path: Path) -> tuple[Place | None, Spot | None]:
        """The place of a value of the stack, and the value if the file contains it."""
        top = self._own(str(path[0])) if path else None
        if top is None:
            return Place(self.file.name) if self.file else None, None
        return _found(top, *deepest([top], path[1:]), path[1:])

    def _in_task(self, task: str, path: Path) -> tuple[Place | None, Spot | None]:
        """The place in the layer of a task that sets a value."""
        own, defaults = self._own("tasks"), self._own("defaults")
        entry = own.child(task) if own else None
        shared = self.shared.layer(task)
        layers = [layer for layer in (entry, defaults, shared, self.shared.defaults_layer) if layer is not None]
        top = next((layer for layer in (entry, shared) if layer and layer.file), entry)
        return self._in_stack(("tasks",)) if top is None else _found(top, *deepest(layers, path), path)

    def _own(self, key: str) -> Layer | None:
        """The place of a top-level key of the stack."""
        if key not in self._known:
            self._known[key] = self._found(key)
        return self._known[key]

    def _found(self, key: str) -> Layer | None:
        origin = self.source.origins.get(key)
        if origin and (spot := origin.spot(key)):
            return Layer(origin.name, spot)
        return Layer("", nowhere(self.source.values[key])) if key in self.source.values else None


def collected(problems: Iterable[Problem], locator: Locator) -> list[LocatedProblem]:
    """The problems with their places, each once, and the number of those that are too many to show.

    A value that YAML readers disagree about has no other problem: it may be valid once it is written as advised. A
    problem of the stack's or the shared defaults is reported for one task only.
    """
    found = list(dict.fromkeys(locator.located(problem) for problem in problems))
    ambiguous = {(problem.file, _below_task(problem.path)) for problem in found if problem.ambiguous}
    kept: dict[object, list[LocatedProblem]] = {}
    for problem in found:
        if problem.ambiguous or (problem.file, _below_task(problem.path)) not in ambiguous:
            same = (problem.place, _below_task(problem.path), problem.message) if problem.place else problem.path
            kept.setdefault((same, problem.message), []).append(problem)
    shown, more = list(islice(kept.values(), PROBLEMS)), len(kept) - PROBLEMS
    rest = [LocatedProblem((), f"{more:,} more problems are not shown. Fix these first.")] if more > 0 else []
    return [*sorted((_once(*same) for same in shown), key=_position), *rest]


def _position(problem: LocatedProblem) -> tuple[bool, str, int, int]:
    """Sorts problems as a reader goes through the files: first what belongs to none, then the stack's own file."""
    place = problem.place
    if place is None:
        return False, "", 0, 0
    return "/" in place.file, place.file, place.line or 0, place.column or 0


def _below_task(path: Path) -> Path:
    return path[2:] if path[:1] == ("tasks",) else path[1:] if path[:1] == ("defaults",) else path


def _once(problem: LocatedProblem, *others: LocatedProblem) -> LocatedProblem:
    if not others:
        return problem
    count = "1 other task" if len(others) == 1 else f"{len(others)} other tasks"
    text, *shown = problem.message.split("\n", 1)
    return replace(problem, message="\n".join([f"{text} (Also in {count}.)", *shown]))


def _found(top: Layer, found: Layer | None, depth: int, path: Path) -> tuple[Place | None, Spot | None]:
    layer = found or top
    return Place.of(layer), layer.spot if depth == len(path) else None


def _split(path: Path) -> Iterator[str | int]:
    """The parts of a path. `iam.path` is one part, but two keys of YAML."""
    for part in path:
        if isinstance(part, int | Name):
            yield part
        else:
            yield from part.split(".")


def _with_quotes(problem: Problem, path: Path, spot: Spot | None) -> str:
    """The message, with the text to write instead of advice to quote it."""
    if spot is None or spot.plain is None or not problem.message.endswith(_QUOTES) or not replaceable(path):
        return problem.message
    return f'{problem.message.removesuffix(_QUOTES)}Write "{spot.plain}".'
