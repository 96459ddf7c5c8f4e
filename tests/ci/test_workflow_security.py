"""The security of the workflows: a linter, this project's own rules, and flaws that one of them must find."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.yaml_files import read
from tests.ci import gitlab_rules
from tests.ci.workflow_rules import flaws

ROOT = Path(__file__).parents[2]
ZIZMOR = Path(sys.executable).with_name("zizmor")


def linted(project: Path) -> list[str]:
    """The names of zizmor's findings. https://docs.zizmor.sh/audits"""
    done = subprocess.run(
        [str(ZIZMOR), "--offline", "--no-progress", "--quiet", "--strict-collection", "--format", "json", "--config",
         str(ROOT / "zizmor.yml"), str(project / ".github")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return [finding["ident"] for finding in json.loads(done.stdout)]


def own(project: Path) -> list[str]:
    """The findings of this project's rules."""
    github = project / ".github"
    workflows: dict[str, Any] = {file.name: read(file) for file in sorted((github / "workflows").glob("*.yml"))}
    actions: dict[str, Any] = {
        f"./.github/actions/{file.parent.name}": read(file) for file in (github / "actions").rglob("action.yml")
    }
    return flaws(workflows, actions)


def test_the_linter_finds_nothing():
    assert linted(ROOT) == []


def test_the_rules_find_nothing():
    assert own(ROOT) == []


PULL_REQUEST, DEPLOY, DRIFT, ACTION = (
    ".github/workflows/pull-request.yml",
    ".github/workflows/deploy.yml",
    ".github/workflows/drift.yml",
    ".github/actions/ready/action.yml",
)
FORK = " &&\n      github.event.pull_request.head.repo.full_name == github.repository"
CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
STEP = "      - run: make setup\n"
FLAWS: dict[str, tuple[str, str, str]] = {
    "code of a fork with secrets": (PULL_REQUEST, "on:\n  pull_request:", "on:\n  pull_request_target:"),
    "a run after another one": (PULL_REQUEST, "on:\n  pull_request:", "on:\n  workflow_run:\n    workflows: [Deploy]"),
    "anybody's comment": (PULL_REQUEST, "on:\n  pull_request:", "on:\n  issue_comment:\n  pull_request:"),
    "forks get a role": (PULL_REQUEST, FORK, ""),
    "forks, or a label": (PULL_REQUEST, FORK, f"{FORK} ||\n      contains(github.event.pull_request.labels.*.name, 'safe')"),
    "Dependabot, by the last actor": (PULL_REQUEST, "github.event.pull_request.user.login != 'dependabot[bot]'", "github.actor != 'x'"),
    "the comment of a fork": (PULL_REQUEST, "${{ !cancelled() && needs.preview.result != 'skipped' }}", "${{ !cancelled() }}"),
    "secrets for the tests of a fork": (PULL_REQUEST, STEP, f"{STEP}        env:\n          A: ${{{{ secrets.PULUMI_ACCESS_TOKEN }}}}\n"),
    "all secrets": (PULL_REQUEST, STEP, f"{STEP}        env:\n          A: ${{{{ toJSON(secrets) }}}}\n"),
    "code of a pull request with a token that writes": (PULL_REQUEST, "          ref: ${{ github.event.pull_request.base.sha }}\n", ""),
    "the head with a token that writes": (PULL_REQUEST, "pull_request.base.sha", "pull_request.head.sha"),
    "a role and a token that writes": (PULL_REQUEST, "      id-token: write # to", "      pull-requests: write\n      id-token: write # to"),
    "a title in a script": (PULL_REQUEST, STEP, '      - run: echo "${{ github.event.pull_request.title }}"\n'),
    "a branch in a script": (PULL_REQUEST, STEP, "      - run: git log ${{ github.head_ref }}\n"),
    "a branch in a variable": (PULL_REQUEST, STEP, f"{STEP}        env:\n          A: ${{{{ github.head_ref }}}}\n"),
    "a matrix in a script": (PULL_REQUEST, 'make "$TARGET"', "make ${{ matrix.target }}"),
    "a title in a script of an action": (
        PULL_REQUEST, STEP,
        "      - uses: actions/github-script@60a0d83039c74a4aee543508d2ffcb1c3799cdea # v7.0.1\n        with:\n          script: a(${{ github.event.pull_request.title }})\n",
    ),
    "an output that sets the environment": (PULL_REQUEST, STEP, '      - run: echo "$TITLE" >> "$GITHUB_ENV"\n        env:\n          TITLE: ${{ github.event.pull_request.title }}\n'),
    "commands in the log": (PULL_REQUEST, STEP, f"{STEP}        env:\n          ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n"),
    "credentials that stay": (PULL_REQUEST, "fetch-depth: 2 # the merge commit and its parents\n          persist-credentials: false", "fetch-depth: 2"),
    "a tag of an action": (PULL_REQUEST, CHECKOUT, "actions/checkout@v6"),
    "an unknown action": (PULL_REQUEST, CHECKOUT, "somebody/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"),
    "permissions of all jobs": (PULL_REQUEST, "permissions: {}", "permissions: write-all"),
    "default permissions": (PULL_REQUEST, "permissions: {}\n", ""),
    "more permissions": (PULL_REQUEST, "      contents: read\n", "      contents: write\n"),
    "artifacts of another run": (PULL_REQUEST, "          pattern: review-*", "          run-id: 5\n          pattern: review-*"),
    "artifacts in the folder of the code": (PULL_REQUEST, "          path: review\n          merge-multiple", "          path: .\n          merge-multiple"),
    "a machine of ours": (PULL_REQUEST, "runs-on: ubuntu-24.04", "runs-on: self-hosted"),
    "a cache for a job with a role": (ACTION, '        python-version: "3.13"', '        cache: pip\n        python-version: "3.13"'),
    "a cache before a deployment": (DEPLOY, "      - run: ci/deploy.sh prod", f"      - uses: actions/cache@{'a' * 40} # v5.0.0\n        with: {{ path: .venv, key: a }}\n      - run: ci/deploy.sh prod"),
    "an input in a script": (ACTION, "- run: ci/setup.sh", "- run: ci/setup.sh ${{ inputs.role }}"),
    "a deployment without approval": (DEPLOY, "    environment: prod # requires an approval\n", ""),
    "a deployment of any branch": (DEPLOY, " && github.ref == 'refs/heads/main'", ""),
    "a deployment at each push": (DEPLOY, "    branches: [main]", "    branches: ['**']"),
    "a deployment after a failure": (DEPLOY, "    needs: dev\n", "    needs: dev\n    if: always()\n"),
    "an image by tag": (PULL_REQUEST, "    timeout-minutes: 30\n", "    timeout-minutes: 30\n    container: python:3.13\n"),
    "all secrets for a workflow of others": (DRIFT, "  issue:\n    name: Issue\n", "  other:\n    uses: a/b/.github/workflows/c.yml@main\n    secrets: inherit\n\n  issue:\n    name: Issue\n"),
}  # fmt: skip


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    return tmp_path


@pytest.mark.thorough
@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_found(copied: Path, name: str):
    file, old, new = FLAWS[name]
    text = (copied / file).read_text()
    assert old in text, f"{file} has no {old!r}"
    (copied / file).write_text(text.replace(old, new))
    assert own(copied) + linted(copied) != []


GITLAB_FLAWS = {
    "a role for forks": (" &&\n        $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID\n  environment", "\n  environment"),
    "a token for forks": (" &&\n        $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID\n      when", "\n      when"),
    "or another project": ("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID", "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID || $OK"),
    "a deployment of any branch": ("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE", "$CI_PIPELINE_SOURCE"),
    "a deployment without an environment": ("  resource_group: $STACK\n  environment:\n    name: $STACK\n", "  resource_group: $STACK\n"),
    "pipelines of all branches": ("    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n\nstages", "    - if: $CI_COMMIT_BRANCH\n\nstages"),
    "a file of others": ("stages: [", "include: https://example.com/a.yml\nstages: ["),
    "a cache": ("  resource_group: $STACK\n", "  resource_group: $STACK\n  cache: { paths: [.venv] }\n"),
}  # fmt: skip


def test_the_gitlab_rules_find_nothing():
    content: Any = read(ROOT / ".gitlab-ci.yml")
    assert gitlab_rules.flaws(content) == []


@pytest.mark.parametrize("name", GITLAB_FLAWS)
def test_a_flaw_of_the_gitlab_pipeline_is_found(tmp_path: Path, name: str):
    old, new = GITLAB_FLAWS[name]
    text = (ROOT / ".gitlab-ci.yml").read_text()
    assert old in text
    (tmp_path / "ci.yml").write_text(text.replace(old, new))
    content: Any = read(tmp_path / "ci.yml")
    assert gitlab_rules.flaws(content) != []


def test_scripts_run_no_text_of_others():
    """No `eval`, no code from variables, and event data only as a number. GitHub's event has titles and branches."""
    for script in sorted((ROOT / "ci").glob("*.sh")):
        text = script.read_text()
        for unsafe in (
            "eval ",
            "GITHUB_EVENT_PATH",
            "GITHUB_HEAD_REF",
            "GITHUB_ENV",
            "GITHUB_OUTPUT",
            "bash -c",
            "sh -c",
            "source ",
        ):
            assert unsafe not in text, f"{script.name}: {unsafe}"
