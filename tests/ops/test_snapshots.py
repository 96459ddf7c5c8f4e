"""Snapshots with `keep` in reviews and costs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from components.checks.call_advice import call_warnings
from config import StackConfig, load
from config.sources import Source
from ops.pricing.costs import TRANSITIONS_OF_SNAPSHOT, Assumptions, stack_cost
from ops.review.new_calls import new_call
from ops.review.permissions import machine_of, stack_grants
from tests.components.snapshots.world import World, execute, keeper, kept
from tests.interpreter import client

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def stack(**more: Any) -> StackConfig:
    task = {"snapshot": {"database": "orders", "keep": 14}, "schedule": "cron(0 3 * * ? *)", **more}
    return load(Source("dev", {"tasks": {"backup": task}, "catalogue": False}, ()), Path("missing"))


def test_a_success_that_is_expected_too_often_is_a_warning():
    """From Friday 03:00 to Monday 03:00 are 72 hours."""
    for within, expected in (("71h", [("expect_success_within",)]), ("72h", [])):
        call = stack(only="workdays", expectSuccessWithin=within).calls["backup"]
        assert [each.path for each in call_warnings(call, NOW)] == expected


def test_a_review_says_what_is_kept():
    shown = "".join(part.text for part in new_call(stack().calls["backup"]).calls)
    assert shown.endswith(", which creates a snapshot of database orders and keeps the last 14 snapshots")


def test_a_review_shows_the_permissions_of_the_state_machine():
    grants = [grant for grant in stack_grants(stack()) if grant.holder == machine_of("backup")]
    found = {(grant.action, grant.resource, "aws:ResourceTag" in grant.condition) for grant in grants}
    assert ("rds:DeleteDBSnapshot", "arn:aws:rds:<region>:<account>:snapshot:orders-<id>-*", True) in found
    assert {action for action, _, _ in found} == {
        "rds:AddTagsToResource", "rds:CreateDBSnapshot", "rds:DeleteDBSnapshot", "rds:DescribeDBSnapshots",
    }  # fmt: skip


def test_the_cost_counts_state_transitions():
    found = stack_cost(stack(), NOW, Assumptions()).tasks["backup"]
    assert abs(found.supervised - 365 / 12 * TRANSITIONS_OF_SNAPSHOT * 0.025 / 1000) < 0.001


def test_the_state_transitions_are_those_of_an_execution():
    """Five looks at a snapshot that takes ten minutes, one every two minutes."""
    world, of = World(slow=5), kept()
    world.own(of, 3)
    with keeper(world, of) as states:
        assert execute(states, "tonight").status == "SUCCEEDED"
        arn = client("stepfunctions").list_executions(stateMachineArn=states.machine)["executions"][0]["executionArn"]
        assert len(states.entered(arn)) == TRANSITIONS_OF_SNAPSHOT
