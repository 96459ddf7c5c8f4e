"""Office hours in plans, reviews and costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from components.checks.call_advice import call_warnings
from config import StackConfig, load
from config.sources import Source
from ops.planning.left_out import next_left_out
from ops.planning.plans import plans
from ops.pricing.costs import (
    LEFT_OUT_TRANSITIONS,
    TRANSITIONS_OF_HOURS,
    TRANSITIONS_PER_RESOURCE,
    Assumptions,
    stack_cost,
)
from ops.review.new_calls import new_call
from ops.review.permissions import machine_of, stack_grants

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOURS = {"open": "MON-FRI 07:30-19:00", "sleeps": [{"service": "main/web"}, {"database": "orders"}]}


def stack(**office: Any) -> StackConfig:
    tasks: Mapping[str, Any] = {"office": {"hours": HOURS, "timezone": "Europe/Berlin", **office}}
    return load(Source("dev", {"tasks": tasks, "catalogue": False}, ()), Path("missing"))


def test_the_next_runs_are_the_opening_and_the_closing():
    [opening, closing] = plans("dev", stack())
    assert [f"{next(plan.runs(NOW)):%a %H:%M}" for plan in (opening, closing)] == ["Mon 07:30", "Fri 19:00"]
    assert "Europe/Berlin" in opening.explanation


def test_a_clock_change_moves_no_opening():
    """AWS: EventBridge Scheduler user guide, "Daylight savings time": a cron expression follows the time zone."""
    [opening, _] = plans("dev", stack(hours={**HOURS, "open": "MON-SUN 07:30-19:00"}))
    before = datetime(2027, 3, 27, 3, tzinfo=UTC)
    runs = opening.runs(before)
    assert [next(runs).astimezone(UTC).strftime("%d %H:%M") for _ in range(2)] == ["27 06:30", "28 05:30"]


def test_an_opening_on_a_holiday_is_left_out_and_the_closing_is_not():
    """26 November 2026 is Thanksgiving Day, the fourth Thursday of November."""
    [opening, closing] = plans("dev", stack(**{"except": {"holidays": ["US"]}}))
    wednesday = datetime(2026, 11, 25, 20, tzinfo=UTC)
    assert [f"{next(plan.runs(wednesday)):%a %H:%M}" for plan in (opening, closing)] == ["Fri 07:30", "Thu 19:00"]
    [left_out] = next_left_out(opening, wednesday, 1)[:1]
    assert (left_out.reason, next_left_out(closing, wednesday, 1)) == ("Thanksgiving Day (US)", [])


def test_an_opening_that_is_left_out_costs_three_state_transitions():
    usual = stack_cost(stack(), NOW, Assumptions()).tasks["office"].supervised
    never = {"dates": ["2026-01-01/2027-12-31 Closed"]}
    found = stack_cost(stack(**{"except": never}), NOW, Assumptions()).tasks["office"].supervised
    openings = 261 / 12
    expected = usual / 2 + openings * (1 + LEFT_OUT_TRANSITIONS) * 0.025 / 1000
    assert abs(found - expected) < 0.0001


def test_hours_that_never_open_are_a_warning():
    call = stack(**{"except": {"dates": ["2026-01-01/2029-12-31 Closed"]}}).calls["office"]
    [warning] = [str(each) for each in call_warnings(call, NOW) if "leaves out" in each.message]
    assert warning.startswith('except_: leaves out every run of "cron(30 7 ? * MON-FRI *)" before 2028-12-31')
    assert warning.endswith("Change hours, or the exceptions.")


def test_a_review_names_the_resources():
    shown = "".join(part.text for part in new_call(stack().calls["office"]).calls)
    assert shown.startswith("sfn:StartExecution on ")
    assert shown.endswith(", which stops and restores service main/web and database orders")


def test_a_review_shows_the_permissions_of_the_state_machine():
    grants = {(grant.action, grant.resource) for grant in stack_grants(stack()) if grant.holder == machine_of("office")}
    assert ("rds:StopDBInstance", "arn:aws:rds:<region>:<account>:db:orders") in grants
    assert ("ecs:UpdateService", "arn:aws:ecs:<region>:<account>:service/main/web") in grants
    everything = {action for action, resource in grants if resource == "*"}
    assert everything == {"application-autoscaling:DescribeScalableTargets"}


def test_the_cost_counts_state_transitions():
    found = stack_cost(stack(), NOW, Assumptions()).tasks["office"]
    launches = 2 * 261 / 12
    expected = launches * (TRANSITIONS_OF_HOURS + 2 * TRANSITIONS_PER_RESOURCE) * 0.025 / 1000
    assert abs(found.supervised - expected) < 0.002
    assert found.scheduler > 0
