"""`simulate --speed`: the same simulation, with what happens as it happens."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ops import waiting
from tests.ops.conftest import Ops

DAY = ("simulate", "--from", "2026-12-01T00:00:00Z", "--to", "2026-12-02T00:00:00Z")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """The time that a command has waited."""
    time = [0.0]
    monkeypatch.setattr(waiting, "now", lambda: time[0])
    monkeypatch.setattr(waiting, "wait", lambda seconds: time.__setitem__(0, time[0] + seconds))
    return lambda: time[0]


def test_everything_happens_at_its_time(project: Path, ops: Ops, clock: Callable[[], float]):
    (project / "f.yaml").write_text("faults: [{kind: throttled, tasks: [backup], times: 2}]")
    result = ops(*DAY, "--faults", "f.yaml", "--speed", "3600")
    assert result.exit_code == 0, result.output
    lines = result.stdout.split("\n\n")[0].splitlines()
    shown = [line for line in lines if line.startswith("2026-12-0")]
    assert shown == sorted(shown)
    [first, second] = [line for line in shown if "  launch retry  " in line]
    assert first.endswith("ThrottlingException: Rate exceeded; retry 1 in 1 s.")
    [backup] = [line for line in shown if "  backup  succeeded " in line]
    assert shown.index(first) < shown.index(second) < shown.index(backup)
    assert "took 10 min" in backup
    # The last run starts within the minute after 18:00, and takes 10 minutes. An hour takes a second.
    assert 18.16 < clock() < 24.1


def test_the_speed_changes_no_result(project: Path, ops: Ops, clock: Callable[[], float]):
    at_once, played = ops(*DAY, "-n", "0").stdout, ops(*DAY, "--speed", "1e9").stdout
    assert played.endswith(at_once)


def test_json_is_not_played(project: Path, ops: Ops, clock: Callable[[], float]):
    result = ops(*DAY, "--speed", "10", "--json")
    assert result.exit_code == 2
    assert "Omit --json" in result.stderr
