"""Time before the engine starts: imports, configuration, `scheduled-tasks next`, schema validation."""

from collections.abc import Callable, Sequence
from pathlib import Path

from .child import Result, in_child
from .figures import Figure, Part
from .workload import write_project

COUNTS = (10, 100, 1000, 3000)
ROUNDS = 7
IMPORTED, UNCOLLECTED = "pulumi, pulumi_aws", "the same, no gc"


def measure(folder: Path, say: Callable[[str], None], counts: Sequence[int] = COUNTS, rounds: int = ROUNDS) -> Part:
    """Measure each step several times in separate processes, and take the minimum."""
    say("import")
    times: dict[str, list[float]] = {"ours": [], IMPORTED: [], UNCOLLECTED: []}
    for _ in range(rounds):
        for name, seconds in times.items():
            collector = "off" if name == UNCOLLECTED else "on"
            seconds.append(in_child("imports", "ours" if name == "ours" else "pulumi", collector)["seconds"])
    ours, *others = (round(min(seconds), 3) for seconds in times.values())
    figures = [Figure("import", 0, "s", ours, dict(zip((IMPORTED, UNCOLLECTED), others, strict=True)))]
    for count in counts:
        say(f"{count} tasks")
        project = write_project(folder / f"configuration-{count}", count)
        measured = [in_child("configuration", project) for _ in range(rounds)]
        schema = [in_child("schema", project) for _ in range(rounds)]
        figures += [
            _least("load", count, "load", measured),
            _least("load and check (scheduled-tasks check)", count, "check", measured),
            _least("next five runs of each (scheduled-tasks next)", count, "next", measured),
            _least("schema validation", count, "seconds", schema),
        ]
    return Part(sorted(figures, key=lambda figure: figure.what))


def _least(what: str, count: int, key: str, results: list[Result]) -> Figure:
    return Figure(what, count, "s", round(min(result[key] for result in results), 4))
