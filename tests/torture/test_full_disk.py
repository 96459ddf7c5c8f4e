"""Full disks. `make torture` runs the trials, because each deploys twice."""

import os
from pathlib import Path

import pytest

from torture.full_disk import COMMANDS, _fill, cases


def test_the_cases_fill_the_disk_at_different_moments():
    drawn = list(cases(60, seed=1))
    assert drawn == list(cases(60, seed=1))
    for command in COMMANDS:
        lines = {case.line for case in drawn if case.command == command}
        assert None in lines
        assert len(lines) > 4
    assert len({case.free for case in drawn}) > 40


def test_the_disk_is_filled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    class About:
        f_bavail, f_frsize = 100, 4096

    monkeypatch.setattr(os, "statvfs", lambda _: About)
    assert _fill(tmp_path, 40)
    assert (tmp_path / "filler").stat().st_size == 90 * 4096
