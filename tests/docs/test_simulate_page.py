"""docs/guides/simulate-failures.md: its files are valid, and it has every kind of fault."""

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

from ops.simulation.assumptions import ASSUMPTIONS
from ops.simulation.duration_file import read_durations
from ops.simulation.fault_file import Scene, read_faults
from ops.simulation.faults import OF_TASKS, Service
from tests.ops.simulation.scene import BEGIN

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "simulate-failures.md"
TASKS = {"nightly-backup", "settle-invoices"}


def blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_files_of_the_page_are_valid(tmp_path: Path):
    faults, durations = blocks()
    (tmp_path / "faults.yaml").write_text(faults)
    (tmp_path / "durations.yaml").write_text(durations)
    found = read_faults(tmp_path / "faults.yaml", Scene(TASKS, (), BEGIN, BEGIN + timedelta(days=7)))
    assert [fault.kind for fault in found] == ["exitCode", "noCapacity", "outage", "spotInterruption"]
    assert read_durations([tmp_path / "durations.yaml"], TASKS).keys() == TASKS


def test_the_page_has_every_kind_and_every_service():
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted({"kind", *OF_TASKS, "outage"})
    [outage] = re.findall(r"^\| `outage` \| (.*?) \|", PAGE.read_text(), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", outage)) == {"service", *get_args(Service)}


def test_each_assumption_is_a_sentence():
    assert all(line[0].isupper() and "  " not in line for line in ASSUMPTIONS)
