"""docs/comparison.md agrees with the code about the features of this project."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from components import ScheduledTaskArgs
from components.calls.kinds import CALL_KEYS
from ops.__main__ import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/comparison.md").read_text()
OURS = {row: ours.strip() for row, ours in re.findall(r"^\| ([^|]+?) \|([^|]*)\|", PAGE, re.MULTILINE)}
KEYS = set(ScheduledTaskArgs.__annotations__)
COMMANDS = getattr(get_command(app), "commands")  # noqa: B009 - click's type has it, typer's does not
SOURCES = set(COMMANDS["import"].commands)


@pytest.mark.parametrize(
    ("row", "supported"),
    [
        ("[Holidays](supervised.md#exceptions) left out", "except_" in KEYS),
        ("One-time schedule, deleted afterwards", "delete_after_completion" in KEYS),
        ("[API calls](guides/make-api-calls.md) as targets", "call" in CALL_KEYS),
        ("Detection of missed runs", "expect_success_within" in KEYS),
    ],
)
def test_a_row_agrees_with_the_code(row: str, supported: bool):
    assert OURS[row] == ("Yes" if supported else "No")


def test_the_list_of_features_of_this_project_alone_agrees_with_the_code():
    items = re.findall("^- (.*)$", re.split(r"only this\s+project has:", PAGE)[1].split("\n## ")[0], re.MULTILINE)
    assert items == [
        item
        for item, supported in {
            "An overlap policy, a run timeout, and retries of a failed container": {"overlap", "timeout", "retry_run"} <= KEYS,
            "Detection of missed runs": "expect_success_within" in KEYS,
            "Runs by hand with the same settings, and the next runs before a deployment": {"run", "next"} <= set(COMMANDS),
            "Validation of the parameters of API calls before a deployment": "with_" in CALL_KEYS,
            "Imports from crontabs, CronJobs, Copilot, ecschedule, EventBridge, CDK and Terraform": (
                {"aws", "cloudformation", "copilot", "crontab", "ecschedule", "kubernetes", "terraform"} <= SOURCES
            ),
            "A [cut-over](guides/switch-over.md) from deployed schedules, with an undo": "cut-over" in SOURCES,
        }.items()
        if supported
    ]  # fmt: skip


def test_the_figures_of_cdk_are_those_that_the_benchmark_measured():
    measured = {
        figure["what"]: figure for figure in json.loads((ROOT / "bench/results.json").read_text())["cdk"]["figures"]
    }
    resources = measured["resources of a plain task"]
    assert [resources["ours"], *resources["others"].values()] == [
        float(cell) for cell in row("AWS resources per additional plain task")[:3]
    ]
    tasks = measured["most tasks within 500 resources"]["others"].values()
    assert [str(number) for number in tasks] == row("Tasks within 500 resources, CloudFormation's limit")[1:3]


def row(name: str) -> list[str]:
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_every_other_tool_has_a_link():
    headings = [line for line in PAGE.splitlines() if line.startswith("| | This project |")]
    assert len(headings) == 3
    for cell in (cell.strip() for line in headings[1:] for cell in line.split("|")[3:-1]):
        assert re.fullmatch(r"\[[^]]+\]\(https://[^)]+\)", cell), cell
