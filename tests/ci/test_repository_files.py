"""Files that hosts and editors read: the action, the pre-commit hook, issue forms, the development container."""

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import check_jsonschema
import pytest
from jsonschema.validators import validator_for

from config.yaml_files import read

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor"
FILES = {
    ROOT / "action.yml": "github-actions",
    ROOT / ".github/dependabot.yml": "dependabot",
    ROOT / ".github/ISSUE_TEMPLATE/bug.yml": "github-issue-forms",
    ROOT / ".github/ISSUE_TEMPLATE/feature.yml": "github-issue-forms",
    ROOT / ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
}
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]


def content(file: Path) -> Any:
    return read(file)


STEPS: dict[str, dict[str, Any]] = {
    step["name"]: step for step in content(ROOT / "action.yml")["runs"]["steps"] if "run" in step
}


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_file_matches_its_schema(file: Path):
    schema = json.loads((SCHEMAS / f"{FILES[file]}.json").read_text())
    validator_for(schema)(schema).validate(content(file))


def test_the_action_uses_the_same_actions_as_the_workflows():
    used = re.findall(r"uses: (\S+@[0-9a-f]{40} # v\S+)", (ROOT / "action.yml").read_text())
    assert used
    workflows = "".join(file.read_text() for file in (ROOT / ".github").rglob("*.yml"))
    assert [pin for pin in used if pin not in workflows] == []


def test_no_input_of_the_action_reaches_a_script_as_text():
    """GitHub: "Security hardening for GitHub Actions", "Using an intermediate environment variable"."""
    assert [name for name, step in STEPS.items() if "${{" in step["run"]] == []


def run_step(name: str, folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does (bash -eo pipefail), with a script in place of the installed command."""
    binary = folder / "scheduled-tasks" / "bin" / "scheduled-tasks"
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!/bin/sh\n{command}\n")
    binary.chmod(0o755)
    values = {"RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **environment}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
        env={"PATH": os.environ["PATH"], **values}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("code", [0, 1])
def test_a_review_is_in_the_summary_even_if_it_fails(tmp_path: Path, code: int):
    done = run_step("Review", tmp_path, f'echo "$@"; exit {code}', DIRECTORY="jobs", BASE="origin/main")
    assert done.returncode == code
    assert (tmp_path / "summary.md").read_text() == "-C jobs review --base origin/main\n"


@pytest.mark.parametrize("code", [0, 1])
def test_an_invalid_configuration_fails_the_action(tmp_path: Path, code: int):
    done = run_step("Configuration of every stack", tmp_path, f'echo "$@"; exit {code}', DIRECTORY="a b")
    assert (done.returncode, done.stdout) == (code, "-C a b check --format github\n")


def test_forks_get_no_comment():
    assert "github.event.pull_request.head.repo.full_name == github.repository" in STEPS["Comment"]["if"]


def test_the_hook_runs_the_command_for_the_files_that_it_reads():
    [hook] = content(ROOT / ".pre-commit-hooks.yaml")
    assert hook["entry"].split()[0] in SCRIPTS
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    for file in (
        "Pulumi.yaml",
        "Pulumi.prod.yaml",
        "Pulumi.a.b.yml",
        "config/tasks/etl.yaml",
        "infra/jobs/Pulumi.dev.yaml",
        "infra/config/tasks/sub/etl.yml",
    ):
        assert re.search(hook["files"], file), file
    for file in ("README.md", "config/schema.json", "Pulumi.dev.yaml.bak", "docs/tasks/etl.yaml", "xPulumi.yaml"):
        assert not re.search(hook["files"], file), file


def test_the_hook_reads_the_files_of_this_repository():
    [hook] = content(ROOT / ".pre-commit-hooks.yaml")
    files = [*ROOT.glob("Pulumi*.yaml"), *(ROOT / "config" / "tasks").glob("*.yaml")]
    assert len(files) > 5
    assert [file for file in files if not re.search(hook["files"], file.relative_to(ROOT).as_posix())] == []


def test_the_development_container_has_what_tests_need():
    found = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert found["image"].rpartition(":")[2] in {"3.11", "3.12", "3.13"}
    target = found["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_editors_find_the_schemas():
    settings = json.loads((ROOT / ".vscode/settings.json").read_text())
    schema = json.loads((ROOT / "config/schema.json").read_text())
    for reference, pattern in settings["yaml.schemas"].items():
        file, _, pointer = reference.partition("#/$defs/")
        assert (ROOT / file).samefile(ROOT / "config/schema.json")
        assert pointer in schema["$defs"]
        assert list(ROOT.glob(pattern))


def test_pages_of_the_registry_name_components_of_the_schema():
    schema = json.loads((ROOT / "plugin/schema.json").read_text())
    text = (ROOT / "docs/_index.md").read_text()
    named = re.findall(r"type: (\S+)", text)
    assert set(named) == set(schema["resources"])
    assert schema["name"] in text
