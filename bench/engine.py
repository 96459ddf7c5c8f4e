"""Time on the real engine in the sandbox, with a file backend: previews, and `up` with all, no and one changed task.

The comparison is with bare Pulumi programs of the same resources with literal inputs, with and without components.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .child import Result, in_child
from .figures import Figure, Part
from .program import COMPONENTS, UNCOLLECTED
from .recording import BARE, WITH_COMPONENTS

_BARE = {UNCOLLECTED: BARE, COMPONENTS: WITH_COMPONENTS}
COUNTS = {10: 3, 100: 2, 300: 1}
"""Rounds by the number of tasks."""


def measure(folder: Path, say: Callable[[str], None], counts: Mapping[int, int] = COUNTS) -> Part:
    """Measure the programs in turns, each in its own process, and take the minimum.

    All programs run without Python's garbage collector, so that it does not affect the comparison.
    """
    figures: list[Figure] = []
    for count, rounds in counts.items():
        at = folder / f"engine-{count}"
        ours: list[Result] = []
        bare: dict[str, list[Result]] = {name: [] for name in _BARE}
        for number in range(rounds):
            say(f"{count} tasks, round {number + 1} of {rounds}")
            ours.append(in_child("engine", at, count))
            for name, done in bare.items():
                done.append(in_child("bare_engine", at, _BARE[name]))
        figures += [
            Figure(what, count, unit, _least(ours, what), {name: _least(done, what) for name, done in bare.items()})
            for what, unit in UNITS.items()
        ]
    return Part(sorted(figures, key=lambda figure: list(UNITS).index(figure.what)))


def _least(results: Sequence[Result], what: str) -> float:
    return round(min(result[what] for result in results), 2)


UNITS = {
    "preview": "s",
    "first up": "s",
    "up without a change": "s",
    "up of one changed task": "s",
    "peak memory of the program": "MB",
    "AWS resources": "resources",
}
"""The figures of each program, with their units."""
