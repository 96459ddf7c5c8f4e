"""The real engine on the sandbox, with a backend of files: preview, first `up`, `up` without a change and with one task
changed, beside bare Pulumi programs of the same resources with literal inputs: of all of them, components too, and of
those of AWS alone."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .child import Result, in_child
from .figures import Figure, Part
from .program import COMPONENTS, UNCOLLECTED
from .recording import BARE, WITH_COMPONENTS

_BARE = {UNCOLLECTED: BARE, COMPONENTS: WITH_COMPONENTS}
COUNTS = {10: 3, 100: 2, 300: 1}
"""Tasks, and rounds."""


def measure(folder: Path, say: Callable[[str], None], counts: Mapping[int, int] = COUNTS) -> Part:
    """A process of its own for each program, ours and the bare ones by turns: the least of each is taken. All do
    without Python's garbage collector, so that it is not what is compared."""
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
"""What is measured of each program."""
