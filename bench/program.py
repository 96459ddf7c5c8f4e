"""Time and memory of the program, from YAML to the last resource, on mocks: beside a bare Pulumi program that registers
the same AWS resources with literal inputs, with Python's garbage collector as usual, and without it; and beside one
that registers the components, too."""

from collections.abc import Callable, Mapping
from pathlib import Path

from . import recording
from .child import Result, in_child
from .figures import Figure, Part
from .workload import write_project

ROUNDS = {10: 3, 100: 3, 1000: 3, 3000: 1}
"""Tasks, and how often each is measured: the least is taken."""
BARE, UNCOLLECTED, COMPONENTS = "bare", "bare, no gc", "bare, no gc, components"
OURS = "ours"
_PROGRAMS = {
    OURS: (OURS, "on"),
    BARE: (recording.BARE, "on"),
    UNCOLLECTED: (recording.BARE, "off"),
    COMPONENTS: (recording.WITH_COMPONENTS, "off"),
}
"""Where each is, and with which garbage collector it runs; ours turns it off itself."""


def measure(folder: Path, say: Callable[[str], None], rounds: Mapping[int, int] = ROUNDS) -> Part:
    """Programs of each number of tasks, each in a process of its own, by turns."""
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
    """Ours and the bare programs; how many AWS resources they have."""
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
        Figure("look-ups", count, "look-ups", least("invokes")[OURS]),
    ]
