"""The CI files for GitHub and GitLab: linters and schemas, and this project's own rules."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import check_jsonschema
import pytest
from jsonschema.validators import validator_for

from config.yaml_files import read
from tests import referees

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
SCHEMAS = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor"
FILES = {
    **dict.fromkeys([*WORKFLOWS, ROOT / "ci" / "board.yml"], "github-workflows"),
    GITHUB / "actions" / "ready" / "action.yml": "github-actions",
    ROOT / ".gitlab-ci.yml": "gitlab-ci",
}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scheduled-tasks"
PIN = re.compile(r"uses: (?P<action>[\w-]+/[\w-]+)@(?P<commit>[0-9a-f]{40}) # v\d+\.\d+\.\d+")


def content(file: Path) -> dict[str, Any]:
    found: Any = read(file)
    return found


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    return content(file)["jobs"]


def test_actionlint_finds_nothing():
    versions = sorted(CACHE.glob("actionlint-*/actionlint"))
    if not versions:
        referees.missing("actionlint", "To get it, run: make actionlint (needs Go)")
    done = subprocess.run([str(versions[-1]), "-no-color"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_file_matches_its_schema(file: Path):
    schema = json.loads((SCHEMAS / f"{FILES[file]}.json").read_text())
    validator_for(schema)(schema).validate(content(file))


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_scripts_are_executable(file: Path):
    for script in set(re.findall(r"ci/\w+\.sh", file.read_text())):
        assert os.access(ROOT / script, os.X_OK), script


def test_actions_are_pinned_to_a_commit_with_its_version():
    commits: dict[str, set[str]] = {}
    for file in GITHUB.rglob("*.yml"):
        for line in file.read_text().splitlines():
            if "uses:" in line and "uses: ./" not in line:
                pin = PIN.search(line)
                assert pin, f"{file.name}: {line.strip()}"
                commits.setdefault(pin["action"], set()).add(pin["commit"])
    assert len(commits) >= 5
    assert {action: found for action, found in commits.items() if len(found) != 1} == {}


@pytest.mark.parametrize("file", WORKFLOWS, ids=[file.name for file in WORKFLOWS])
def test_a_job_has_minimal_permissions_and_a_timeout(file: Path):
    assert content(file)["permissions"] == {}
    allowed = {"contents": "read", "id-token": "write", "pull-requests": "write", "issues": "write"}
    for job in jobs(file).values():
        assert job["permissions"].items() <= allowed.items()
        assert "timeout-minutes" in job
        writes = job["permissions"].keys() - {"contents", "id-token"}
        assumes_a_role = any(step.get("uses") == "./.github/actions/ready" for step in job["steps"])
        assert ("id-token" in job["permissions"]) is assumes_a_role
        assert not (writes and assumes_a_role), "a job that runs code of a pull request must not write"


def test_code_of_forks_never_runs_with_secrets():
    for file in WORKFLOWS:
        assert "pull_request_target" not in file.read_text()
    for job in jobs(GITHUB / "workflows" / "pull-request.yml").values():
        if "id-token" in job["permissions"] or "secrets." in json.dumps(job):
            assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]


def test_jobs_do_not_keep_git_credentials():
    for file in WORKFLOWS:
        for job in jobs(file).values():
            checkout = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout"))
            assert checkout["with"]["persist-credentials"] is False


def test_prod_follows_dev_and_needs_approval():
    deploy = jobs(GITHUB / "workflows" / "deploy.yml")
    assert (deploy["dev"]["needs"], deploy["prod"]["needs"]) == ("test", "dev")
    assert (deploy["dev"]["environment"], deploy["prod"]["environment"]) == ("dev", "prod")
    gitlab = content(ROOT / ".gitlab-ci.yml")
    assert gitlab["deploy-prod"]["needs"] == ["deploy-dev"]
    assert gitlab["deploy-prod"]["rules"][0]["when"] == "manual"


@pytest.mark.parametrize("script", sorted((ROOT / "ci").glob("*.sh")), ids=lambda path: path.name)
def test_a_script_stops_at_the_first_failure(script: Path):
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n# ")
    assert "\nset -euo pipefail\n" in text
    if bash := shutil.which("bash"):
        subprocess.run([bash, "-n", str(script)], check=True)


def promised() -> list[str]:
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    return [line.rsplit(" ", 1)[1] for line in classifiers if re.search(r":: 3\.\d+$", line)]


@pytest.mark.parametrize("file", ["pull-request.yml", "deploy.yml"])
def test_every_promised_version_of_python_runs_the_tests_and_the_wheel(file: str):
    job = jobs(GITHUB / "workflows" / file)["test"]
    matrix = job["strategy"]["matrix"]["include"]
    assert [entry["python"] for entry in matrix] == promised()
    assert [entry["target"] for entry in matrix].count("test-all") == 1
    assert [step["run"] for step in job["steps"] if "run" in step] == ['make "$TARGET"', "make wheel-test"]
    assert job["steps"][2]["env"] == {"TARGET": "${{ matrix.target }}"}
    [setup] = [step for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert setup["with"]["python-version"] == "${{ matrix.python }}"


def test_gitlab_runs_the_tests_and_the_wheel_on_every_promised_version_of_python():
    gitlab = content(ROOT / ".gitlab-ci.yml")
    assert gitlab["test"]["parallel"]["matrix"] == [{"VERSION": promised()}]
    assert gitlab["test"]["image"] == "python:$VERSION"
    assert gitlab["test"]["script"] == ["make test", "make wheel-test"]
    assert gitlab["test-all"]["script"] == ["make test-all"]
