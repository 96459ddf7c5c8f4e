"""Trials: how many were tried, how many survived, and what happened to the rest."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bench.figures import Figure, machine

RESULTS = Path(__file__).with_name("results")
"""One file per part, so that two changes of different parts don't conflict."""


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


def read(folder: Path = RESULTS) -> dict[str, Any]:
    """Return the results of all parts in a folder."""
    files = sorted(folder.glob("*.json"))
    return {file.stem: cast("dict[str, Any]", json.loads(file.read_text(encoding="utf-8"))) for file in files}


def write(name: str, part: Part, seed: int, folder: Path = RESULTS) -> None:
    """Replace a part's results in a folder."""
    taken = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    results = {"taken": taken, "seed": seed, "machine": machine(), **asdict(part)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
