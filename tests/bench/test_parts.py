"""The measurements run, on little; what they measure is not asserted, as machines differ. What they count is."""

import json
import shutil
from pathlib import Path

import pytest

from bench import cdk, child, load, mocked, page, recording, schedules
from bench.figures import read
from bench.workload import task_name, write_project

MOST_OF_A_GROUP = 28
"""AWS resources of a group whose failures are all seen: 1,000 plain tasks with it are 2,028."""


def quiet(_: str) -> None:
    pass


def test_schedules_are_measured_beside_another_implementation(tmp_path: Path):
    figures = schedules.measure(tmp_path, quiet, count=20).figures
    assert [(figure.tasks, list(figure.others)) for figure in figures[:2]] == [(20, []), (16, ["aws-croniter"])]
    assert all(figure.ours > 0 for figure in figures)


def test_both_implementations_find_as_many_runs():
    crons = [(text, "UTC") for text, _ in schedules.expressions(200) if text.startswith("cron")]
    assert schedules.ours(crons) == schedules.aws_croniter(crons)


def test_a_crowd_of_tasks_is_found_and_mended(tmp_path: Path):
    found = {figure.what: figure.ours for figure in load.measure(tmp_path, quiet, counts=[50]).figures}
    assert (found["throttled of a night"], found["flexibleWindow that mends it"], found["throttled with it"]) == (
        30,
        5,
        0,
    )


def test_a_plain_task_is_two_resources_and_look_ups_are_as_many_whatever_the_number_of_tasks(tmp_path: Path):
    few, more = (mocked.run(write_project(tmp_path / str(count), count)) for count in (2, 12))
    aws = [sum(kind.startswith("aws:") for kind in counted.resources) for counted in (few, more)]
    assert aws[1] - aws[0] == 2 * 10
    assert aws[0] - 2 * 2 <= MOST_OF_A_GROUP
    assert few.invokes == more.invokes > 0


@pytest.mark.parametrize("engine", [False, True])
def test_the_bare_programs_register_the_same_resources(tmp_path: Path, engine: bool):
    project = write_project(tmp_path / "ours", 2)
    with recording.recording() as resources:
        ours = mocked.run(project)
    recording.write_bare_projects(tmp_path, project, resources, engine=engine)
    bare, components = (mocked.run(tmp_path / name) for name in (recording.BARE, recording.WITH_COMPONENTS))
    assert sorted(bare.resources) == sorted(kind for kind in ours.resources if not kind.startswith("ecs-scheduled"))
    assert sorted(components.resources) == sorted(ours.resources)
    assert (bare.invokes, components.invokes, ours.invokes > 0) == (0, 0, True)
    [schedule] = [found for found in resources if found.name == f"{task_name(1)}-schedule"]
    assert "Role tasks-scheduler" in schedule.after
    assert schedule.values["name"] == task_name(1)
    [task] = [found for found in resources if not found.module and found.name == task_name(1)]
    assert schedule.parent == task.key
    assert task.values["schedules"][0]["name"] == task_name(1)


def test_configuration_is_loaded_checked_and_planned(tmp_path: Path):
    project = str(write_project(tmp_path / "project", 3))
    assert set(child.configuration(project)) == {"load", "check", "next"}
    assert child.schema(project)["problems"] == 0


def test_a_measurement_in_a_process_of_its_own_gives_its_result(tmp_path: Path):
    assert child.in_child("schema", write_project(tmp_path / "project", 1))["problems"] == 0


def test_without_node_cdk_is_skipped_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert cdk.measure(tmp_path, quiet).skipped == "there is no Node and npm on the PATH"


def test_the_figures_of_the_repository_are_of_all_parts():
    from bench.__main__ import PARTS
    from bench.figures import RESULTS

    results = json.loads(RESULTS.read_text())
    assert set(results) == set(PARTS)
    assert not [name for name, part in results.items() if part["skipped"] or not part["figures"]]


def test_the_page_is_made_of_these_figures():
    assert page.FILE.read_text() == page.text(read()), "stale: run `make docs`"
    assert page.PICTURE.read_text() == page.picture(), "stale: run `make docs`"


def test_figures_of_several_machines_make_no_page():
    results = read()
    results["cdk"]["machine"]["cores"] = 64
    with pytest.raises(ValueError, match="one machine"):
        page.text(results)
