"""Small benchmarks. Tests check counts, but not times, because machines differ."""

import json
import shutil
from pathlib import Path

import pytest

from bench import cdk, child, load, mocked, page, recording, schedules, simulation, startup
from bench.figures import Figure, read
from bench.workload import task_name, write_project

MOST_OF_A_GROUP = 28
"""The maximum number of AWS resources of a group with all monitoring."""


def quiet(_: str) -> None:
    pass


def test_schedules_are_compared_with_another_implementation(tmp_path: Path):
    figures = schedules.measure(tmp_path, quiet, count=20).figures
    assert [(figure.tasks, list(figure.others)) for figure in figures[:2]] == [(20, []), (16, ["aws-croniter"])]
    assert all(figure.ours > 0 for figure in figures)


def test_both_implementations_find_the_same_number_of_runs():
    crons = [(text, "UTC") for text, _ in schedules.expressions(200) if text.startswith("cron")]
    assert schedules.ours(crons) == schedules.aws_croniter(crons)


def test_throttling_is_found_and_avoided(tmp_path: Path):
    found = {figure.what: figure.ours for figure in load.measure(tmp_path, quiet, counts=[50]).figures}
    assert (
        found["throttled per night"],
        found["flexibleWindow that avoids throttling"],
        found["throttled with flexibleWindow"],
    ) == (
        30,
        5,
        0,
    )


def test_a_year_of_daily_tasks_is_simulated(tmp_path: Path):
    figures = simulation.measure(tmp_path, quiet, counts=[2]).figures
    assert [(figure.tasks, figure.unit) for figure in figures] == [(2, "s"), (2, "runs")]
    # Two of 2 * 365 local days have one time in the year before in UTC.
    assert figures[1].ours == 730


def test_a_plain_task_has_two_resources_and_needs_no_lookups(tmp_path: Path):
    few, more = (mocked.run(write_project(tmp_path / str(count), count)) for count in (2, 12))
    aws = [sum(kind.startswith("aws:") for kind in counted.resources) for counted in (few, more)]
    assert aws[1] - aws[0] == 2 * 10
    assert aws[0] - 2 * 2 <= MOST_OF_A_GROUP
    assert few.invokes == more.invokes > 0


@pytest.mark.parametrize("engine", [False, True])
def test_bare_programs_register_the_same_resources(tmp_path: Path, engine: bool):
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


def test_configuration_is_measured(tmp_path: Path):
    project = str(write_project(tmp_path / "project", 3))
    assert set(child.configuration(project)) == {"load", "check", "next"}
    assert child.schema(project)["problems"] == 0


def test_a_child_process_returns_its_result(tmp_path: Path):
    assert child.in_child("schema", write_project(tmp_path / "project", 1))["problems"] == 0


def test_cdk_is_skipped_without_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert cdk.measure(tmp_path, quiet).skipped == "Node and npm are not on PATH"


def test_start_up_is_compared_with_python_and_the_libraries(tmp_path: Path):
    found = startup.measure(tmp_path, quiet, repeated=1).figures
    assert [figure.what for figure in found] == [startup.HELP, startup.CHECK]
    assert all(figure.ours > 0 and figure.ratio(startup.LIBRARIES) > 0 for figure in found)


def test_a_command_that_starts_too_slowly_is_a_problem():
    def figure(ours: float) -> Figure:
        return Figure(startup.CHECK, 0, "s", ours, {startup.OPTION: 0.125})

    assert startup.too_slow(figure(0.125 * startup.MOST)) == ""
    assert startup.too_slow(figure(0.5)) == (
        "scheduled-tasks check, one task takes 4.00 times as long as a typer command with one option. "
        "Allowed: at most 3."
    )


def test_the_results_have_all_parts():
    from bench.__main__ import PARTS
    from bench.figures import RESULTS

    results = json.loads(RESULTS.read_text())
    assert set(results) == set(PARTS)
    assert not [name for name, part in results.items() if part["skipped"] or not part["figures"]]


def test_the_page_is_current():
    assert page.FILE.read_text() == page.text(read()), "Stale. Run `make docs`."
    assert page.PICTURE.read_text() == page.picture(), "Stale. Run `make docs`."


def test_the_page_needs_results_from_one_machine():
    results = read()
    results["cdk"]["machine"]["cores"] = 64
    with pytest.raises(ValueError, match="more than one machine"):
        page.text(results)
