"""`scheduled-tasks load`: the launches of a week as text, JSON and SVG."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.ops.conftest import Ops

FROM = "2026-11-24T12:00:00Z"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def overloaded(project: Path) -> Path:
    """A project with 70 more tasks at 03:00 in stack `test`, and none of them in stack `quiet`."""
    file = project / "Pulumi.test.yaml"
    tasks = "".join(
        f'    job-{number:02}: {{ image: "a:1", cpu: 256, memory: 512, schedule: "cron(0 3 * * ? *)" }}\n'
        for number in range(70)
    )
    (project / "Pulumi.quiet.yaml").write_text(file.read_text())
    file.write_text(file.read_text() + tasks)
    return project


@pytest.mark.usefixtures("terminal")
def test_overloaded_minutes_are_shown_with_windows_that_help(overloaded: Path, ops: Ops):
    result = ops("load", "--stack", "test", "--from", FROM)
    assert result.exit_code == 0
    assert "Stack test: 525 launches in the week from Tue 2026-11-24 12:00 UTC." in result.output
    words = " ".join(result.output.split())
    assert "RunTask on Fargate 20 20 70 350 2 s" in words
    assert "Wed 25 Nov 03:00, 7 times 350 2 s 5m job-00, job-01, job-02 and 67 more" in words
    assert "350 launches are throttled on the first attempt" in words
    assert "With longer flexible windows for 70 schedules, no launches are throttled." in words
    assert "A window can't be longer" not in words
    assert max(map(len, result.output.split("350 launches")[0].splitlines())) <= 80


def test_no_throttled_launches(overloaded: Path, ops: Ops):
    result = ops("load", "-s", "quiet", "--from", FROM)
    assert result.output.splitlines()[-1] == "No launches are throttled."


def test_launches_after_other_tasks_have_no_known_time(overloaded: Path, ops: Ops):
    file = overloaded / "Pulumi.quiet.yaml"
    task = "    report: { image: 'a:1', cpu: 256, memory: 512, after: dump }\n"
    first = "    dump: { image: 'a:1', cpu: 256, memory: 512, schedule: 'cron(0 3 * * ? *)' }\n"
    before = json.loads(ops("load", "-s", "quiet", "--from", FROM, "--json").output)["launches"]
    file.write_text(file.read_text() + first + task)
    words = " ".join(ops("load", "-s", "quiet", "--from", FROM).output.split())
    assert "report starts after dump: up to 7 launches, which aren't compared with the limits" in words
    found = json.loads(ops("load", "-s", "quiet", "--from", FROM, "--json").output)
    assert found["launches"] == before + 7, "those of dump"
    assert found["withoutTime"] == [{"stack": "quiet", "task": "report", "after": "dump", "launches": 7}]


VCPUS = """\
    dump: { image: "a:1", cpu: 2048, memory: 4096, schedule: 'cron(0 3 * * ? *)', timeout: 1h }
    copy: { image: "a:1", cpu: 4096, memory: 8192, launch: fargateSpot, schedule: 'cron(0 3 * * ? *)' }
    report: { image: "a:1", cpu: 4096, memory: 8192, schedule: 'cron(30 3 * * ? *)' }
    other: { taskDefinition: "arn:aws:ecs:eu-west-1:111111111111:task-definition/x:1", schedule: 'cron(0 3 * * ? *)' }
"""


@pytest.mark.usefixtures("terminal")
def test_the_most_vcpus_at_the_same_time(overloaded: Path, ops: Ops, tmp_path: Path):
    file = overloaded / "Pulumi.quiet.yaml"
    file.write_text(file.read_text() + VCPUS)
    words = " ".join(ops("load", "-s", "quiet", "--from", FROM).output.split())
    assert "Fargate On-Demand 6 Wed 25 Nov 03:30 report 4, dump 2 Fargate Spot 4 Wed 25 Nov 03:00 copy 4" in words
    assert "the account's quota of vCPUs, by default 6 per capacity." in words
    assert "Not counted, because the sizes of existing task definitions aren't known: other." in words
    found = json.loads(ops("load", "-s", "quiet", "--from", FROM, "--json").output)
    assert found["vcpus"][1] == {
        "capacity": "Fargate Spot",
        "quota": "L-36FBB829",
        "mostAtOnce": 4,
        "at": "2026-11-25T03:00:00Z",
        "tasks": [{"stack": "quiet", "task": "copy", "vcpus": 4}],
    }
    assert found["vcpusUnknown"] == [{"stack": "quiet", "task": "other"}]
    durations = tmp_path / "durations.yaml"
    durations.write_text("dump: [5m, 29m]\n")
    measured = ("load", "-s", "quiet", "--from", FROM, "--json", "--durations", str(durations))
    assert json.loads(ops(*measured).output)["vcpus"][0]["mostAtOnce"] == 4
    durations.write_text("dmp: 5m\n")
    result = ops(*measured)
    assert (result.exit_code, 'There is no task "dmp"' in result.output) == (1, True)


def test_stacks_of_an_account_share_the_limits(overloaded: Path, ops: Ops):
    (overloaded / "Pulumi.more.yaml").write_text((overloaded / "Pulumi.test.yaml").read_text())
    result = ops("load", "-s", "test", "-s", "more", "--from", FROM, "--json")
    [overload] = json.loads(result.output)["crowds"]
    assert (overload["throttled"], overload["longestWaitSeconds"]) == (7 * 120, 6)
    assert {schedule["stack"] for schedule in overload["schedules"]} == {"test", "more"}
    assert "more/job-00," in ops("load", "-s", "test", "-s", "more", "--from", FROM).output


def test_json_contains_each_schedule_with_its_window(overloaded: Path, ops: Ops):
    found = json.loads(ops("load", "--stack", "test", "--from", FROM, "--json").output)
    assert (found["from"], found["launches"], found["throttledWithWindows"]) == ("2026-11-24T12:00:00Z", 525, 0)
    assert found["limits"][2] == {
        "limit": "RunTask on Fargate", "bucket": 20, "refill": 20, "mostInASecond": 70, "throttled": 350, "longestWaitSeconds": 2.5,
    }  # fmt: skip
    [overload] = found["crowds"]
    assert overload["minutes"][0] == "2026-11-25T03:00:00Z"
    schedule = {"stack": "test", "task": "job-00", "expression": "cron(0 3 * * ? *)"}
    assert overload["schedules"][0] == schedule
    assert found["windows"][0] == {**schedule, "flexibleWindow": "5m"}
    assert len(found["windows"]) == 70


def test_svg_bars_are_red_if_launches_are_throttled(overloaded: Path, ops: Ops, tmp_path: Path):
    file = tmp_path / "load.svg"
    assert f"Wrote {file}." in ops("load", "--stack", "test", "--from", FROM, "--svg", str(file)).output.replace(
        "\n", ""
    )
    bars = [bar for bar in ElementTree.parse(file).iter(f"{SVG}rect") if bar.find(f"{SVG}title") is not None]
    red = [bar for bar in bars if bar.get("fill") == "#e03131"]
    assert len(red) == 7
    # The day before the week is not shown, although its launches are calculated.
    assert [bar for bar in bars if (bar.findtext(f"{SVG}title") or "").startswith("70 per second")] == red
    assert (
        red[0].findtext(f"{SVG}title")
        == "70 per second: test/job-00, test/job-01, test/job-02, test/job-03, test/job-04 and 65 more"
    )
    assert len(bars) > 40
    rows = [text.text for text in ElementTree.parse(file).iter(f"{SVG}text")]
    # The week begins at noon, so its first and last days are half days.
    assert rows[-8:] == ["Tue 24 Nov", "Wed 25 Nov", *rows[-6:-1], "Tue 01 Dec"]


def test_svg_bar_is_in_the_row_of_its_day(overloaded: Path, ops: Ops, tmp_path: Path):
    place: dict[str, str | None] = {}
    for hour in ("00", "12"):
        file = tmp_path / f"{hour}.svg"
        ops("load", "--stack", "test", "--from", f"2026-11-24T{hour}:00:00Z", "--svg", str(file))
        bars = ElementTree.parse(file).iter(f"{SVG}rect")
        place[hour] = [bar.get("x") for bar in bars if bar.get("fill") == "#e03131"][-1]
    assert place["00"] == place["12"] == f"{96 + 36 * 3.5:g}"


def test_stacks_in_different_regions_are_refused(overloaded: Path, ops: Ops):
    file = overloaded / "Pulumi.far.yaml"
    file.write_text((overloaded / "Pulumi.quiet.yaml").read_text().replace("eu-west-1", "us-east-1"))
    result = ops("load", "-s", "quiet", "-s", "far")
    assert result.exit_code == 1
    assert "in different Regions: quiet in eu-west-1 and far in us-east-1. Check one at a time." in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("-s", "nope"), "Pulumi.nope.yaml"), (("-s", "test", "--from", "soon"), '"soon" is not a time.')],
)
def test_wrong_arguments_are_explained(overloaded: Path, ops: Ops, arguments: tuple[str, ...], message: str):
    result = ops("load", *arguments)
    assert result.exit_code == (2 if "--from" in arguments else 1)
    assert message in result.output
    assert "Traceback" not in result.output
