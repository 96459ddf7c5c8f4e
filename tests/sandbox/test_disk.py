"""A disk without space for the files of the sandbox."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sandbox import disk, engine_process, operation
from sandbox.engine import Sandbox
from sandbox.engine_process import EngineCommand
from sandbox.errors import SandboxError
from sandbox.events import Events
from sandbox.holder import Holder
from sandbox.operation import Ended


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def usage(free: int, total: int = 2**30) -> Callable[[object], Usage]:
    return lambda _: Usage(total, total - free, free)


@pytest.mark.parametrize(
    ("free", "total", "lacks"),
    [(disk.NEEDED, 2**30, False), (disk.NEEDED - 1, 2**30, True), (0, 2**30, True), (0, 0, False)],
)
def test_the_free_space_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, total: int, lacks: bool):
    """A file system without a size doesn't tell how much is free."""
    monkeypatch.setattr(shutil, "disk_usage", usage(free, total))
    assert disk.lacks(tmp_path, disk.NEEDED) is lacks


def test_no_engine_starts_on_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(shutil, "disk_usage", usage(0))
    monkeypatch.setattr(operation, "run", None)
    box = Sandbox(tmp_path / "home", tmp_path)
    with pytest.raises(SandboxError, match=r"has less than 16 MiB free. Free disk space, then run the command again"):
        box.up()


def test_a_full_disk_does_not_prevent_a_deletion(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """It frees space."""
    monkeypatch.setattr(shutil, "disk_usage", usage(0))
    monkeypatch.setattr(operation, "run", None)
    lines: list[str] = []
    box = Sandbox(tmp_path / "home", tmp_path, say=lines.append)
    (box.base / "state").mkdir(parents=True)
    assert not box.destroy().error
    assert lines == ["Deleting the whole sandbox at once, because the disk is full"]
    assert not box.home.exists()


def test_the_engine_is_interrupted_when_the_disk_is_filled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Otherwise Pulumi would repeat each write for a minute."""
    monkeypatch.setattr(engine_process, "CHECK_SECONDS", 0)
    monkeypatch.setattr(engine_process, "INTERRUPTED_SECONDS", 0)
    monkeypatch.setattr(shutil, "disk_usage", usage(disk.LEAST - 1))
    command: Any = object.__new__(EngineCommand)
    command._holder, command.disk_filled = Holder(tmp_path / "engine"), False
    # A shell lets a command in the background ignore SIGINT.
    handle = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = f"import signal, sys, time; {handle}; print(flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        process.stdout.readline()
        command._wait(process)
        assert process.wait() in (-signal.SIGINT, 1)
    assert command.disk_filled


def test_a_filled_disk_is_the_reason_of_the_failure(tmp_path: Path):
    events = Events(lambda _: None)
    events.outcome.error = "update cancelled"
    assert Ended(events, -9, disk.filled(tmp_path)).why.endswith("so the command was canceled. " + disk.DISK_FULL)
