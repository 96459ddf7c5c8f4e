"""Trials: their counts, their results in a file, and the page."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.figures import Figure
from torture import __main__, page
from torture.sections import SECTIONS
from torture.trials import Part, Section, Trial, read, write


@pytest.mark.parametrize(("tried", "survived", "rest"), [(2, 3, "why"), (2, -1, "why"), (2, 1, "")])
def test_a_trial_explains_what_did_not_survive(tried: int, survived: int, rest: str):
    with pytest.raises(ValueError, match="survive"):
        Trial("kills", tried, survived, rest)


def test_a_part_replaces_its_earlier_results(tmp_path: Path):
    for tried in (1, 2):
        write("kills", Part([Trial("engine", tried, tried)]), 1, tmp_path / "results")
    found = json.loads((tmp_path / "results" / "kills.json").read_text())
    assert [trial["tried"] for trial in found["trials"]] == [2]
    assert found["machine"]["cores"] >= 1


def part(survived: int) -> Section:
    figures = [Figure("check", 10, "s", 0.51), Figure("check", 1000, "s", 1.2)]
    results = Part([Trial("engine", 3, survived, "one is open")], figures)
    return Section("Kills", "What is tried.", lambda *_: results, 3, after="What is open.")


@pytest.mark.parametrize(("survived", "code"), [(3, 0), (2, 1)])
def test_the_command_fails_if_a_trial_did_not_survive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived: int, code: int
):
    import typer

    monkeypatch.setitem(SECTIONS, "some", part(survived))
    application = typer.Typer()
    application.command()(__main__.main)
    result = CliRunner().invoke(application, ["some", "--results", str(tmp_path)])
    assert result.exit_code == code
    assert read(tmp_path)["some"]["trials"][0]["survived"] == survived


def test_a_page_has_trials_and_figures():
    results = {"some": {"trials": [{"what": "engine", "tried": 1200, "survived": 3, "rest": "one is open"}],
                        "figures": [{"what": "check", "tasks": n, "unit": "s", "ours": n / 10} for n in (10, 1000)]}}  # fmt: skip
    made = page.text(results, {"some": part(3)})
    assert "| engine | 1,200 | 3 | one is open |" in made
    assert "| Measured | 10 | 1,000 |" in made
    assert made.index("What is tried.") < made.index("engine") < made.index("What is open.")


def test_all_sections_have_results():
    assert set(read()) == set(SECTIONS)


def test_the_page_is_current():
    assert page.FILE.read_text(encoding="utf-8") == page.text(read()), "Stale. Run `make docs`."
