"""Kills of the sandbox's processes at chosen moments. `make torture` tries many random ones."""

import signal
from pathlib import Path

import pytest

from tests import referees
from torture import processes
from torture.kills import STACKS, cases, complete, gone, trial
from torture.victims import VICTIMS, Kill, run, small_sandbox


def test_the_cases_kill_each_process_at_many_moments():
    drawn = list(cases(200, seed=1))
    assert drawn == list(cases(200, seed=1))
    assert drawn != list(cases(200, seed=2))
    assert {stack for stack, _, _ in drawn} == set(STACKS)
    for victim in VICTIMS:
        kills = [(command, kill) for _, command, kill in drawn if kill.victim == victim]
        assert len(kills) == 50
        assert {command for command, _ in kills} == {"up", "destroy"}
        assert len({kill.line for _, kill in kills}) > 12
        assert {kill.signal for _, kill in kills if kill.stopped} == {signal.SIGCONT, signal.SIGKILL}


@pytest.mark.engine
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes through Linux's /proc")
def test_a_deployment_survives_that_its_provider_is_stopped_for_a_while(tmp_path: Path):
    referees.patient()
    referees.pulumi()
    assert trial(tmp_path / "box", "small", "up", Kill("provider", 9, signal.SIGCONT, 0.5)) == (True, "")


@pytest.mark.engine
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes through Linux's /proc")
def test_the_sandbox_recovers_from_kills(tmp_path: Path):
    # tests/engine/test_sandbox.py has a crash of the emulator.
    referees.patient()
    referees.pulumi()
    box = small_sandbox(tmp_path)
    try:
        # The roles are being created at this moment.
        killed = run(box, "up", kill=Kill("engine", 11))
        assert (killed.hit, killed.code) == (True, 1), killed.output
        assert "The Pulumi engine was ended by SIGKILL" in killed.output
        assert "The next command starts with an empty sandbox." in killed.output
        repaired = run(box, "up")
        assert "Starting with an empty sandbox, because the last command was interrupted" in repaired.output
        complete(repaired, box)
        again = run(box, "destroy", kill=Kill("engine", 3))
        assert again.hit
        assert "Traceback" not in killed.output + again.output
        assert box.locked
        last = run(box, "destroy")
        assert "Deleting the whole sandbox at once, because the last command was interrupted" in last.output
        gone(last, box)
        assert processes.of(tmp_path) == []
    finally:
        box.discard()
