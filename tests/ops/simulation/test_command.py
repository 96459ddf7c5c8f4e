"""`scheduled-tasks simulate`."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.pricing.costs import YEAR, Assumptions, stack_cost
from ops.project import project_at
from tests.ops.conftest import Ops
from tests.ops.simulation.scene import BEGIN

FROM = "2026-12-01T00:00:00Z"


@pytest.fixture
def told(project: Path) -> Path:
    """The stack with a supervised task, and with recipients."""
    file = project / "Pulumi.test.yaml"
    more = '    sup: { image: "etl:1", cpu: 256, memory: 512, schedule: "rate(1 hour)", overlap: forbid }\n'
    call = '    stop: { stop: { database: orders }, schedule: "rate(1 day)" }\n'
    notify = "  scheduled-tasks:notify: { emails: [ops@example.com] }\n"
    file.write_text(file.read_text() + more + call + notify)
    return project


def simulated(ops: Ops, *arguments: str) -> Any:
    result = ops("simulate", "--from", FROM, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_week_without_faults(told: Path, ops: Ops):
    result = ops("simulate", "--from", FROM)
    assert result.exit_code == 0
    assert (
        "Stack test from 2026-12-01 00:00 to 2026-12-08 00:00 UTC, seed 1: 208 scheduled times; 208 succeeded,"
        in result.stdout
    )
    assert "0 launch retries, 0 run retries, 0 overlaps, 0 dead letters, 0 messages, 0 alarms.\n" in result.stdout
    assert "Unnoticed" not in result.stdout
    assert "- CloudWatch reads 2 more periods than an alarm evaluates. AWS publishes no number.\n" in result.stderr


def test_runs_and_events_are_shown_in_chronological_order(told: Path, ops: Ops):
    (told / "f.yaml").write_text("faults: [{kind: exitCode, tasks: [etl], exitCode: 3, times: 1}]")
    result = ops("simulate", "--from", FROM, "--to", "2026-12-02T00:00:00Z", "--faults", "f.yaml", "-n", "100")
    lines = result.stdout.splitlines()
    assert lines[0].split("  ")[0] == "TIME (UTC)"
    times = [line[:19] for line in lines[1 : lines.index("")]]
    assert times == sorted(times)
    [failed] = [line for line in lines if "  failed " in line]
    assert failed.startswith("2026-12-01 00:00:00  etl ")
    assert "Exit code 3; started " in failed
    assert "took 10 min; shown by message 10 min" in failed
    [message] = [line for line in lines if "  message " in line]
    assert message.endswith("Exit code 3")
    assert any(line.split() == ["etl", "4", "3", "1", "0.01"] for line in lines)


def test_successful_runs_are_left_out_first(told: Path, ops: Ops):
    (told / "f.yaml").write_text("faults: [{kind: noCapacity, tasks: [backup]}]")
    result = ops("simulate", "--from", FROM, "--faults", "f.yaml", "-n", "20")
    assert "succeeded  " not in result.stdout.split("\n\n")[0]
    assert (
        "Unnoticed: backup (7). No recipient of notify covers them, or no alarm fired before the next success."
        in result.stdout
    )
    assert "201 runs and events not shown. To see more, pass -n, or --json for all." in result.stderr
    assert ops("simulate", "--from", FROM, "-n", "0").stdout.startswith("TASK ")


def test_nobody_receives_messages_without_recipients(project: Path, ops: Ops):
    (project / "f.yaml").write_text("faults: [{kind: exitCode, tasks: [etl]}]")
    result = ops("simulate", "--from", FROM, "--faults", "f.yaml")
    assert "Unnoticed: etl (28). Nobody receives messages. Set notify." in result.stdout


def test_json_has_everything(told: Path, ops: Ops):
    (told / "f.yaml").write_text("faults: [{kind: accessDenied, tasks: [backup], times: 1}]")
    found = simulated(ops, "--faults", "f.yaml", "--seed", "7")
    assert (found["stack"], found["from"], found["to"], found["seed"]) == ("test", FROM, "2026-12-08T00:00:00Z", 7)
    assert found["summary"] == {
        "times": 208,
        "succeeded": 207,
        "failed": 1,
        "skipped": 0,
        "replaced": 0,
        "running": 0,
        "unnoticed": 0,
        "launchRetries": 0,
        "runRetries": 0,
        "overlaps": 0,
        "duplicates": 0,
        "deadLetters": 1,
        "messages": 0,
        "alarms": 3,
    }
    assert found["tasks"]["backup"]["failed"] == 1
    [failed] = [run for run in found["runs"] if run["outcome"] == "failed"]
    assert (failed["task"], failed["time"], failed["shownBy"]) == ("backup", "2026-12-01T01:30:00Z", "alarm dropped")
    assert (failed["started"], failed["exitCode"], failed["tasks"]) == (None, None, 0)
    assert {event["what"] for event in found["events"]} == {"dead letter", "alarm", "ok"}
    assert len(found["assumptions"]) == 11


def test_the_same_seed_gives_the_same_result(told: Path, ops: Ops):
    (told / "f.yaml").write_text("faults: [{kind: noCapacity, percent: 30}, {kind: doubleDelivery, percent: 30}]")
    one, same, other = (simulated(ops, "--faults", "f.yaml", "--seed", seed) for seed in ("1", "1", "2"))
    assert one == same
    assert one["runs"] != other["runs"]


def test_a_month_costs_as_much_as_estimated(told: Path, ops: Ops):
    end = (BEGIN + YEAR).isoformat()
    found = simulated(ops, "--to", end, "--minutes", "10")
    config = project_at(told).load("test")
    estimated = stack_cost(config, BEGIN, Assumptions())
    assert found["usd"] == pytest.approx(12 * estimated.total.total, rel=0.01)
    for name, cost in estimated.tasks.items():
        assert found["tasks"][name]["usd"] == pytest.approx(12 * cost.total, rel=0.01, abs=0.001), name


def test_durations_are_used(told: Path, ops: Ops):
    (told / "d.yaml").write_text("sup: 90m\n")
    found = simulated(ops, "--durations", "d.yaml")
    assert found["tasks"]["sup"]["skipped"] == 83


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--to", FROM), "It must be after --from, and at most ten years later."),
        (("--to", "2037-01-01T00:00:00Z"), "It must be after --from, and at most ten years later."),
        (("--to", "tomorrow"), '"tomorrow" is not a time.'),
        (("--from", "9999-12-31T00:00:00Z"), "The last year is 2199, as in AWS's cron expressions."),
    ],
)
def test_an_invalid_time(project: Path, ops: Ops, arguments: tuple[str, ...], message: str):
    result = ops("simulate", "--from", FROM, *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_an_invalid_file_ends_the_command(project: Path, ops: Ops):
    (project / "f.yaml").write_text("faults: [{kind: oom}]")
    result = ops("simulate", "--faults", "f.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert 'f.yaml:1:11: faults.0.kind: "oom" is not one of' in result.stderr
