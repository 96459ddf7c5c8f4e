"""`sandbox destroy` says what it doesn't remove."""

from pathlib import Path
from typing import Any

import jmespath
import pytest
from typer.testing import CliRunner

from sandbox import __main__ as commands
from sandbox import command_line, leftovers
from sandbox.engine import Sandbox
from sandbox.leftovers import active_revisions, deregister_command, existing_sandboxes
from sandbox.plugin.aws import Session, checked_endpoint

URL = "http://127.0.0.1:4566"
FOLDER = "http%3A%2F%2F127.0.0.1%3A4566"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all sandboxes."""
    monkeypatch.setattr(command_line, "HOME", tmp_path)
    return tmp_path


def stack(home: Path, *folders: str) -> None:
    for folder in folders:
        (home / folder / "state").mkdir(parents=True)


def destroy(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands.app, ["destroy", *options])
    return result.exit_code, result.output


@pytest.mark.parametrize("spelling", [URL, f"{URL}/", f"{URL}//"])
def test_one_emulator_has_one_folder(tmp_path: Path, spelling: str):
    assert checked_endpoint(spelling) == URL
    assert Sandbox(tmp_path, endpoint=spelling).base == tmp_path / "endpoints" / FOLDER


def test_the_folder_of_an_earlier_version_is_still_found(tmp_path: Path):
    stack(tmp_path, f"endpoints/{FOLDER}%2F")
    for spelling in (URL, f"{URL}/"):
        box = Sandbox(tmp_path, endpoint=spelling)
        assert (box.base.name, box.given_endpoint) == (f"{FOLDER}%2F", URL)


def test_destroying_nothing_is_not_reported_as_a_deletion(home: Path):
    assert destroy() == (0, "There is no sandbox to delete.\n")
    expected = (1, f"There is no sandbox with --endpoint {URL}.\n")
    assert destroy("--endpoint", URL) == expected
    assert list(home.iterdir()) == []


def test_destroying_nothing_names_the_other_sandboxes(home: Path):
    stack(home, f"examples/minimal/endpoints/{FOLDER}", "examples/minimal", f"endpoints/{FOLDER}")
    assert existing_sandboxes(home) == [
        {"endpoint": URL},
        {"example": "minimal"},
        {"example": "minimal", "endpoint": URL},
    ]
    code, text = destroy("--endpoint", "http://127.0.0.1:5000")
    assert code == 1
    assert text.splitlines() == [
        "There is no sandbox with --endpoint http://127.0.0.1:5000.",
        f"To delete another one, run: python -m sandbox destroy --endpoint {URL}",
        "To delete another one, run: python -m sandbox destroy --example minimal",
        f"To delete another one, run: python -m sandbox destroy --example minimal --endpoint {URL}",
    ]


def test_destroying_one_sandbox_keeps_the_state_of_the_others(home: Path):
    stack(home, ".", f"endpoints/{FOLDER}", "examples/minimal")
    (home / "server.log").touch()
    assert destroy()[0] == 0
    assert sorted(entry.name for entry in home.iterdir()) == ["endpoints", "examples"]
    assert len(existing_sandboxes(home)) == 2


def test_active_revisions_are_those_of_the_sandbox_only(session: Session):
    ecs: Any = session.client("ecs", "eu-west-1")
    for family in (
        "etl",
        "etl",
        "scheduled-tasks-local__etl",
        "scheduled-tasks-local__etl",
        "scheduled-tasks-local-2__x",
    ):
        ecs.register_task_definition(family=family, containerDefinitions=[{"name": "main", "image": "x", "memory": 64}])
    ecs.deregister_task_definition(taskDefinition="scheduled-tasks-local__etl:1")
    arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/scheduled-tasks-local__etl:2"
    assert active_revisions(session.endpoint) == [arn]
    query = deregister_command(URL).split('"')[1]
    listed = ecs.list_task_definitions(status="ACTIVE")
    assert len(listed["taskDefinitionArns"]) == 4
    assert jmespath.search(query, listed) == [arn], "the command selects the same revisions"
    assert leftovers.FAMILIES == "scheduled-tasks-local__"
