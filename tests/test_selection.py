"""`make test` leaves out thorough tests. The rest must still notice a broken feature."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MARK = "pytest.mark.thorough"
FOLDERS = sorted({file.parent.relative_to(TESTS) for file in TESTS.rglob("test_*.py")})
LARGEST_SHARE = 0.03
"""The largest share of the functions outside of tests/engine that may be thorough. It was 0.02 in November 2026."""


def marks(file: Path) -> dict[str, bool]:
    """Whether each test of a file is thorough, by name. A class counts as one test."""
    module = ast.parse(file.read_text(encoding="utf-8"))
    whole = any(
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "pytestmark"
        and MARK in ast.unparse(node.value)
        for node in module.body
    )
    return {
        node.name: whole or any(ast.unparse(each) == MARK for each in node.decorator_list)
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name.startswith(("test_", "Test"))
    }


def all_tests(folder: Path, pattern: str) -> list[bool]:
    """Whether each test of the files that match is thorough."""
    return [thorough for file in folder.glob(pattern) for thorough in marks(file).values()]


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_each_folder_has_a_test_that_is_not_thorough(folder: Path):
    assert not all(all_tests(TESTS / folder, "test_*.py"))


def test_few_tests_are_thorough():
    engine = all_tests(TESTS / "engine", "test_*.py")
    found = all_tests(TESTS, "**/test_*.py")
    assert sum(found) - sum(engine) <= LARGEST_SHARE * (len(found) - len(engine))


def test_a_mark_of_a_test_and_of_a_file_is_found(tmp_path: Path):
    file = tmp_path / "test_file.py"
    file.write_text(f"@{MARK}\ndef test_a(): ...\ndef test_b(): ...\nclass TestC: ...\n")
    assert marks(file) == {"test_a": True, "test_b": False, "TestC": False}
    file.write_text(f"pytestmark = [pytest.mark.engine, {MARK}]\ndef test_a(): ...\n")
    assert marks(file) == {"test_a": True}


def test_make_test_leaves_out_thorough_tests_and_make_test_all_runs_them():
    makefile = (TESTS.parent / "Makefile").read_text(encoding="utf-8")
    assert makefile.count('thorough"') == 1
    assert '$(PYTEST) -m "not thorough" -r fEs' in makefile.split("\ntest:")[1].split("\n\n")[0]
