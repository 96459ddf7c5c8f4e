"""The real engine on the sandbox, with a backend of files: preview, first `up`, `up` without a change and with one task
changed, beside a bare Pulumi program of the same resources with literal inputs."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .child import Result, in_child
from .figures import Figure, Part
from .program import UNCOLLECTED

COUNTS = {10: 3, 100: 2, 300: 1}
"""Tasks, and rounds."""


def measure(folder: Path, say: Callable[[str], None], counts: Mapping[int, int] = COUNTS) -> Part:
    """A process of its own for each program, ours and the bare one by turns: the least of each is taken. Both do
    without Python's garbage collector, so that it is not what is compared."""
    figures: list[Figure] = []
    for count, rounds in counts.items():
        at = folder / f"engine-{count}"
        ours: list[Result] = []
        bare: list[Result] = []
        for number in range(rounds):
            say(f"{count} tasks, round {number + 1} of {rounds}")
            ours.append(in_child("engine", at, count))
            bare.append(in_child("bare_engine", at))
        figures += [
            Figure(what, count, unit, _least(ours, what), {UNCOLLECTED: _least(bare, what)})
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
