"""The check of prose finds what its rules name, at the right line, in each kind of file."""

from pathlib import Path

import pytest

from tests import referees
from tools.prose.__main__ import ROOT, main
from tools.prose.check import Rule, check, check_file, files, read_rules
from tools.prose.passages import Kind, Passage, passages

RULES = read_rules().rules
MESSAGE = "Could not mend the launch"


def findings(text: str, kind: Kind = "prose") -> list[str]:
    return [use for _, _, use in check(Passage(1, text, kind))]


def kind_of(rule: Rule) -> Kind:
    return rule.at if rule.at in ("heading", "cell") else "prose"


@pytest.mark.parametrize("rule", RULES, ids=[rule.bad for rule in RULES])
def test_a_rule_finds_its_bad_example(rule: Rule):
    assert rule.use in findings(rule.bad, kind_of(rule))


@pytest.mark.parametrize("rule", RULES, ids=[rule.good for rule in RULES])
def test_no_rule_finds_a_good_example(rule: Rule):
    assert findings(rule.good, kind_of(rule)) == []


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("page.md", "# Page\n\nOne line, and a\nsecond that mends it.\n", 4),
        ("page.md", "- An item.\n- It mends\n  something.\n", 2),
        ("page.md", "| Key |\n|---|\n| It mends it |\n", 3),
        ("page.md", "Text.\n\n```sh\nmake up   # mends it\n```\n", 4),
        ("code.py", '"""Docstring.\n\nIt mends it.\n"""\n', 3),
        ("code.py", '"""Docstring.\n\n| Key |\n|---|\n| It mends it |\n"""\n', 5),
        ("code.py", "x = 1  # mends it\n", 1),
        ("code.py", "# One comment\n# that mends it\n", 2),
        ("code.py", f'print(\n    f"{MESSAGE} {{1}}"\n)\n', 2),
        ("code.py", f'print("""One\n{MESSAGE}""")\n', 2),
        ("code.py", f'print("""\\\nOne two three\n{MESSAGE}\n""")\n', 3),
        ("code.py", "class A:\n    b: int\n    '''It mends it.'''\n", 3),
        ("test_code.py", "def test_it_mends_it():\n    pass\n", 1),
        ("Makefile", "up: setup ## mend the stack\n", 1),
        ("Makefile", "up:\n\t@echo '==> Mend the stack'\n", 2),
        ("tool.sh", 'echo "Could not mend the stack"\n', 1),
        ("stack.yaml", "key: value # mends it\n", 1),
        ("action.yml", "description: This mends the stack\n", 1),
        ("pyproject.toml", "key = 1 # mends it\n", 1),
        ("index.ts", "const a = 1; // mends it\n", 1),
        ("Match.java", "// One\n// mends it\n", 2),
        ("picture.svg", "<svg>\n<title>It mends it</title></svg>\n", 2),
    ],
)
def test_a_finding_has_its_line_in_each_kind_of_file(tmp_path: Path, name: str, text: str, line: int):
    (tmp_path / name).write_text(text)
    assert [(found.line, found.use) for found in check_file(tmp_path / name, Path(name))] == [(line, "Write: fix.")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.md", "Set `mend` to a value.\n"),
        ("page.md", "```python\nmend = 1\n```\n"),
        ("page.md", "[A page](mend.md)\n"),
        ("page.md", '<a id="mend"></a>\n'),
        ("code.py", "mend = 'mend'\n"),
        ("code.py", 'print("""Use the key `mend` instead""")\n'),
        ("code.py", "help('Pass --anew to run it')\n"),
        ("code.py", "print('Could not mend the launch')  # prose: quoted\n"),
        ("code.py", "x = 1  # noqa: mend\n"),
        ("test_code.py", "def test_anew_starts_another_run():\n    pass\n"),
        ("stack.yaml", 'key: "a # mend"\n'),
        ("Makefile", "up:\n\t@mend $(mend)\n"),
        ("data.json", '{"description": "It mends it."}'),
    ],
)
def test_code_names_and_quoted_words_are_not_prose(tmp_path: Path, name: str, text: str):
    (tmp_path / name).write_text(text)
    assert check_file(tmp_path / name, Path(name)) == []


def test_string_literals_of_tests_are_data(tmp_path: Path):
    (tmp_path / "code.py").write_text(f'message = "{MESSAGE}"\n')
    assert len(check_file(tmp_path / "code.py", Path("ops/code.py"))) == 1
    assert check_file(tmp_path / "code.py", Path("tests/ops/code.py")) == []


def test_a_phrase_is_found_across_line_breaks_and_adjacent_literals(tmp_path: Path):
    (tmp_path / "code.py").write_text('print("The launch is given " "up after a while")\n# This is given\n# up.\n')
    assert [found.line for found in check_file(tmp_path / "code.py", Path("code.py"))] == [1, 2]


def test_long_sentences_and_chains_of_semicolons_are_found():
    short = "A task starts, and the group keeps its log."
    assert findings(" ".join([short] * 9)) == []
    assert "it has 36 words" in findings(" ".join(["word"] * 36))[0]
    assert findings(" ".join(["word"] * 35)) == []
    assert "semicolons" in findings("One; two; three.")[0]
    assert findings("One; two.") == []


def test_a_question_may_start_with_what():
    assert findings("What does it cost?") == []
    assert findings("What does it cost?", "heading") == []
    assert findings("What it costs.") != []


def test_passages_of_a_page_are_its_paragraphs_headings_and_cells(tmp_path: Path):
    (tmp_path / "page.md").write_text("# Title\nOne.\n\n- Two\n- Three\n\n| A | `b` |\n|---|---|\n| [C](d) | |\n")
    assert [(found.kind, found.text) for found in passages(tmp_path / "page.md")] == [
        ("heading", "Title"), ("prose", "One."), ("prose", "Two"), ("prose", "Three"), ("cell", "A"), ("cell", "C"),
    ]  # fmt: skip


def test_the_command_fails_on_findings_and_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    page = tmp_path / "page.md"
    page.write_text("It mends it.\n")
    assert main([str(page)]) == 1
    assert capsys.readouterr().out == f'{page}:1: "mends". Write: fix.\n'
    page.write_text("It fixes it.\n")
    assert main([str(page)]) == 0


def test_folders_of_tools_and_builds_are_skipped(tmp_path: Path):
    for name in (".venv/a.md", "node_modules/b.md", "docs/c.md"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("")
    assert [path.name for path in files(tmp_path)] == ["c.md"]


def test_enforced_and_excluded_paths_exist():
    rules = read_rules()
    for prefix in (*rules.enforced, *rules.excluded):
        assert prefix == "" or list(ROOT.glob(f"{prefix.rstrip('/')}*")), prefix


def test_the_enforced_paths_have_no_findings(capsys: pytest.CaptureFixture[str]):
    # `make test` has run the same as a part of `make lint`.
    referees.patient()
    main([])
    assert capsys.readouterr().out == ""
