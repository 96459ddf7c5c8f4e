"""The record of an import from a live account."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ops.errors import OpsError
from ops.importing.record import Origin, read_record, record_file, write_record

RULE = Origin(
    kind="rule",
    arn="arn:aws:events:eu-west-1:123456789012:rule/nightly",
    name="nightly",
    place="default",
    target="target-1",
    state="ENABLED",
    expression="cron(0 3 * * ? *)",
    timezone="UTC",
    imported="2026-11-27T11:40:00Z",
)
SCHEDULE = Origin(
    kind="schedule",
    arn="arn:aws:scheduler:eu-west-1:123456789012:schedule/jobs/hourly",
    name="hourly",
    place="jobs",
    target="",
    state="DISABLED",
    expression="rate(1 hour)",
    timezone="Europe/Berlin",
    imported="2026-11-27T11:40:00Z",
    start="2027-01-01T00:00:00Z",
)


def test_a_record_has_the_origin_of_each_task(tmp_path: Path):
    file = record_file(tmp_path / "config" / "tasks")
    assert file == tmp_path / "config" / "imported.json"
    write_record(file, {"nightly": RULE, "hourly": SCHEDULE})
    assert read_record(file) == {"nightly": RULE, "hourly": SCHEDULE}
    assert json.loads(file.read_text())["tasks"]["nightly"] == {
        "kind": "rule", "arn": RULE.arn, "name": "nightly", "bus": "default", "target": "target-1", "state": "ENABLED",
        "expression": "cron(0 3 * * ? *)", "timezone": "UTC", "imported": "2026-11-27T11:40:00Z",
    }  # fmt: skip
    assert json.loads(file.read_text())["tasks"]["hourly"]["group"] == "jobs"


def test_a_second_import_keeps_the_other_tasks(tmp_path: Path):
    file = tmp_path / "imported.json"
    write_record(file, {"nightly": RULE, "hourly": SCHEDULE})
    write_record(file, {"nightly": replace(RULE, state="DISABLED")})
    assert read_record(file) == {"nightly": replace(RULE, state="DISABLED"), "hourly": SCHEDULE}
    assert [each.name for each in tmp_path.iterdir()] == ["imported.json"]


def test_there_is_no_record_without_tasks(tmp_path: Path):
    write_record(tmp_path / "imported.json", {})
    assert not (tmp_path / "imported.json").exists()
    assert read_record(tmp_path / "imported.json") == {}


BROKEN = {
    "{": "It isn't JSON.",
    "[]": "It has no object `tasks`.",
    '{"tasks": {"a": {"kind": "job"}}}': "`a` needs a kind (rule or schedule)",
    '{"tasks": {"a": {"kind": "rule", "state": "ENABLED", "arn": "x"}}}': "`a` has no name, bus, target",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_record_is_an_error(tmp_path: Path, text: str):
    file = tmp_path / "imported.json"
    file.write_text(text)
    with pytest.raises(OpsError) as error:
        read_record(file)
    assert BROKEN[text] in str(error.value)
