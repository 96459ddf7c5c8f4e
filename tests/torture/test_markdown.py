"""Hostile names and values in reviews, rendered with GitHub's renderer: a few trials, and any text that hypothesis finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.text import visible
from ops import markdown_text
from ops.review import markdown as page_module
from ops.review import permission_text, preview_text, task_text, values
from torture import markdown
from torture.markdown import KINDS, block_problem, failures, measure, span_problem
from torture.markdown.rendering import markup, rendered
from torture.markdown.values import FRAGMENTS

ANY = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=5).map("".join)


@given(ANY)
def test_any_value_is_shown_as_it_is(value: str):
    assert span_problem(value) == ""
    assert block_problem(value) == ""


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=ascii)
def test_each_fragment_is_shown_as_it_is(fragment: str):
    for value in (fragment, f"a {fragment} b", fragment * 2):
        assert span_problem(value) == ""
        assert block_problem(value) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_some_trials_of_each_kind_survive(kind: str):
    assert list(failures(kind, 150, seed=2)) == []


def test_a_measurement_counts_its_trials():
    part = measure(10, 1, lambda _: None)
    assert [(trial.tried, trial.survived) for trial in part.trials] == [(10, 10), (10, 10), (2, 2)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Stack [x](https://evil.example)", "tags: a"),
        ("Stack www.evil.example", "tags: a"),
        ("Stack me@evil.example", "tags: a"),
        ("Stack <https://evil.example>", "tags: a"),
        ("Stack ![x](y.png)", "tags: img"),
        ("Stack <img src=x>", "tags: img"),
        ("Stack `a\n\n# b `", "tags: h1"),
        ("Stack ~~a~~", "tags: del"),
        ("- [x] Stack", "tags: input"),
        ("Stack[^1]\n\n[^1]: a", "tags: a, ol, section, sup"),
        ("Stack <code id=x>", "HTML: code id=x"),
        ("Stack <!-- a -->", "HTML: comment  a "),
        ("Stack @org/team", "mention: @o"),
        # The backslash and the entity are gone when GitHub looks for mentions.
        (r"Stack \@octocat", "mention: @o"),
        ("Stack &#64;octocat", "mention: @o"),
        (r"Stack \#12", "reference to an issue: #1"),
        ("Stack GH-1", "reference to an issue: GH-1"),
        ("Stack org/repo#1", "reference to an issue: #1"),
        ("Stack deadbeef", "commit: deadbeef"),
        ("Stack :x:", "emoji: :x:"),
        ("Stack $math$", "formula: $math$"),
        ("Stack &lt;b&gt;", "HTML: <"),
        ("Stack `@org/team` costs $7.30 → $3.96 at 03:00-03:30", ""),
    ],
)
def test_the_referee_finds_markup(text: str, found: str):
    """GitHub turns these into something else than text."""
    assert markup(rendered(text)) == found


MISTAKES = {
    "no code": visible,
    "a fence of fixed length": lambda text: f"`{visible(text)}`",
    "backslashes": lambda text: "".join(
        rf"\{character}" if not character.isalnum() else character for character in visible(text)
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_trials_find_values_that_are_not_escaped(mistake: str, monkeypatch: pytest.MonkeyPatch):
    for module in (markdown, page_module, permission_text, preview_text, task_text, values):
        monkeypatch.setattr(module, "code", MISTAKES[mistake])
    for kind in ("span", "page"):
        assert len(list(failures(kind, 40, seed=1))) > 5


def test_trials_find_a_block_that_ends_too_early(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(markdown, "block", lambda text: f"```\n{visible(text)}\n```")
    monkeypatch.setattr(markdown, "words", visible)
    assert len(list(failures("block", 40, seed=1))) > 5


def test_plain_words_stay_words():
    for text in (
        "at 03:00 every day (Europe/Berlin)",
        "~Wed 2026-11-25 03:00-03:15 CET",
        "at minute 5 of every hour (America/New_York)",
    ):
        assert markdown_text.words(text) == text
    for text in ("GH-1", "deadbeef", "a  b", "a\nb", ":100:", "@a", "1. a", "www.a.de", ""):
        assert markdown_text.words(text).startswith("`")
