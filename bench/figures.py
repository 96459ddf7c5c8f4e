"""Figures: printed as tables, stored as JSON, and their growth with the number of tasks."""

import json
import math
import os
import platform
import resource
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value of ours, and of others."""

    what: str
    tasks: int
    unit: str
    ours: float
    others: dict[str, float] = field(default_factory=dict[str, float])

    def ratio(self, other: str) -> float:
        """Return ours as a multiple of another value."""
        return self.ours / self.others[other]


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one part, or the reason why there are none."""

    figures: list[Figure]
    skipped: str = ""
    problems: Sequence[str] = ()
    """Bounds that the figures exceed."""


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the exponent of a value's growth with the count: 1 is linear, 2 is quadratic.

    It is the slope of a least squares line through the logarithms. Raises ValueError for fewer than two counts.
    """
    logs = [(math.log(count), math.log(value)) for count, value in points]
    if len({x for x, _ in logs}) < 2:
        raise ValueError("The exponent needs at least two counts.")
    middle_x, middle_y = (sum(values) / len(logs) for values in zip(*logs, strict=True))
    return sum((x - middle_x) * (y - middle_y) for x, y in logs) / sum((x - middle_x) ** 2 for x, _ in logs)


def growth(figures: Iterable[Figure], least: int = 100) -> dict[str, dict[str, float]]:
    """Return the exponents of all times that were measured at several counts.

    Counts below `least` are left out, because startup time dominates there.
    """
    series: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for figure in figures:
        if figure.unit == "s" and figure.tasks >= least:
            for name, value in {"ours": figure.ours, **figure.others}.items():
                if value > 0:
                    series.setdefault(figure.what, {}).setdefault(name, []).append((figure.tasks, value))
    return {
        what: {name: round(exponent(points), 2) for name, points in of.items()}
        for what, of in series.items()
        if len(of.get("ours", ())) > 1
    }


def table(name: str, part: Part) -> Table:
    """Format a part for the terminal."""
    others = list(dict.fromkeys(other for figure in part.figures for other in figure.others))
    made = Table(name, "tasks", "ours", *others)
    for figure in part.figures:
        beside = [_beside(figure, other) if other in figure.others else "" for other in others]
        made.add_row(figure.what, str(figure.tasks) if figure.tasks else "", f"{figure.ours:g} {figure.unit}", *beside)
    for what, of in growth(part.figures).items():
        made.add_row(f"{what}: exponent", "", *(f"{of[name]:g}" if name in of else "" for name in ("ours", *others)))
    return made


def _beside(figure: Figure, other: str) -> str:
    return f"{figure.others[other]:g} (x {figure.ratio(other):.2f})"


def machine() -> dict[str, Any]:
    """Describe this machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "pulumi": version("pulumi"),
        "pulumi_aws": version("pulumi-aws"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())


def peak_megabytes() -> int:
    """Return the peak memory of this process."""
    unit = 2**20 if platform.system() == "Darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def load_average() -> float:
    """Return the load average of the last minute. Above 1, other processes disturb the measurement."""
    return round(os.getloadavg()[0], 2)


def read(file: Path = RESULTS) -> dict[str, Any]:
    """Return the results in a file; none if it does not exist."""
    return cast("dict[str, Any]", json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def write(name: str, part: Part, load: float, file: Path = RESULTS) -> None:
    """Replace a part's figures in the file. A part that was skipped keeps its earlier figures."""
    results = read(file)
    if part.skipped and name in results:
        return
    results[name] = {
        "taken": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load_before": load,
        "machine": machine(),
        "figures": [asdict(figure) for figure in part.figures],
        "skipped": part.skipped,
        "growth": growth(part.figures),
    }
    file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
