"""`status` shows how many scheduled times a pause has skipped."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.scheduler.models import scheduler_backends

from components.schedules import ON_DEMAND
from ops.aws.schedules import Listed, Schedule
from ops.pauses.record import ALL, Pause, Record
from ops.pauses.skipped import MOST, Skipped, skipped
from ops.state.rows import Source
from tests.ops.cloud import ACCOUNT, REGION, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PAUSED = NOW - timedelta(days=3, minutes=1)
PAUSE = Pause(f"{PAUSED:%Y-%m-%dT%H:%M:%SZ}", "alice", "migration")
ARN = "arn:aws:ecs:eu-west-1:1:cluster/main"


def listed(name: str = "etl", *, enabled: bool = False) -> Listed:
    return Listed(name, enabled, ARN, PAUSED)


def source(expression: str | None, name: str = "etl", start: datetime | None = None) -> Source:
    times = expression and Schedule(name, "arn", expression, "UTC", enabled=False, target={"Arn": ARN}, start=start)
    return Source(name, enabled=False, times=times or None)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 3 * * ? *)", Skipped(3)),
        ("cron(0 12 * * ? *)", Skipped(4)),
        ("at(2026-11-25T00:00:00)", Skipped(1)),
        ("rate(6 hours)", Skipped(12, exact=False)),
        ("cron(0 3 1 1 ? 2199)", Skipped(0)),
        (ON_DEMAND, Skipped(0)),
        (None, Skipped(0, exact=False)),
    ],
)
def test_the_times_since_the_pause_count(expression: str | None, expected: Skipped):
    found = skipped(Record({"etl": PAUSE}), [listed()], {"etl": source(expression)}, NOW)
    assert found == {"etl": expected}


def test_a_rate_with_a_start_is_exact():
    times = source("rate(6 hours)", start=datetime(2026, 11, 1, tzinfo=UTC))
    assert skipped(Record({"etl": PAUSE}), [listed()], {"etl": times}, NOW) == {"etl": Skipped(13)}


def test_each_schedule_counts_for_its_own_pause_or_that_of_all_tasks():
    record = Record({"etl": PAUSE, ALL: Pause(PAUSE.when, "bob", "incident")})
    every = {name: source("cron(0 3 * * ? *)", name) for name in ("etl", "a", "b", "enabled")}
    names = [listed("etl"), listed("a"), listed("b"), listed("enabled", enabled=True)]
    assert skipped(record, names, every, NOW) == {"etl": Skipped(3), ALL: Skipped(6)}


def test_very_many_times_are_not_counted_one_by_one():
    long = Pause("2020-01-01T00:00:00Z", "alice", "forgotten")
    item = Listed("etl", False, ARN, datetime(2020, 1, 1, tzinfo=UTC))
    found = skipped(Record({"etl": long}), [item], {"etl": source("cron(* * * * ? *)")}, NOW)
    assert found == {"etl": Skipped(MOST, exact=False)}
    assert found["etl"].words == "about 10,000 scheduled times skipped so far"


def test_status_tells_what_a_pause_has_skipped(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    share_session(monkeypatch)
    ops("pause", "etl", "--why", "migration")
    since = datetime.now(UTC) - timedelta(days=2)
    groups: Any = scheduler_backends[ACCOUNT][REGION].schedule_groups
    groups[deployed.names.schedule_group].schedules["etl"].last_modified_date = since.timestamp()
    arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{deployed.names.schedule_group}"
    tag = {"Key": "scheduled-tasks/paused/etl", "Value": f"{since:%Y-%m-%dT%H:%M:%SZ} alice: migration"}
    deployed.cloud.client("scheduler").tag_resource(ResourceArn=arn, Tags=[tag])
    assert "by alice: migration; 8 scheduled times skipped so far\n" in ops("status", "--stack", "test").stdout
    [pause] = json.loads(ops("status", "--stack", "test", "--json").stdout)["pauses"]
    assert (pause["over"], pause["skipped"]) == (False, 8)
