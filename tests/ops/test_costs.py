"""The cost of tasks, compared with amounts calculated by hand."""

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.resolved import Group, Task
from components.resolver import resolve_group, resolve_task
from config import Source, load
from ops.pricing import page as cost_page
from ops.pricing.costs import Assumptions, Cost, hourly, monthly_launches, spot_share, stack_cost, task_cost
from ops.pricing.keys import key_costs
from ops.pricing.prices import SHIPPED

NOW = datetime(2026, 11, 25, tzinfo=UTC)
TEN = Assumptions(minutes=10, log_mb=0)
GROUP: Group = resolve_group({})
QUIET = resolve_group({"monitoring": {"outcomes": False}})


def sized(**args: Any) -> Task:
    return resolve_task("a", {"image": "a:1", **args})


def task(schedule: str = "rate(1 hour)", **args: Any) -> Task:
    return sized(schedule=schedule, **args)


LAUNCHES = {
    "every hour": (task("rate(1 hour)"), 730),
    "every minute": (task("cron(* * * * ? *)"), 43_800),
    "in office hours": (task("cron(*/15 8-17 ? * MON-FRI *)"), 261 * 40 / 12),
    "daily in a zone": (task("cron(30 2 * * ? *)", timezone="Europe/Berlin"), 365 / 12),
    "monthly": (task("cron(0 3 L * ? *)"), 1),
    "leap days": (task("cron(0 3 29 2 ? *)"), 0),
    "once": (task("at(2027-01-01T00:00:00)"), 1 / 12),
    "over": (task("at(2020-01-01T00:00:00)"), 0),
    "at the end of the year": (task("at(2027-11-25T00:00:00)"), 1 / 12),
    "beyond the year": (task("at(2029-01-01T00:00:00)"), 0),
    "paused": (task(enabled=False), 0),
    "for 73 days": (task("rate(1 day)", end="2027-02-06T00:00:00Z"), 73 / 12),
    "from the last 73 days on": (task("cron(0 3 * * ? *)", start="2027-09-13T00:00:00Z"), 73 / 12),
    "ended": (task("rate(1 day)", end="2026-01-01T00:00:00Z"), 0),
}


@pytest.mark.parametrize(("configured", "launches"), LAUNCHES.values(), ids=LAUNCHES.keys())
def test_launches_of_an_average_month(configured: Task, launches: float):
    assert monthly_launches(configured.schedules[0], NOW) == pytest.approx(launches)


HOURLY = {
    "x86": ({"cpu": 1024, "memory": 2048}, 0.04048 + 2 * 0.004445),
    "the default size": ({}, 0.25 * 0.04048 + 0.5 * 0.004445),
    "arm": ({"cpu": 1024, "memory": 2048, "architecture": "arm64"}, 0.03238 + 2 * 0.00356),
    "windows": ({"cpu": 1024, "memory": 2048, "operating_system": "WINDOWS_SERVER_2022_CORE"}, 0.13748 + 2 * 0.01005),
    "storage": ({"cpu": 1024, "memory": 2048, "ephemeral_storage": 50}, 0.04048 + 2 * 0.004445 + 30 * 0.000111),
}


@pytest.mark.parametrize(("args", "usd"), HOURLY.values(), ids=HOURLY.keys())
def test_the_hourly_cost_of_a_run(args: dict[str, Any], usd: float):
    assert hourly(sized(**args)) == pytest.approx(usd)


def test_spot_discounts_cpu_and_memory_but_not_storage():
    large = sized(cpu=1024, memory=2048, ephemeral_storage=50)
    assert hourly(large, spot=True) == pytest.approx(0.33 * (0.04048 + 2 * 0.004445) + 30 * 0.000111)


STRATEGIES = {
    "none": ({}, 0),
    "spot": ({"launch": "fargateSpot"}, 1),
    "weights": ({"capacity_providers": [{"provider": "FARGATE"}, {"provider": "FARGATE_SPOT", "weight": 3}]}, 0.75),
    "base": ({"count": 4, "capacity_providers": [{"provider": "FARGATE", "base": 1, "weight": 0}, {"provider": "FARGATE_SPOT"}]}, 0.75),
    "base of one": ({"capacity_providers": [{"provider": "FARGATE_SPOT", "base": 1, "weight": 0}, {"provider": "FARGATE"}]}, 1),
    "base of spot": ({"count": 2, "capacity_providers": [{"provider": "FARGATE_SPOT", "base": 5}, {"provider": "FARGATE"}]}, 1),
}  # fmt: skip


@pytest.mark.parametrize(("args", "share"), STRATEGIES.values(), ids=STRATEGIES.keys())
def test_the_share_of_spot(args: dict[str, Any], share: float):
    assert spot_share(sized(**args)) == pytest.approx(share)


def test_a_task_costs_its_hours_and_its_launches():
    cost = task_cost(task(count=2, cpu=1024, memory=2048), QUIET, NOW, TEN)
    assert cost.parts == pytest.approx(Cost(fargate=2 * 730 / 6 * 0.04937, scheduler=730e-6).parts)


def test_each_task_of_a_run_is_billed_and_its_outcome_once():
    one, three = (task_cost(task(parallel={"tasks": count}), GROUP, NOW, TEN) for count in (2, 6))
    assert (three.fargate, three.scheduler) == pytest.approx((3 * one.fargate, one.scheduler))
    assert three.logs == pytest.approx(730 * 3 / 1024 / 1024 * 0.50)


def test_a_run_is_billed_for_at_least_one_minute():
    short, minute = (task_cost(task(), QUIET, NOW, Assumptions(minutes, 0)) for minutes in (0.2, 1))
    assert short == minute


def test_log_cost_includes_container_logs_and_the_outcome_log():
    assert task_cost(task(), QUIET, NOW, Assumptions(10, 1024)).logs == pytest.approx(730 * 0.50)
    assert task_cost(task(), GROUP, NOW, TEN).logs == pytest.approx(730 * 3 / 1024 / 1024 * 0.50)


@pytest.mark.parametrize(
    ("key", "transitions"),
    [
        ({"timeout": "1h"}, 6),
        ({"overlap": "allow"}, 6),
        ({"retry_run": {"attempts": 2}}, 6),
        ({"overlap": "forbid"}, 8),
        ({"overlap": "queue"}, 10),
        ({"lock": "orders-db"}, 8),
        ({"overlap": "forbid", "lock": "orders-db"}, 10),
        ({"parallel": {"tasks": 3}}, 21),
    ],
)
def test_supervised_runs_cost_state_transitions(key: dict[str, Any], transitions: int):
    assert task_cost(task(**key), QUIET, NOW, TEN).supervised == pytest.approx(730 * transitions * 0.025 / 1000)
    assert task_cost(task(), QUIET, NOW, TEN).supervised == 0


def test_an_expected_success_costs_a_metric_and_an_alarm_unless_paused():
    watched = {"expect_success_within": "2h"}
    paused = resolve_group({"monitoring": {"outcomes": False}, "enabled": False})
    assert task_cost(task(**watched), QUIET, NOW, TEN).alarms == pytest.approx(0.40)
    assert task_cost(task(**watched, timeout="1h"), QUIET, NOW, TEN).alarms == pytest.approx(0.10)
    assert task_cost(task(**watched, enabled=False), QUIET, NOW, TEN).alarms == 0
    assert task_cost(task(**watched), paused, NOW, TEN) == Cost()


def test_an_expected_duration_costs_an_alarm():
    assert task_cost(task(expect_duration_under="1h"), QUIET, NOW, TEN).alarms == pytest.approx(0.10)
    assert task_cost(task(timeout="1h"), QUIET, NOW, TEN).alarms == 0


def test_exceptions_cost_one_transition_per_run_and_three_per_time_that_is_left_out():
    kept = 5 / 7
    expected = 730 * (7 * kept + 3 * (1 - kept)) * 0.025 / 1000
    assert task_cost(task(only="workdays"), QUIET, NOW, TEN).supervised == pytest.approx(expected, rel=0.01)


def test_recipients_cost_the_requests_about_successful_runs():
    secret = {"url": "https://hooks.example.com/runs", "secret": "x"}
    found = resolve_group(
        {
            "notify": {
                "webhook": {
                    "all": secret,
                    "other": {**secret, "tasks": ["b"]},
                    "throttled": {**secret, "severities": ["warning"]},
                },
                "pagerduty": {"on-call": {"routing_key": "x"}},
                "slack": {"quiet": {"token": "x", "channel": "C0123456789"}},
                "teams": {"also-quiet": {"url": "https://a.example/x?sig=s"}},
                "heartbeat": {"ping": {"tasks": ["a"], "url": "https://hc-ping.example/x"}},
            }
        }
    )
    # One for the webhook and for PagerDuty, two for the heartbeat, none for Slack and Teams.
    assert task_cost(task(), found, NOW, TEN).messages == pytest.approx(730 * 4 * 0.20 / 1e6)
    assert task_cost(task(), GROUP, NOW, TEN).messages == 0


def test_a_shared_metric_filter_makes_a_metric_of_each_task_that_is_started_directly():
    shared = resolve_group({"monitoring": {"success_metrics": "shared"}})
    assert task_cost(task(), shared, NOW, TEN).alarms == pytest.approx(0.30)
    assert task_cost(task(expect_success_within="2h"), shared, NOW, TEN).alarms == pytest.approx(0.40)
    assert task_cost(task(timeout="1h"), shared, NOW, TEN).alarms == 0
    assert task_cost(task(enabled=False), shared, NOW, TEN).alarms == 0


@pytest.mark.parametrize("args", [{"launch": "ec2"}, {"launch": "external"}, {"task_definition": "a:1"}])
def test_ec2_external_and_existing_task_definitions_have_no_fargate_cost(args: dict[str, Any]):
    cost = task_cost(task(**args), QUIET, NOW, TEN)
    assert (cost.fargate, cost.spot) == (0, 0)
    assert cost.scheduler > 0


def test_a_schedule_can_override_the_size():
    schedules = [{"expression": "rate(1 hour)", "cpu": 1024, "memory": 2048}, {"expression": "rate(1 hour)"}]
    hours = 730 / 6
    expected = hours * (0.04937 + hourly(sized()))
    assert task_cost(sized(schedules=schedules), QUIET, NOW, TEN).fargate == pytest.approx(expected)


def test_the_alarms_of_a_group_cost_what_docs_monitoring_states(tmp_path: Path):
    tasks = {f"task-{number}": task().args for number in range(10)}
    values = {"tasks": tasks, "notify": {}}
    config = load(Source("test", values, ()), tmp_path)
    found = stack_cost(config, NOW, TEN)
    assert found.shared.parts == pytest.approx(Cost(alarms=0.70).parts)
    assert found.total.total == pytest.approx(found.shared.total + sum(cost.total for cost in found.tasks.values()))
    dashboard = load(Source("test", {**values, "monitoring": {"dashboard": True, "alarms": False}}, ()), tmp_path)
    assert stack_cost(dashboard, NOW, TEN).shared.alarms == pytest.approx(3)


def test_every_price_has_a_source_and_is_listed_once():
    shipped = SHIPPED.by_name.values()
    assert len({price.what for price in shipped}) == len(fields(SHIPPED)) - 2
    assert all(price.source and price.usd > 0 for price in shipped)


@pytest.mark.timeout(240)
def test_a_key_adds_its_own_resources_and_costs():
    found = {each.key: each for each in key_costs()}
    added = {
        key: (it.stack.resources, it.task.resources, it.stack.usd, it.task.usd, it.runs) for key, it in found.items()
    }
    # A task definition and a schedule.
    assert added["None of these"][1] == 2
    # A role and its policy.
    assert added["`permissions`"] == (0, 2, 0, 0, 0)
    # A table, a role, its policy, a log group, and three rules with a target each. Per task, a state machine.
    assert added["`timeout`, `retryRun`"] == pytest.approx((10, 1, 0, 0, 6 * 0.025))
    # A metric filter and an alarm.
    assert added["`expectSuccessWithin`"] == pytest.approx((0, 2, 0, 0.30 + 0.10, 0))
    # A topic, its policy and its target. A role and its policy. A connection and an API destination. Five rules with
    # a target each: failed, succeeded, critical and warning alarms, and recovered alarms.
    assert added["`notify.webhook`"] == pytest.approx((3 + 2 + 2 + 5 * 2, 0, 0, 0, 0.20 / 1000))
    assert added["`monitoring.dashboard`"] == pytest.approx((1, 0, 3, 0, 0))


@pytest.mark.timeout(240)
def test_the_cost_page_is_current():
    assert cost_page.FILE.read_text() == cost_page.text(), "stale: run `make docs`"


@pytest.mark.timeout(240)
def test_the_cost_page_matches_amounts_calculated_by_hand():
    page = cost_page.text()
    assert "| `1024`, `2048` | $0.0494 | $0.0395 | $0.0163 | $0.0130 | $0.1576 |" in page
    # 730 runs of 10 minutes at $0.024685 per hour, each with 1 MB and 3 KB of logs.
    assert (
        f"| Every hour | $0.6586 | ${730 / 6 * 0.024685 + 730 * (1 / 1024 + 3 / 1024**2) * 0.5 + 730e-6:.2f} |" in page
    )
    assert "| Alarms of the stack (`monitoring.alarms`) | $0.70 |" in page
    words = " ".join(page.split())
    assert "A thousand state transitions of [supervised runs](supervised.md#resources-and-costs) cost $0.025." in words
