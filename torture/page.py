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
    blocks = [_INTRODUCTION, *(_block(section, results[name]) for name, section in sections.items()), _REPEAT]
    return "\n\n".join(block.strip() for block in blocks) + "\n"


def _block(section: Section, result: Mapping[str, Any]) -> str:
    tables = [
        _outcomes(result["trials"]),
        _figures(result["figures"]) if result["figures"] else "",
    ]
    return "\n\n".join(part.strip() for part in (f"## {section.title}", section.text, *tables, section.after) if part)


def _outcomes(trials: Sequence[Mapping[str, Any]]) -> str:
    """The number of all trials, and a table of the kinds that did not all survive."""
    if not trials:
        return ""
    tried, survived = (sum(trial[which] for trial in trials) for which in ("tried", "survived"))
    summary = f"**{survived:,} of {tried:,} survived.**"
    failed = [trial for trial in trials if trial["survived"] < trial["tried"]]
    return f"{summary}\n\n{table(('Trial', 'Tried', 'Survived', 'The rest'), _trials(failed))}" if failed else summary


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

This page shows how the product behaves if a process is killed, AWS answers wrongly, or an input is hostile. No trial
ran in an AWS account.
"""

_REPEAT = """\
## Running the trials

```sh
make torture
make torture PARTS="lease letters"   # selected parts
```

This updates `torture/results/`, which has the trials of each kind. `make docs` then generates this page.
"""


if __name__ == "__main__":
    FILE.write_text(text(read()), encoding="utf-8")
