"""Recovery from interrupted commands and damaged files."""

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from sandbox.errors import SandboxError
from sandbox.holder import Holder
from sandbox.plugin.aws import InvalidRequestError
from sandbox.plugin.journal import Journal, keep, unfinished
from sandbox.recovery import INTERRUPTED, Leftovers, advice, killed, reason_to_start_over
from sandbox.state import DamagedStateError, StackFiles

ROLE = (
    "urn:pulumi:local::scheduled-tasks::ecs-scheduled-tasks:index:ScheduledTaskGroup$aws:iam/role:Role::tasks-scheduler"
)
QUEUE = "urn:pulumi:local::scheduled-tasks::aws:sqs/queue:Queue::dead-letters"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Leftovers(), ""),
        (Leftovers(emulator=True), ""),
        (Leftovers(emulator=True, used=True, stack=True), ""),
        (Leftovers(emulator=True, used=True, stack=True, unfinished=True), INTERRUPTED),
        (Leftovers(emulator=True, used=True, stack=True, locked=True), INTERRUPTED),
        (Leftovers(emulator=True, used=True, stack=True, damaged=True), "its state can't be read"),
        (Leftovers(emulator=True, used=True), "its state is missing"),
        (Leftovers(used=True, stack=True), "its emulator was stopped"),
        (Leftovers(used=True, stack=True, hangs=True), "its emulator doesn't answer"),
    ],
)
def test_a_sandbox_starts_over_if_its_state_and_emulator_may_differ(found: Leftovers, reason: str):
    assert reason_to_start_over(found) == reason


# Journal


def refusal(status: int) -> ClientError:
    response: Any = {"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "CreateRole")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal(409), {}),
        (InvalidRequestError("too long"), {}),
        (refusal(500), {ROLE: "jobs"}),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), {ROLE: "jobs"}),
    ],
)
def test_a_refused_creation_leaves_nothing_behind(tmp_path: Path, error: Exception, expected: dict[str, str]):
    journal = Journal(tmp_path / "journal")
    journal.begin(ROLE, "jobs")
    journal.failed(ROLE, error)
    assert unfinished(tmp_path / "journal", set()) == expected


def test_a_resource_that_is_left_behind_stays_in_the_journal_when_it_is_refused_again(tmp_path: Path):
    file = tmp_path / "journal"
    for number in range(3):
        Journal(file).begin(ROLE, "jobs")
        if number:
            Journal(file).failed(ROLE, refusal(409))
    Journal(file).begin(QUEUE, "letters")
    assert unfinished(file, {QUEUE}) == {ROLE: "jobs"}
    keep(file, {ROLE: "jobs"})
    assert unfinished(file, set()) == {ROLE: "jobs"}


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[]\nnull\n{}\n1", b'{"urn": 1', b"[" * 100_000])
def test_a_damaged_journal_has_no_resources(tmp_path: Path, content: bytes):
    file = tmp_path / "journal"
    file.write_bytes(content)
    assert unfinished(file, set()) == {}


def test_a_creation_does_not_begin_if_the_journal_cannot_be_written(tmp_path: Path):
    with pytest.raises(OSError, match="journal"):
        Journal(tmp_path / "missing" / "journal").begin(ROLE, "jobs")


# State

GOOD = json.dumps({"version": 3, "checkpoint": {"latest": {"resources": [{"urn": ROLE, "type": "aws:iam/role:Role"}]}}})


def stack_files(folder: Path, content: bytes, name: str = "local.json") -> StackFiles:
    file = folder / ".pulumi" / "stacks" / "scheduled-tasks" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return StackFiles(folder)


@pytest.mark.parametrize(
    ("name", "content"), [("local.json", GOOD.encode()), ("local.json.gz", gzip.compress(GOOD.encode()))]
)
def test_a_checkpoint_is_read(tmp_path: Path, name: str, content: bytes):
    files = stack_files(tmp_path, content, name)
    assert (files.urns, files.damaged, files.locked) == ({ROLE}, False, False)


def test_a_new_stack_has_no_resources(tmp_path: Path):
    assert StackFiles(tmp_path).resources() == []
    assert stack_files(tmp_path, b'{"version": 3, "checkpoint": {"stack": "s", "latest": null}}').resources() == []


DAMAGE = [
    b"",
    b"{}",
    b"null",
    GOOD.encode()[:-9],
    b"\0" * 50,
    b"[" * 100_000,
    b'{"checkpoint": {"latest": {"resources": 1}}}',
]


@pytest.mark.parametrize("content", DAMAGE)
def test_damage_is_found_and_the_earlier_copy_used(tmp_path: Path, content: bytes):
    files = stack_files(tmp_path, content)
    assert files.damaged
    assert not files.restore(), "there is no copy"
    assert files.checkpoint
    with pytest.raises(DamagedStateError, match=r"local\.json"):
        files.resources()
    copy = files.checkpoint.with_name("local.json.bak")
    copy.write_bytes(content)
    assert not files.restore(), "the copy is damaged too"
    copy.write_text(GOOD)
    assert files.restore()
    assert files.urns == {ROLE}


def test_a_truncated_compressed_checkpoint_is_damaged(tmp_path: Path):
    assert stack_files(tmp_path, gzip.compress(GOOD.encode())[:-12], "local.json.gz").damaged


def test_a_lock_of_the_stack_is_found(tmp_path: Path):
    # The layout of Pulumi's file backend: pkg/backend/diy/lock.go.
    lock = tmp_path / ".pulumi" / "locks" / "organization" / "scheduled-tasks" / "local" / "0.json"
    lock.parent.mkdir(parents=True)
    assert not StackFiles(tmp_path).locked
    lock.touch()
    assert StackFiles(tmp_path).locked


# Processes

SLEEP = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def launch(holder: Holder, command: list[str]) -> "subprocess.Popen[bytes]":
    with holder.lock() as lock:
        return subprocess.Popen(holder.launched(command), stdin=subprocess.PIPE, pass_fds=[lock])


def wait_for_program(holder: Holder, pid: int) -> None:
    while holder.file.read_text() != f"{pid}\n" or b"sys.stdin" not in Path(f"/proc/{pid}/cmdline").read_bytes():
        pass


def test_a_process_of_a_killed_command_is_ended(tmp_path: Path):
    holder = Holder(tmp_path / "engine")
    assert not holder.held
    assert not holder.end("sys.stdin")
    process = launch(holder, SLEEP)
    wait_for_program(holder, process.pid)
    assert holder.held
    assert holder.end("sys.stdin")
    assert process.wait() == -signal.SIGKILL
    assert not holder.held
    assert process.stdin
    process.stdin.close()


def test_two_that_look_for_a_process_at_the_same_time_find_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    holder, found, lock = Holder(tmp_path / "engine"), list[bool](), fcntl.flock

    def locked(descriptor: int, kind: int) -> None:
        lock(descriptor, kind)
        monkeypatch.setattr(fcntl, "flock", lock)
        found.append(holder.held)

    monkeypatch.setattr(fcntl, "flock", locked)
    assert [holder.held, *found] == [False, False]


def test_another_process_is_never_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The process ID of one that has ended may belong to another program."""
    monkeypatch.setattr("sandbox.holder.END_SECONDS", 0)
    holder = Holder(tmp_path / "engine")
    process = launch(holder, SLEEP)
    wait_for_program(holder, process.pid)
    holder.file.write_text(str(os.getpid()))
    with pytest.raises(SandboxError, match=f"still uses {holder.file}. End it"):
        holder.end("bin/pulumi")
    process.communicate()
    assert not holder.end("bin/pulumi")


# Messages


def test_a_killed_engine_is_named_by_its_signal():
    assert killed(-signal.SIGKILL) == "The Pulumi engine was ended by SIGKILL, for example because memory ran out."
    assert "ended by signal 999" in killed(-999)


def test_the_advice_names_each_resource():
    text = advice("http://127.0.0.1:5000", "/home/some one/.sandbox", {ROLE: "jobs", QUEUE: ""})
    assert "\n  aws:iam/role:Role jobs\n" in text
    assert "\n  aws:sqs/queue:Queue dead-letters\n" in text
    assert text.endswith("  curl -X POST http://127.0.0.1:5000/moto-api/reset && rm -r '/home/some one/.sandbox'")
    assert advice("http://127.0.0.1:5000", "/x", {}) == ""
