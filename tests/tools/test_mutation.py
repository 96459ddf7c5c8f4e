"""Mutation sampling: changes to the source, the tests that run them, and the report."""

import json
from pathlib import Path

import pytest
from coverage import CoverageData

from tools.mutation import baseline as measured
from tools.mutation.__main__ import Result, Verdict, judge, report, sample
from tools.mutation.baseline import Baseline
from tools.mutation.mutations import Mutation, is_valid, mutations

CHANGES: dict[str, tuple[str, list[str]]] = {
    "condition": ("if a:\n    b = 1", ["if (not (a)):\n    b = 1", "if a:\n    b = 2"]),
    "comparison": ("c = a < b", ["c = ((a) <= (b))"]),
    "chain of comparisons": ("c = 0 <= a < b", ["c = ((0) < (a) < b)", "c = 1 <= a < b"]),
    "membership": ("c = a in b", ["c = ((a) not in (b))"]),
    "boolean operator": ("c = a and b", ["c = ((a) or (b))"]),
    "arithmetic": ("c = a + b", ["c = ((a) - (b))"]),
    "statement": ("f(a)", ["pass"]),
    "yield": ("def f():\n    yield a", ["def f():\n    pass"]),
    "return": ("def f():\n    return a", ["def f():\n    return None"]),
    "return of None": ("def f():\n    return None", []),
    "return of a false value": ("def f():\n    return False", ["def f():\n    return True"]),
    "number": ("a = 1", ["a = 2"]),
    "boolean": ("a = True", ["a = False"]),
    "word": ('a = "ecs:RunTask"', ["a = 'ecs:RunTaskX'"]),
    "prose": ('a = "Remove it."', []),
    "docstring": ('def f():\n    """Word"""', []),
    "decorator": ("@property\ndef f(self): ...", ["\ndef f(self): ..."]),
    "cache": ("@cache\ndef f(): ...", []),
    "keyword argument": ("a = f(b=c, d=e)", ["a = f( d=e)", "a = f(b=c, )"]),
    "element": ("a = [b, c]", ["a = [ c]", "a = [b, ]"]),
    "element of one": ("a = [b]", []),
    "entry": ("a = {**b, c: d}", ["a = {**b, }"]),
    "target": ("a, b = c", []),
    "annotation": ("a: Literal[1] = b", []),
    "import": ("from a import b", []),
    "code for type checkers": ("if TYPE_CHECKING:\n    a = 1", []),
    "text that is not ASCII": ('a = "é", 1', ["a = \"é\", 2", 'a =  1', 'a = "é", ', "a = 'éX', 1"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "changed"), CHANGES.values(), ids=CHANGES)
def test_a_source_has_these_changes(source: str, changed: list[str]):
    found = [mutation.applied(source) for mutation in mutations("a.py", source) if is_valid(mutation, source)]
    assert sorted(found) == sorted(changed)


def test_a_change_keeps_the_line_numbers():
    source = "a = [\n    b,\n    f(\n        c=d,\n    ),\n]\ne = 1\n"
    found = mutations("a.py", source)
    assert len(found) == 4
    assert all(mutation.applied(source).count("\n") == source.count("\n") for mutation in found)
    assert sorted((mutation.line, mutation.end_line) for mutation in found) == [(2, 2), (3, 5), (4, 4), (7, 7)]


TESTS = """
from product import double, LIMIT
import pytest

def test_double(): assert double(2) == 4
def test_nothing(): double(2)
def test_limit(): assert LIMIT == 3
"""
PRODUCT = "LIMIT = 3\n\n\ndef double(a):\n    return a * 2\n\n\ndef unused():\n    return 1\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of a tree after its baseline: three tests of a module, one of which fails."""
    (tmp_path / "product.py").write_text(PRODUCT)
    (tmp_path / "test_product.py").write_text(TESTS)
    seconds = {f"test_product.py::test_{name}": 0.1 for name in ("double", "nothing", "limit", "broken")}
    (tmp_path / "durations.json").write_text(
        json.dumps({"seconds": seconds, "failed": ["test_product.py::test_broken"]})
    )
    data = CoverageData(str(tmp_path / ".coverage"))
    file = str(tmp_path / "product.py")
    for context, lines in (
        ("", [1, 4, 8]),
        ("test_product.py::test_double|run", [5]),
        ("test_product.py::test_nothing|run", [5]),
        ("test_product.py::test_broken|run", [5]),
    ):
        data.set_context(context)
        data.add_lines({file: lines})
    data.write()
    return tmp_path


def on_line(line: int) -> Mutation:
    return next(mutation for mutation in mutations("product.py", PRODUCT) if mutation.line == line)


def test_the_tests_of_a_change_are_those_that_run_its_line(tree: Path):
    baseline = Baseline(tree, ["."])
    ids = {line: [test.id for test in baseline.tests_of(on_line(line))] for line in (1, 5, 9)}
    of_function = ["test_product.py::test_double", "test_product.py::test_nothing"]
    assert ids == {1: of_function, 5: of_function, 9: []}


def test_a_default_of_a_function_runs_when_the_module_is_imported():
    found = mutations("a.py", "def f(a=1):\n    return g(2)\n")
    assert {mutation.old: mutation.in_function for mutation in found} == {"1": False, "return g(2)": True, "2": True}


def test_a_change_is_detected_if_a_test_fails(tree: Path):
    double, nothing = (measured.Test(f"test_product.py::test_{name}", 0.1) for name in ("double", "nothing"))
    verdicts = [judge(on_line(5), tests, tree).verdict for tests in ([nothing, double], [nothing], [])]
    assert verdicts == ["killed", "survived", "not covered"]
    assert (tree / "product.py").read_text() == PRODUCT


def test_a_sample_depends_on_its_seed_only(tree: Path):
    baseline = Baseline(tree, ["."])
    assert sample(baseline, 2, seed=1) == sample(baseline, 2, seed=1)
    assert len(sample(baseline, 100, seed=1)) == len(
        {(mutation.file, mutation.line) for mutation in sample(baseline, 100, seed=2)}
    )


def test_the_report_has_the_score_and_what_was_not_detected():
    verdicts: dict[int, Verdict] = {1: "killed", 5: "survived", 9: "timeout"}
    text = report([Result(on_line(line), verdict, 1, 1.0) for line, verdict in verdicts.items()], seed=7)
    assert "3 mutants (seed 7): 1 killed, 1 timed out, 1 survived, 0 not covered. Score: 66.7 %" in text
    assert text.splitlines()[-1].startswith("  product.py:5: ")
