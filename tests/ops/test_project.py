"""The project of a command, and stacks without one."""

from pathlib import Path

import pytest

from components.aws.names import GROUP_TAG
from ops.project import NoProjectError, project, project_at, project_or_none
from tests.ops.cloud import Cloud, Deployed
from tests.ops.conftest import STACK, Ops


def test_the_nearest_project_file_decides(project: Path, monkeypatch: pytest.MonkeyPatch):
    """As Pulumi looks for it: sdk/go/common/workspace/paths.go, DetectProjectPath."""
    inner = project / "services" / "jobs"
    (inner / "src").mkdir(parents=True)
    (inner / "Pulumi.yaml").write_text("name: jobs\n")
    for folder, found in ((project / "services", (project, "scheduled-tasks")), (inner / "src", (inner, "jobs"))):
        monkeypatch.chdir(folder)
        here = project_or_none()
        assert here
        assert (here.folder, here.name) == found


def test_a_command_in_a_subfolder_reads_the_project(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    (project / "jobs").mkdir()
    monkeypatch.chdir(project / "jobs")
    assert "Stack test: 4 tasks" in ops("check").stdout


def test_the_name_of_the_project_is_the_namespace(project: Path, ops: Ops):
    (project / "Pulumi.yaml").write_text("name: jobs\n")
    (project / "Pulumi.test.yaml").write_text(STACK.replace("scheduled-tasks:", "jobs:"))
    assert "Stack test: 4 tasks, no problems" in ops("check").stdout


@pytest.mark.parametrize(
    "command", [["check"], ["next"], ["load"], ["policies", "--account", "123456789012"], ["review", "--base", "main"]]
)
def test_planning_without_a_project_says_what_to_do(
    tmp_path: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch, command: list[str]
):
    monkeypatch.chdir(tmp_path)
    result = ops(*command)
    assert result.exit_code == 1
    assert (
        result.stderr
        == f"There is no Pulumi.yaml in {tmp_path} or above. Change to the folder of the project, or pass it: -C FOLDER.\n"
    )


@pytest.mark.parametrize("text", ["", "name:\n", "name: [a]\n", "- a\n", "name: 'a\n"])
def test_a_project_needs_a_name(tmp_path: Path, text: str):
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(NoProjectError, match="has no name"):
        project_at(tmp_path)


def test_the_folder_of_a_command_can_be_given(
    project: Path, tmp_path_factory: pytest.TempPathFactory, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert "Stack test: 4 tasks" in ops("-C", str(project), "check").stdout
    result = ops("-C", str(elsewhere / "missing"), "check")
    assert result.exit_code == 2


@pytest.fixture
def nowhere(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """A deployed stack, and a folder without a project."""
    monkeypatch.chdir(tmp_path_factory.mktemp("nowhere"))
    return deployed


def test_a_deployed_stack_is_found_without_a_project(nowhere: Deployed, cloud: Cloud, ops: Ops):
    result = ops("status", "--stack", "test")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("scheduled-tasks-test in eu-west-1")


def test_a_stack_that_is_not_deployed_is_named(nowhere: Deployed, ops: Ops):
    result = ops("status", "--stack", "prod")
    assert result.exit_code == 1
    assert (
        "No stack prod is deployed in eu-west-1 of this account. Deployed schedule groups: scheduled-tasks-test."
        in result.stderr
    )


def test_a_stack_of_two_projects_needs_its_group(nowhere: Deployed, cloud: Cloud, ops: Ops):
    tags = [{"Key": GROUP_TAG, "Value": "other-test"}]
    cloud.client("scheduler").create_schedule_group(Name="other-test", Tags=tags)
    result = ops("status", "--stack", "test")
    assert result.exit_code == 1
    assert "Choose one: --group other-test or scheduled-tasks-test." in result.stderr


def test_no_project_above_the_root(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir("/")
    with pytest.raises(NoProjectError):
        project()
