"""Time and memory of the program on mocks, from YAML to the last resource.

The comparison is with bare Pulumi programs that register the same AWS resources with literal inputs: with and without
Python's garbage collector, and with the components.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from . import recording
from .child import Result, in_child
from .figures import Figure, Part
from .workload import write_project

ROUNDS = {10: 3, 100: 3, 1000: 3, 3000: 1}
"""Rounds by the number of tasks. The minimum is taken."""
BARE, UNCOLLECTED, COMPONENTS = "bare", "bare, no gc", "bare, no gc, components"
OURS = "ours"
_PROGRAMS = {
    OURS: (OURS, "on"),
    BARE: (recording.BARE, "on"),
    UNCOLLECTED: (recording.BARE, "off"),
    COMPONENTS: (recording.WITH_COMPONENTS, "off"),
}
"""The folder of each program, and whether the garbage collector is on. Ours disables it itself."""


def measure(folder: Path, say: Callable[[str], None], rounds: Mapping[int, int] = ROUNDS) -> Part:
    """Measure the programs in turns, each in its own process."""
    _write(warm := folder / "warm", 1)
    figures: list[Figure] = []
    for count, times in rounds.items():
        resources = _write(at := folder / str(count), count)
        say(f"{count} tasks, {resources} AWS resources")
        runs: dict[str, list[Result]] = {name: [] for name in _PROGRAMS}
        for _ in range(times):
            for name, (place, collector) in _PROGRAMS.items():
                runs[name].append(in_child("program", warm / place, at / place, collector))
        figures += _figures(count, runs)
    return Part(sorted(figures, key=lambda figure: (figure.unit != "s", figure.unit, figure.what)))


def _write(folder: Path, count: int) -> int:
    """Write our program and the bare ones. Returns the number of AWS resources."""
    return in_child("record", write_project(folder / OURS, count), folder)["resources"]


def _figures(count: int, runs: Mapping[str, list[Result]]) -> list[Figure]:
    def least(key: str) -> dict[str, float]:
        return {name: min(run[key] for run in done) for name, done in runs.items()}

    def figure(what: str, unit: str, values: dict[str, float]) -> Figure:
        rounded = {name: round(value, 3) for name, value in values.items()}
        return Figure(what, count, unit, rounded.pop(OURS), rounded)

    return [
        figure("program", "s", least("seconds")),
        figure("peak memory", "MB", least("megabytes")),
        figure("AWS resources", "resources", least("aws")),
        Figure("lookups", count, "lookups", least("invokes")[OURS]),
    ]
