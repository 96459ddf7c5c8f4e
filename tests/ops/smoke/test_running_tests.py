"""`smoke --clean` leaves a test alone that is still running, and its lock ends with its processes."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops.project import project_at
from ops.smoke.configuration import IMAGE, stack_file
from ops.smoke.deployer import PulumiCli
from ops.smoke.lock import RunningError, held
from ops.smoke.program import folder_of_tests, write_program
from ops.smoke.record import SmokeRecord
from tests.ops.cloud import ACCOUNT, REGION, Cloud
from tests.ops.conftest import Ops

from .test_smoke import BEGAN, UNTIL


@pytest.fixture
def tests(project: Path, tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of two tests, `smoke-1` and `smoke-2`, whose stacks have no resources."""
    monkeypatch.setenv("XDG_STATE_HOME", str(project / "state"))
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho $PULUMI_STACK $1 >> {tmp_path / 'words'}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    here = project_at(project)
    for name in ("smoke-1", "smoke-2"):
        values = here.source("test").values
        made = stack_file(here.name, values, region=REGION, stack=name, image=IMAGE, began=BEGAN, until=UNTIL)
        folder = write_program(here, folder_of_tests() / name, name, made).folder
        (folder / "state").mkdir()
        (folder / "state" / f"{name}.json").touch()
        SmokeRecord(ACCOUNT, REGION, began="2026-11-27T11:30:00+00:00").write(folder)
    return folder_of_tests()


@pytest.fixture
def running(tests: Path) -> Iterator[ExitStack]:
    """`smoke-2` is still running, until this ends."""
    with ExitStack() as stack:
        stack.enter_context(held(tests / "smoke-2"))
        yield stack


def test_clean_leaves_a_running_test_and_deletes_the_others(
    tests: Path, running: ExitStack, ops: Ops, tmp_path: Path, cloud: Cloud
):
    result = ops("smoke", "--clean")
    assert result.exit_code == 1
    assert "smoke-2 is still running in eu-west-1 of account 123456789012, since 11:30 UTC." in " ".join(
        result.stderr.split()
    )
    assert "run: scheduled-tasks smoke --clean --force" in " ".join(result.stderr.split())
    assert result.stdout == "scheduled-tasks-smoke-1: Nothing is left. Deregistered revisions of task definitions: 0\n"
    assert (tmp_path / "words").read_text().split() == ["smoke-1", "destroy"]
    assert sorted(each.name for each in tests.iterdir()) == ["smoke-2", "smoke-2.lock"]


@pytest.fixture
def elsewhere(tests: Path) -> datetime:
    """`smoke-2` began 15 minutes ago on another computer. Its folder is shared, and its lock isn't."""
    began = datetime.now(UTC) - timedelta(minutes=15)
    SmokeRecord(ACCOUNT, REGION, began=began.isoformat(timespec="seconds"), computer="runner-7").write(
        tests / "smoke-2"
    )
    return began


def test_clean_leaves_a_test_that_may_run_on_another_computer(
    tests: Path, elsewhere: datetime, ops: Ops, tmp_path: Path
):
    result = ops("smoke", "--clean")
    text = " ".join(result.stderr.split())
    assert result.exit_code == 1
    assert (
        f"smoke-2 may still be running in eu-west-1 of account {ACCOUNT}, since {elsewhere:%H:%M} UTC on another computer"
        f" (runner-7). If it was killed, run this command again after {elsewhere + timedelta(hours=1):%H:%M} UTC."
        " To delete its resources now, run: scheduled-tasks smoke --clean --force"
    ) in text
    assert (tmp_path / "words").read_text().split() == ["smoke-1", "destroy"]
    assert (tests / "smoke-2").is_dir()
    assert ops("smoke", "--clean", "--force").exit_code == 0
    assert not (tests / "smoke-2").exists()


@pytest.mark.parametrize(
    ("computer", "minutes", "kept"),
    [("runner-7", 59, True), ("", 59, True), ("runner-7", 61, False), (platform.node(), 15, False)],
)
def test_clean_deletes_a_test_that_cannot_run(tests: Path, ops: Ops, computer: str, minutes: int, kept: bool):
    """A test of this computer has ended if nobody holds its lock. No test takes longer than an hour."""
    began = datetime.now(UTC) - timedelta(minutes=minutes)
    SmokeRecord(ACCOUNT, REGION, began=began.isoformat(timespec="seconds"), computer=computer).write(tests / "smoke-2")
    assert ops("smoke", "--clean").exit_code == int(kept)
    assert (tests / "smoke-2").exists() == kept


def test_clean_deletes_a_test_that_was_running(tests: Path, running: ExitStack, ops: Ops):
    running.close()
    assert ops("smoke", "--clean").exit_code == 0
    assert list(tests.iterdir()) == []


def test_clean_with_force_deletes_a_running_test(tests: Path, running: ExitStack, ops: Ops, tmp_path: Path):
    result = ops("smoke", "--clean", "--force")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "words").read_text().split() == ["smoke-1", "destroy", "smoke-2", "destroy"]
    assert not (tests / "smoke-2").exists()


def test_a_test_that_has_just_begun_is_running(tests: Path, running: ExitStack, ops: Ops):
    (tests / "smoke-2" / "test.json").unlink()
    result = ops("smoke", "--clean")
    assert "smoke-2 is still running. Wait until it ends" in " ".join(result.stderr.split())
    assert result.exit_code == 1


def test_force_alone_is_refused(project: Path, ops: Ops):
    result = ops("smoke", "--stack", "test", "--force")
    assert (result.exit_code, "--force needs --clean." in result.stderr) == (1, True)


def test_a_killed_test_holds_no_lock(tmp_path: Path):
    program = (
        "import sys\nfrom pathlib import Path\nfrom ops.smoke.lock import held\n"
        "with held(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    folder = tmp_path / "smoke-1"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(RunningError), held(folder):
            pass
        process.kill()
    with held(folder):
        pass


def test_a_pulumi_that_outlives_its_test_keeps_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Pulumi continues after the command is killed. It has the lock, so that nothing is deleted under it."""
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    # The background process has the lock too. It ends when the pipe gets a line.
    program.write_text(f"#!/bin/sh\nmkfifo {tmp_path / 'pipe'}\n(read line < {tmp_path / 'pipe'}) >&- 2>&- &\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "smoke-1"
    folder.mkdir()
    with held(folder) as lock:
        assert PulumiCli(folder, "smoke-1", {}, lock=lock).unchanged()
    try:
        with pytest.raises(RunningError), held(folder):
            pass
    finally:
        (tmp_path / "pipe").write_text("end\n")


@pytest.mark.parametrize("deleted", [False, True])
def test_the_lock_goes_with_the_folder(tmp_path: Path, deleted: bool):
    folder = tmp_path / "smoke-1"
    with suppress(KeyboardInterrupt), held(folder):
        if not deleted:
            folder.mkdir()
        raise KeyboardInterrupt
    assert (tmp_path / "smoke-1.lock").exists() != deleted
