"""The formats of `scheduled-tasks check`, and the files that no stack reads."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from config import text_files, yaml_files
from tests.ops.conftest import Ops, ops

__all__ = ["ops"]
TASKS = "  catalogue: [shared]\n  tasks:\n    a:\n      image: a\n      schedule: rate(1 day)\n      memroy: 4\n"
SHARED = "image: a\nschedule: cron(0 3 * * * *)\ncount: 11\n"


@pytest.fixture
def faulty(project: Path) -> Path:
    """Stacks `one` and `two` select a shared task with two problems. Stack `one` has a problem of its own."""
    (project / "Pulumi.test.yaml").unlink()
    (project / "Pulumi.one.yaml").write_text("config:\n" + TASKS)
    (project / "Pulumi.two.yaml").write_text("config:\n  catalogue: [shared]\n")
    (project / "config" / "tasks" / "shared.yaml").write_text(SHARED)
    return project


PLACES = [
    ("Pulumi.one.yaml", 7, 7, ["one"]),
    ("config/tasks/shared.yaml", 2, 1, ["one", "two"]),
    ("config/tasks/shared.yaml", 3, 1, ["one", "two"]),
]


def test_text_has_one_paragraph_per_stack(faulty: Path, ops: Ops):
    result = ops("check")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "Configuration of stack one: 3 problems"
    assert lines[1] == '  - Pulumi.one.yaml:7:7: tasks.a.memroy: unknown key. Did you mean "memory"?'
    assert "Configuration of stack two: 2 problems" in lines
    assert ops("check", "--format", "text").output == result.output


def test_json_has_each_finding_once(faulty: Path, ops: Ops):
    result = ops("check", "--format", "json")
    assert result.exit_code == 1
    data = json.loads(result.output)
    assert data["stacks"] == [
        {"stack": "one", "tasks": 0, "errors": 3, "warnings": 0},
        {"stack": "two", "tasks": 0, "errors": 2, "warnings": 0},
    ]
    found = [(entry["file"], entry["line"], entry["column"], entry["stacks"]) for entry in data["findings"]]
    assert found == PLACES
    assert data["findings"][0]["severity"] == "error"
    assert data["findings"][0]["path"] == "tasks.a.memroy"
    assert data["findings"][0]["message"] == 'unknown key. Did you mean "memory"?'


def test_github_has_a_command_per_finding(faulty: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions"""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(faulty.parent))
    result = ops("check", "--format", "github")
    assert result.exit_code == 1
    first, second, third = result.output.splitlines()
    assert first == (
        f"::error file={faulty.name}/Pulumi.one.yaml,line=7,col=7,title=Stack one::tasks.a.memroy: unknown key. Did "
        'you mean "memory"?'
    )
    start = f"::error file={faulty.name}/config/tasks/shared.yaml,line=2,col=1,title=Stack one%2C two::tasks.shared.schedule: "
    assert second.startswith(start)
    # The message has several lines, and a command has one.
    assert "%0A" in second
    assert third.startswith(f"::error file={faulty.name}/config/tasks/shared.yaml,line=3,col=1,")


def test_github_escapes_percent_signs(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project))
    (project / "Pulumi.test.yaml").write_text('config: {cluster: "100%"}\n')
    result = ops("check", "--format", "github")
    assert '::cluster: "100%25" is not a cluster.' in result.output
    assert "file=Pulumi.test.yaml," in result.output


REQUIRED = {"": {"version", "runs"}, "run": {"tool", "results"}, "driver": {"name"}, "result": {"message"}}
"""SARIF 2.1.0, 3.13 to 3.27: the properties that must be present, and those without which results say nothing."""


def test_sarif_is_complete(faulty: Path, ops: Ops):
    result = ops("check", "--format", "sarif")
    assert result.exit_code == 1
    log: Mapping[str, Any] = json.loads(result.output)
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert log.keys() >= REQUIRED[""]
    assert run.keys() >= REQUIRED["run"]
    assert driver.keys() >= REQUIRED["driver"]
    assert log["version"] == "2.1.0"
    assert run["columnKind"] == "unicodeCodePoints"
    places: list[tuple[str, int, int, list[str]]] = []
    for entry in run["results"]:
        assert entry.keys() >= REQUIRED["result"]
        assert driver["rules"][entry["ruleIndex"]]["id"] == entry["ruleId"]
        assert driver["rules"][entry["ruleIndex"]]["defaultConfiguration"]["level"] == entry["level"] == "error"
        [location] = entry["locations"]
        physical = location["physicalLocation"]
        region = physical["region"]
        uri = physical["artifactLocation"]["uri"]
        places.append((uri, region["startLine"], region["startColumn"], entry["properties"]["stacks"]))
    assert places == PLACES


def test_sarif_gives_each_result_a_line(project: Path, ops: Ops):
    """GitHub requires region.startLine. A missing key of the stack has no line."""
    result = ops("check", "--format", "sarif")
    assert result.exit_code == 0
    [run] = json.loads(result.output)["runs"]
    assert {entry["level"] for entry in run["results"]} == {"warning"}
    assert all(entry["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1 for entry in run["results"])
    assert "Pulumi.test.yaml" in {
        entry["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for entry in run["results"]
    }


@pytest.mark.parametrize("format_", ["json", "github", "sarif"])
def test_valid_configuration_exits_with_0(project: Path, ops: Ops, format_: str):
    assert ops("check", "--format", format_).exit_code == 0


def test_unreadable_stack_file_has_a_place(project: Path, ops: Ops):
    (project / "Pulumi.test.yaml").write_text("config:\n  a: [\n")
    [found] = json.loads(ops("check", "--format", "json").output)["findings"]
    assert (found["file"], found["line"], found["column"]) == ("Pulumi.test.yaml", 3, 1)


def test_shared_task_that_no_stack_selects_is_validated(project: Path, ops: Ops):
    (project / "config" / "tasks" / "new.yaml").write_text("image: a b\nschedule: rate(1 day)\nmemroy: 4\n")
    (project / "config" / "tasks" / "base.yaml").write_text("cpu: 256\n")
    result = ops("check")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    start = lines.index("Files of no stack: 2 problems")
    assert lines[start + 1].startswith('  - config/tasks/new.yaml:1:1: tasks.new.image: "a b" is not an image')
    assert lines[start + 2] == '  - config/tasks/new.yaml:3:1: tasks.new.memroy: unknown key. Did you mean "memory"?'
    assert lines[start + 3] == "Files of no stack: 2 warnings."
    message = "no stack selects this shared task, so it never runs."
    assert lines[start + 4].startswith(f"  - config/tasks/base.yaml:1:1: tasks.base: {message}")
    assert lines[start + 5].startswith(f"  - config/tasks/new.yaml:1:1: tasks.new: {message}")
    assert ops("check", "--stack", "test").exit_code == 0


def test_shared_task_that_one_stack_selects_is_no_warning(project: Path, ops: Ops):
    (project / "config" / "tasks" / "new.yaml").write_text("image: a\nschedule: rate(1 day)\n")
    (project / "Pulumi.other.yaml").write_text("config: {catalogue: [new]}\n")
    result = ops("check")
    assert result.exit_code == 0
    assert "no stack selects" not in result.output


def test_stack_file_with_another_ending_is_an_error(project: Path, ops: Ops):
    (project / "Pulumi.prod.yml").write_text("config: {}\n")
    result = ops("check")
    assert result.exit_code == 1
    assert (
        "Files of no stack: 1 problem\n  - Pulumi.prod.yml: is not read, because its name does not end in .yaml. "
        "Rename it to Pulumi.prod.yaml.\n"
    ) in result.output


def test_stack_whose_name_contains_a_dot_is_checked(project: Path, ops: Ops):
    (project / "Pulumi.test.yaml").rename(project / "Pulumi.eu.prod.yaml")
    result = ops("check")
    assert result.exit_code == 0
    assert "Stack eu.prod: 4 tasks" in result.output


def test_each_list_of_known_keys_is_in_a_report_once(project: Path, ops: Ops):
    (project / "Pulumi.test.yaml").write_text(
        "config:\n  catalogue: false\n  tasks:\n"
        "    a: {image: a, schedule: rate(1 day), qqqq: 1, zzzz: 2, memroy: 3, retry: {xxxx: 1}}\n"
    )
    output = ops("check").output
    assert output.count("Known keys: after, architecture, ") == 1
    assert output.count("Known keys: attempts and maxAge.") == 1
    assert output.count("unknown key.") == 4


def test_each_file_is_read_once(faulty: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    read = Counter[str]()

    def counted(path: Path) -> str:
        read[path.name] += 1
        return text_files.read_text(path)

    monkeypatch.setattr(yaml_files, "read_text", counted)
    assert ops("check").exit_code == 1
    assert {read[name] for name in ("Pulumi.one.yaml", "Pulumi.two.yaml", "shared.yaml")} == {1}
