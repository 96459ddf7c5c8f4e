"""`scheduled-tasks check`, `scheduled-tasks next` and `scheduled-tasks calendar`, which need no engine, AWS or network."""

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.ops.conftest import Ops

ROOT = Path(__file__).parents[2]
FROM = "2026-11-24T12:00:00Z"


def test_check_counts_tasks_and_lists_warnings(project: Path, ops: Ops):
    result = ops("check")
    assert result.exit_code == 0
    assert "Stack test: 4 tasks, no problems, 4 warnings." in result.output
    assert "tasks.backup.schedule: 02:30 does not exist in Europe/Berlin" in result.output
    assert 'tasks.done.schedule: "at(2020-01-01T00:00:00)" will never run again, so it is omitted.' in result.output


def test_check_shows_all_problems_with_their_location_and_exits_with_1(project: Path, ops: Ops):
    file = project / "Pulumi.test.yaml"
    file.write_text(
        file.read_text().replace("'cron(30 2 * * ? *)'", '"cron(30 2 * * 0 *)"').replace("cpu: 256", "cpu: 300", 1)
    )
    (project / "Pulumi.other.yaml").write_text("config: {}")
    result = ops("check", "--all")
    assert result.exit_code == 1
    assert "Configuration of stack test: 2 problems" in result.output
    assert "      cron(30 2 * * 0 *)\n                ^^^^^" in result.output
    assert "Configuration of stack other:" in result.output


def test_check_lists_the_existing_stacks_if_the_file_is_missing(project: Path, ops: Ops):
    result = ops("check", "--stack", "prod")
    assert result.exit_code == 1
    assert "Pulumi.prod.yaml" in result.output
    assert "Existing stacks: test." in result.output


def test_check_without_any_stack_fails(project: Path, ops: Ops):
    (project / "Pulumi.test.yaml").unlink()
    result = ops("check", "--all")
    assert (result.exit_code, result.stderr) == (
        1,
        "There are no stacks to check: the project folder has no Pulumi.<stack>.yaml.\n",
    )


def test_check_loads_neither_pulumi_nor_boto3():
    """Both are slow to import, and `check` doesn't need them."""
    code = (
        "import sys\nfrom ops.__main__ import app\n"
        "try:\n    app(['check', '--all'])\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        "print({name for name in ('pulumi', 'pulumi_aws', 'boto3', 'botocore', 'grpc') if name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Stack dev: " in done.stdout, "The command must check the stacks of this repository."
    assert done.stdout.splitlines()[-1:] == ["set()"], done.stderr


def test_next_shows_runs_in_local_time_and_in_utc(project: Path, ops: Ops):
    result = ops("next", "--stack", "test", "--from", FROM, "-n", "2")
    assert result.exit_code == 0
    assert "at 02:30 every day" in result.output
    backup = [re.split("  +", line) for line in result.output.splitlines() if line.startswith("backup ")]
    assert backup[0] == ["backup", "Wed 2026-11-25 02:30-02:45 CET", "Wed 01:30Z", "at 02:30 every day (Europe/Berlin)"]
    assert len(backup) == 2
    assert "Paused" in result.output
    assert "Never again" in result.output


RATES = """
    often: { image: "etl:1", cpu: 256, memory: 512, schedule: rate(6 hours) }
    exact: { image: "etl:1", cpu: 256, memory: 512, schedule: rate(6 hours), start: "2026-01-01T00:00:00Z" }
"""


def test_times_of_a_rate_without_a_start_are_shown_as_estimates(project: Path, ops: Ops):
    """AWS: EventBridge Scheduler user guide, "Schedule types": without a StartDate, the schedule starts at once."""
    file = Path("Pulumi.test.yaml")
    file.write_text(file.read_text() + RATES)
    arguments = ("--stack", "test", "--from", FROM)
    shown = ops("next", *arguments, "--task", "often", "-n", "1").output
    assert "~" in shown
    assert (
        "~ marks an estimate: a rate without a start runs when AWS creates its schedule, and counts from then."
        in " ".join(shown.split())
    )
    assert "~" not in ops("next", *arguments, "--task", "exact", "-n", "1").output
    found = json.loads(ops("next", *arguments, "--json").output)
    assert {plan["task"]: plan["estimated"] for plan in found if plan["task"] in ("often", "exact", "backup")} == {
        "often": True,
        "exact": False,
        "backup": False,
    }
    calendar = " ".join(ops("calendar", *arguments).output.split())
    assert "The times of often are estimates: a rate without a start runs when AWS creates its schedule," in calendar


def test_next_json_contains_each_run_with_its_window(project: Path, ops: Ops):
    result = ops("next", "--stack", "test", "--task", "backup", "--from", FROM, "-n", "1", "--json")
    assert json.loads(result.output) == [
        {
            "stack": "test",
            "task": "backup",
            "expression": "cron(30 2 * * ? *)",
            "timezone": "Europe/Berlin",
            "enabled": True,
            "explanation": "at 02:30 every day (Europe/Berlin)",
            "estimated": False,
            "after": None,
            "runs": [
                {
                    "local": "2026-11-25T02:30:00+01:00",
                    "utc": "2026-11-25T01:30:00+00:00",
                    "latest": "2026-11-25T02:45:00+01:00",
                }
            ],
            "leftOut": [],
        }
    ]


def test_next_counts_a_rate_from_its_start(project: Path, ops: Ops):
    runs = json.loads(ops("next", "--stack", "test", "--task", "etl", "--from", FROM, "--json").output)[0]["runs"]
    assert [run["utc"][11:16] for run in runs] == ["18:00", "00:00", "06:00", "12:00", "18:00"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("next", "--stack", "test", "--task", "bakcup"), 'Stack test has no task "bakcup". Did you mean "backup"?'),
        (("next", "--stack", "nope"), "Pulumi.nope.yaml"),
    ],
)
def test_wrong_arguments_print_one_line(project: Path, ops: Ops, arguments: tuple[str, ...], message: str):
    result = ops(*arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output


def test_the_calendar_shows_how_many_runs_start_in_each_hour(project: Path, ops: Ops):
    lines = ops("calendar", "--stack", "test", "--from", "2026-11-24T00:00:00Z").output.splitlines()
    [tuesday, wednesday] = [line for line in lines if "24 Nov" in line or "25 Nov" in line]
    assert tuesday.split()[3:] == ["·", "1", "·", "·", "·", "·", "1", *"·····1·····1·····"][:24]
    assert wednesday.split()[3:10] == ["1", "1", "·", "·", "·", "·", "1"]


@pytest.mark.parametrize("command", ["calendar", "load"])
def test_an_svg_that_cannot_be_written_prints_one_line(project: Path, ops: Ops, tmp_path: Path, command: str):
    result = ops(command, "--stack", "test", "--svg", str(tmp_path / "nowhere" / "week.svg"))
    assert result.exit_code == 1
    assert re.fullmatch(r"Can't write \S+week\.svg: No such file or directory\.\n", result.stderr)


def test_the_calendar_as_svg_names_the_tasks_of_each_hour(project: Path, ops: Ops, tmp_path: Path):
    file = tmp_path / "week.svg"
    assert ops("calendar", "--stack", "test", "--from", FROM, "--svg", str(file)).exit_code == 0
    titles = [node.text for node in ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}title")]
    assert titles.count("backup (1)") == 6
    assert titles.count("etl (1)") == 25
