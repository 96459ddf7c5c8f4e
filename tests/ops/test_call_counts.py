"""The number of calls to AWS grows at most linearly with the number of tasks, and no task or message is missing."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ops.dead_letters import queue
from ops.project import project_at
from tests.ops.cloud import Cloud
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.test_dead_letters import send

STACK = """
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: main
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:tasks:
"""
TASK = """    task-{number}: {{ image: "job:1", cpu: 256, memory: 512, schedule: "rate(6 hours)" }}
"""
LIMITS: Mapping[str, tuple[list[str], int, float]] = {
    "check": (["check", "--stack", "test"], 0, 0),
    "next": (["next", "--stack", "test"], 0, 0),
    "status": (["status", "--stack", "test", "--json"], 40, 0),
    "status --full": (["status", "--stack", "test", "--json", "--full"], 10, 2),
    "history": (["history", "task-1", "--json"], 12, 0),
    "doctor": (["doctor", "--json"], 31, 2.1),
    "dead-letters list": (["dead-letters", "list", "--json"], 8, 0.2),
}
"""Commands, their fixed calls, and the calls per task, which has one message. `status` makes at most 40 calls."""


def calls(project: Path, cloud: Cloud, ops: Ops, monkeypatch: pytest.MonkeyPatch, count: int) -> dict[str, int]:
    """Deploy a stack, and return the number of calls per command."""
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)
    tasks = "".join(TASK.format(number=number) for number in range(count))
    (project / "Pulumi.test.yaml").write_text(STACK + tasks)
    deployed = cloud.deploy(project_at(project).load("test"))
    HealthyStack(deployed, ops)
    for number in range(count):
        send(deployed, f"task-{number}")
    found: dict[str, int] = {}
    for command, (words, _, _) in LIMITS.items():
        cloud.calls.clear()
        result = ops(*words)
        found[command] = len(cloud.calls)
        assert "Traceback" not in result.output
        if command.startswith("status"):
            shown = json.loads(result.stdout)
            assert (len(shown["tasks"]), shown["schedules"], shown["deadLetters"]["launches"]) == (count,) * 3
        elif command == "dead-letters list":
            assert len({each["id"] for each in json.loads(result.stdout)}) == count
        elif command == "check":
            assert f"{count} tasks" in result.stdout
        elif command == "next":
            assert all(f"task-{number} " in result.stdout for number in range(count))
    return found


@pytest.mark.parametrize("count", [10, 40])
def test_calls_grow_at_most_linearly(
    project: Path, cloud: Cloud, ops: Ops, monkeypatch: pytest.MonkeyPatch, count: int
):
    made = calls(project, cloud, ops, monkeypatch, count)
    most = {command: fixed + per_task * count for command, (_, fixed, per_task) in LIMITS.items()}
    assert {command: number for command, number in made.items() if number > most[command]} == {}
