"""Time and memory of the program, from YAML to the last resource, on mocks: beside a bare Pulumi program that registers
the same AWS resources with literal inputs, with Python's garbage collector as usual, and without it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from .child import Result, in_child
from .figures import Figure, Part
from .workload import write_project

ROUNDS = {10: 3, 100: 3, 1000: 3, 3000: 1}
"""Tasks, and how often each is measured: the least is taken."""
BARE, UNCOLLECTED = "bare", "bare, no gc"


def measure(folder: Path, say: Callable[[str], None], rounds: Mapping[int, int] = ROUNDS) -> Part:
    """Programs of each number of tasks, each in a process of its own, by turns."""
    warm = write_project(folder / "ours-warm", 1), folder / "bare-warm"
    in_child("record", *warm)
    figures: list[Figure] = []
    for count, times in rounds.items():
        projects = write_project(folder / f"ours-{count}", count), folder / f"bare-{count}"
        resources = in_child("record", *projects)["resources"]
        say(f"{count} tasks, {resources} AWS resources")
        runs: dict[str, list[Result]] = {"ours": [], BARE: [], UNCOLLECTED: []}
        for _ in range(times):
            for name, done in runs.items():
                which = 0 if name == "ours" else 1
                collector = "off" if name == UNCOLLECTED else "on"
                done.append(in_child("program", warm[which], projects[which], collector))
        figures += _figures(count, runs)
    return Part(sorted(figures, key=lambda figure: (figure.unit != "s", figure.unit, figure.what)))


def _figures(count: int, runs: Mapping[str, list[Result]]) -> list[Figure]:
    def least(key: str) -> dict[str, float]:
        return {name: min(run[key] for run in done) for name, done in runs.items()}

    def figure(what: str, unit: str, values: dict[str, float]) -> Figure:
        rounded = {name: round(value, 3) for name, value in values.items()}
        return Figure(what, count, unit, rounded.pop("ours"), rounded)

    return [
        figure("program", "s", least("seconds")),
        figure("peak memory", "MB", least("megabytes")),
        figure("AWS resources", "resources", least("aws")),
        Figure("look-ups", count, "look-ups", least("invokes")["ours"]),
    ]
