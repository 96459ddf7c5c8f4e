"""Bounds of counts: how many tasks, problems and suggestions a command works on. The literals are in docs/limits.md."""

import difflib
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from components import problems
from components.checks import groups
from components.resolver import resolve_group
from config import yaml_files
from config.shared_files import shared_files
from tests.config.conftest import Refused

JOB = {"image": "a", "schedule": "rate(1 day)"}


def test_values_of_all_tasks_with_their_defaults(refused: Refused):
    # 27 tasks with 19,000 values each have more than 500,000.
    defaults = {"command": ["a"] * 19_000}
    found = refused(defaults=defaults, tasks={f"t{n:02}": JOB for n in range(30)})
    assert "tasks: have more than 500,000 keys and values with their defaults. Split them into stacks." in found
    # The shared task, and 25 of the stack. Each is too large by itself.
    assert sum("makes a task definition of" in problem for problem in found) == 26


def test_loading_ends_after_many_different_problems(refused: Refused):
    # Each task has 20 different problems, and one more that all have: the number of its other unknown keys.
    unknown = {f"t{n:03}": {**JOB, **{f"x{n}-{key}": 1 for key in range(21)}} for n in range(300)}
    found = refused(tasks=unknown)
    [last] = [problem for problem in found if problem.startswith("tasks:")]
    # 250 tasks and the shared one have 5,001 different problems.
    assert last == "tasks: 50 more tasks are not checked, because there are many problems. Fix these first."
    assert len(found) == 250 * 21 + 1


def test_the_same_problem_in_many_tasks_does_not_end_loading(refused: Refused):
    found = refused(defaults={f"x{key}": 1 for key in range(20)}, tasks={f"t{n}": JOB for n in range(260)})
    assert len(found) == 261 * 20


def test_files_and_folders_of_shared_tasks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def walk(folder: Path) -> Any:
        yield str(folder), [], [f"t{n}.yaml" for n in range(30_000)]

    monkeypatch.setattr(os, "walk", walk)
    found = shared_files(tmp_path)
    assert len(found.files) == 20_000
    [(path, message)] = found.passed_over
    assert (path, message.split(",")[0]) == (tmp_path, "contains more than 20")


def test_flaws_and_ambiguous_values_of_a_file(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_text("image: a\n" * 50_000 + "b: [" + "yes, " * 2000 + "]")
    found = yaml_files.document(path)
    assert len(found.flaws) == 101
    assert found.flaws[-1].message == "there are more problems of this kind. Fix these first."
    assert len(found.ambiguous) == 1000


def test_only_the_first_unknown_names_have_a_suggestion(catalogue: Path, refused: Refused):
    (catalogue / "nightly.yaml").write_text("{image: a, schedule: rate(1 day)}")
    found = refused(tasks={f"nightly{n}": {"memory": 512} for n in range(50)})
    assert sum('Did you mean "nightly"?' in problem for problem in found) == 20


def test_a_suggestion_for_the_same_mistake_is_found_once(monkeypatch: pytest.MonkeyPatch):
    calls = Counter[str]()
    close = difflib.get_close_matches

    def counted(word: str, *rest: Any, **options: Any) -> list[str]:
        calls[word] += 1
        return close(word, *rest, **options)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    for _ in range(1000):
        assert problems.closest("tiemzone", ["timezone", "memory"]) == "timezone"
    assert calls == {"tiemzone": 1}
    for number in range(5000):
        problems.closest(f"x{number}", ["memory"])
    problems.closest("tiemzone", ["timezone", "memory"])
    # The cache has an end.
    assert calls["tiemzone"] == 2


def test_recipients_are_compared_in_linear_time():
    compared = 0

    class Email(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, str(other))

        __hash__ = str.__hash__

    emails = [Email(f"a{n}@example.com") for n in range(1000)]
    group = resolve_group({"notify": {"emails": [*emails, "a1@example.com"]}})
    [problem] = groups.notify.find(group)
    assert problem.path == ("notify", "emails", 1000)
    assert compared < 1000
