"""The next step after an operation of the engine, by how it ended."""

import json
from pathlib import Path

import pytest

from sandbox.errors import DISK_FULL
from sandbox.events import Events
from sandbox.operation import Ended, finish
from sandbox.plugin.journal import Journal, unfinished
from sandbox.recovery import PROVIDER_ENDED, STARTS_OVER
from sandbox.workspace import Plugin, Workspace

ROLE = "urn:pulumi:local::scheduled-tasks::aws:iam/role:Role::tasks-scheduler"
FULL = "write .sandbox/state/local.json.tmp: no space left on device"
URL = "http://127.0.0.1:5000"


def workspace(folder: Path, *, in_state: bool, plugin: Plugin = "sandbox") -> Workspace:
    """A workspace after the provider has begun to create a role."""
    made = Workspace(folder, folder, folder, plugin, lambda _: None)
    made.marker.touch()
    Journal(made.journal).begin(ROLE, "jobs")
    checkpoint = folder / "state" / ".pulumi" / "stacks" / "scheduled-tasks" / "local.json"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_text(json.dumps({"checkpoint": {"latest": {"resources": [{"urn": ROLE}] if in_state else []}}}))
    return made


def ended(code: int, error: str = "", *, provider_ended: bool = False) -> Ended:
    events = Events(lambda _: None)
    events.outcome.error, events.provider_ended = error, provider_ended
    return Ended(events, code)


@pytest.mark.parametrize(
    ("in_state", "result", "error", "marker"),
    [
        (True, ended(0), "", False),
        (True, ended(255, "refused"), "refused", False),
        (True, ended(255, "EOF", provider_ended=True), PROVIDER_ENDED, False),
        (False, ended(255, "EOF", provider_ended=True), f"{PROVIDER_ENDED}\n{STARTS_OVER}", True),
        (False, ended(255, FULL), f"{FULL}\n{DISK_FULL}\n{STARTS_OVER}", True),
    ],
)
def test_an_embedded_sandbox_starts_over_if_a_resource_is_missing_in_its_state(
    tmp_path: Path, in_state: bool, result: Ended, error: str, marker: bool
):
    made = workspace(tmp_path, in_state=in_state)
    finish(made, result, None)
    assert (result.events.outcome.error, made.marker.exists()) == (error, marker)


def test_a_killed_engine_or_a_damaged_state_starts_over(tmp_path: Path):
    made = workspace(tmp_path, in_state=True)
    killed = ended(-9, "...")
    finish(made, killed, None)
    assert killed.events.outcome.error.splitlines()[1:] == [STARTS_OVER]
    assert made.marker.exists()
    assert made.state.checkpoint
    made.state.checkpoint.write_text("")
    damaged = ended(255, "no space left on device")
    finish(made, damaged, None)
    assert damaged.events.outcome.error.endswith(STARTS_OVER)
    assert made.marker.exists()


def test_the_official_provider_keeps_no_journal(tmp_path: Path):
    made = workspace(tmp_path, in_state=True, plugin="official")
    finish(made, ended(255, "EOF", provider_ended=True), None)
    assert made.marker.exists()


def test_a_given_emulator_is_left_to_the_user(tmp_path: Path):
    """The advice repeats until the resource is in the state, because only the user may change that emulator."""
    made = workspace(tmp_path, in_state=False)
    for code, stuck in ((-9, True), (255, False), (255, False)):
        made.marker.touch()
        result = ended(code, "refused")
        finish(made, result, URL)
        assert "aws:iam/role:Role jobs" in result.events.outcome.error
        assert STARTS_OVER not in result.events.outcome.error
        assert made.marker.exists() == stuck, "a killed engine leaves its lock"
    finish(made, ended(0), URL)
    assert unfinished(made.journal, set()) == {}
