"""Trials: how many were tried, how many survived, and what happened to the rest."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bench.figures import Figure, machine

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Trial:
    """One kind of trial. `rest` explains those that did not survive, in one sentence."""

    what: str
    tried: int
    survived: int
    rest: str = ""

    def __post_init__(self):
        if not 0 <= self.survived <= self.tried:
            raise ValueError(f"{self.what}: {self.survived} of {self.tried} can't have survived.")
        if self.survived < self.tried and not self.rest:
            raise ValueError(f"{self.what}: {self.tried - self.survived} did not survive. Say why.")


@dataclass(frozen=True, slots=True)
class Part:
    """The results of one section: trials, and measured values where the section has some."""

    trials: list[Trial] = field(default_factory=list[Trial])
    figures: list[Figure] = field(default_factory=list[Figure])


Say = Callable[[str], None]
Measure = Callable[[int, int, Say], Part]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of docs/reliability.md.

    Arguments:
        title: The heading.
        text: Markdown before the table: what is tried, and what "survived" means.
        measure: A function of the number of trials, the seed, and a function that shows progress.
        count: The number of trials for the page.
        after: Markdown after the table: what is not closed, and why.
    """

    title: str
    text: str
    measure: Measure
    count: int
    after: str = ""


def read(file: Path = RESULTS) -> dict[str, Any]:
    """Return the results in a file; none if it does not exist."""
    return cast("dict[str, Any]", json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def write(name: str, part: Part, seed: int, file: Path = RESULTS) -> None:
    """Replace a part's results in the file."""
    results = read(file)
    taken = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    results[name] = {"taken": taken, "seed": seed, "machine": machine(), **asdict(part)}
    file.write_text(json.dumps(dict(sorted(results.items())), indent=2) + "\n", encoding="utf-8")
