"""docs/reliability.md, generated from the results of `make torture`.

`python -m torture.page` writes it. A test fails if it is stale.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ops.markdown_tables import table

from .sections import SECTIONS
from .trials import Section, read

FILE = Path(__file__).parents[1] / "docs" / "reliability.md"
Results = Mapping[str, Mapping[str, Any]]


def text(results: Results, sections: Mapping[str, Section] = SECTIONS) -> str:
    """Generate the page."""
    rows = [_row(section, results[name]["trials"]) for name, section in sections.items()]
    summary = table(("Trial", "Test", "Survived"), rows)
    details = [_details(section, results[name]) for name, section in sections.items()]
    blocks = [_INTRODUCTION, summary, *filter(None, details), _REPEAT]
    return "\n\n".join(block.strip() for block in blocks) + "\n"


def _row(section: Section, trials: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    tried, survived = (sum(trial[which] for trial in trials) for which in ("tried", "survived"))
    return section.title, " ".join(section.text.split()), f"{survived:,} of {tried:,}"


def _details(section: Section, result: Mapping[str, Any]) -> str:
    """The trials that did not survive, the measured values and the notes of a section, if it has any."""
    failed = [trial for trial in result["trials"] if trial["survived"] < trial["tried"]]
    parts = [
        table(("Trial", "Tried", "Survived", "The rest"), _trials(failed)) if failed else "",
        _figures(result["figures"]) if result["figures"] else "",
        section.after,
    ]
    found = [part.strip() for part in parts if part]
    return "\n\n".join([f"## {section.title}", *found]) if found else ""


def _trials(trials: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ...]]:
    for trial in trials:
        yield trial["what"], f"{trial['tried']:,}", f"{trial['survived']:,}", trial["rest"]


def _figures(figures: Iterable[Mapping[str, Any]]) -> str:
    """One row per measured value, one column per count."""
    rows: dict[str, dict[int, str]] = {}
    for figure in figures:
        rows.setdefault(figure["what"], {})[figure["tasks"]] = f"{figure['ours']:.3g} {figure['unit']}"
    counts = sorted({count for row in rows.values() for count in row})
    heading = ("Measured", *(f"{count:,}" for count in counts))
    return table(heading, ((what, *(row.get(count, "") for count in counts)) for what, row in rows.items()))


_INTRODUCTION = """\
# Reliability

The behavior if a process is killed, AWS answers wrongly, or an input is hostile. No trial ran in an AWS account.
"""

_REPEAT = """\
To repeat the trials, run `make torture`, or parts: `make torture PARTS="lease letters"`.
"""


if __name__ == "__main__":
    FILE.write_text(text(read()), encoding="utf-8")
