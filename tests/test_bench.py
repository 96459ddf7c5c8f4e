"""The measurements run, on little; what they measure is not asserted, as machines differ."""

import json
from pathlib import Path

from bench import schedules


def test_schedules_are_measured_beside_another_implementation(tmp_path: Path):
    file = tmp_path / "figures.json"
    schedules.main(count=20, file=file)
    figures = json.loads(file.read_text())
    assert (figures["schedules"], figures["crons_in_utc"]) == (20, 16)
    assert figures["crons_in_utc_aws_croniter_seconds"] > 0


def test_both_implementations_find_as_many_runs():
    crons = [(text, "UTC") for text, _ in schedules.expressions(200) if text.startswith("cron")]
    assert schedules.ours(crons) == schedules.aws_croniter(crons)
