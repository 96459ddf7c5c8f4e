"""Figures: tables, files and growth."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.figures import Figure, Part, exponent, growth, table, write


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_exponent_of_a_power(power: float):
    assert exponent([(count, 3 * count**power) for count in (10, 100, 1000)]) == pytest.approx(power)


def test_an_exponent_needs_two_counts():
    with pytest.raises(ValueError, match="two counts"):
        exponent([(10, 1), (10, 2)])


FIGURES = [
    Figure("program", 10, "s", 5, {"bare": 5}),
    Figure("program", 100, "s", 1, {"bare": 1}),
    Figure("program", 1000, "s", 10, {"bare": 100}),
    Figure("import", 0, "s", 1.2, {"bare": 1}),
    Figure("peak memory", 100, "MB", 100),
    Figure("peak memory", 1000, "MB", 100),
]


def test_growth_covers_times_at_several_large_counts():
    assert growth(FIGURES) == {"program": {"ours": 1, "bare": 2}}


def test_a_table_compares_figures():
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table("some", Part(FIGURES)))
    lines = [" ".join(line.replace("│", " ").split()) for line in captured.get().splitlines()]
    assert "program 1000 10 s 100 (x 0.10)" in lines
    assert "import 1.2 s 1 (x 1.20)" in lines
    assert "program: exponent 1 2" in lines


def test_a_part_replaces_its_earlier_figures(tmp_path: Path):
    file = tmp_path / "results.json"
    write("one", Part([FIGURES[0]]), 0.1, file)
    write("two", Part([], skipped="there is no Node"), 0.1, file)
    write("one", Part(FIGURES[1:3]), 0.2, file)
    write("one", Part([], skipped="there is no Node"), 0.3, file)
    found = json.loads(file.read_text())
    assert list(found) == ["one", "two"]
    assert [figure["tasks"] for figure in found["one"]["figures"]] == [100, 1000]
    assert (found["one"]["load_before"], found["one"]["growth"]) == (0.2, {"program": {"ours": 1, "bare": 2}})
    assert found["two"]["skipped"] == "there is no Node"
    assert found["one"]["machine"]["cores"] >= 1


def test_the_page_names_the_rate_of_registering_task_definitions():
    """20 at once, then 1 per second (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html,
    "Task definition modify actions"). Tag modify actions: 20 at once, then 10 per second."""
    page = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
    assert "| `RegisterTaskDefinition` and `DeregisterTaskDefinition` together | 20 | 1 |" in page
    assert "| `TagResource` and `UntagResource` of ECS | 20 | 10 |" in page
    assert "at least 16 minutes" in page
