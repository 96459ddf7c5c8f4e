"""`scheduled-tasks doctor`: runs that fit into the quotas of Fargate vCPUs alone, but not together."""

import re
from typing import Any

import pytest

from ops.doctor.finding import OK, PROBLEM, WARNING
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session
from tests.ops.test_doctor import supervised

ON_DEMAND, SPOT = "L-3032A538", "L-36FBB829"
"""The codes of `Fargate On-Demand vCPU resource count` and `Fargate Spot vCPU resource count` in Service Quotas."""


@pytest.fixture
def stack(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> HealthyStack:
    share_session(monkeypatch)
    found = HealthyStack(deployed, ops)
    group = deployed.names.schedule_group
    found.client("scheduler").delete_schedule(GroupName=group, Name="backup")
    found.vcpus = {ON_DEMAND: 6.0, SPOT: 6.0}
    return found


def add(stack: HealthyStack, name: str, **changes: Any) -> None:
    """Deploy a task of 4 vCPUs that runs at 03:00."""
    given = {"cpu": 4096, "memory": 8192, "schedule": "cron(0 3 * * ? *)", "enabled": True, **changes}
    task = stack.deployed.task("paused", name, **given)
    stack.deployed.schedule(task, stack.deployed.define(task))


def together(stack: HealthyStack, *arguments: str) -> list[tuple[str, str]]:
    """The findings about the runs of the week, without the date and the fix."""
    found = [(level, words) for level, words, _ in stack.findings(*arguments) if "vCPUs of Fargate" in words]
    return [(level, re.sub(r"On \w{3} [\d-]+ at", "At", words)) for level, words in found if "A run needs" not in words]


def test_runs_of_the_same_minute_that_exceed_the_quota_together(stack: HealthyStack):
    """AWS: Amazon ECS developer guide, "Amazon ECS service quotas": ECS starts no task that exceeds the quota."""
    add(stack, "one")
    assert together(stack) == [
        (OK, "The runs of this stack need at most 4 of the 6 vCPUs of Fargate On-Demand at the same time in the coming week.")
    ]  # fmt: skip
    add(stack, "two", cpu=2048, memory=4096, count=2)
    [(level, words, fix)] = [each for each in stack.problems() if "vCPUs" in each[1]]
    assert level == PROBLEM
    assert re.fullmatch(
        r"On \w{3} \d{4}-\d\d-\d\d at 03:00 UTC, runs start that need 8 vCPUs of Fargate On-Demand together: "
        r"one 4, two 4\. The account may use 6 in this Region, so some don't start\.",
        words,
    )
    assert fix == "Request an increase in Service Quotas: fargate, L-3032A538. Or let these tasks start at other times."
    assert together(stack, "one") == [], "one task doesn't tell what runs at the same time"
    stack.vcpus[ON_DEMAND] = 8.0
    assert [level for level, _ in together(stack)] == [OK]
    stack.vcpus.clear()
    assert together(stack) == [], "their values aren't known"


def test_a_run_that_exceeds_the_quota_alone_has_one_finding(stack: HealthyStack):
    add(stack, "one", count=2)
    assert together(stack) == []
    add(stack, "two")
    assert together(stack)[0][1].startswith("At 03:00 UTC, runs start that need 12 vCPUs")


def test_an_account_whose_quota_is_0_starts_no_run(stack: HealthyStack):
    """Public reports have new or blocked accounts with the value 0 of L-3032A538. RunTask then starts nothing."""
    stack.vcpus[ON_DEMAND], stack.quota = 0.0, 0.0
    add(stack, "one", cpu=1024, memory=2048)
    words = "A run needs 1 vCPU of Fargate for 1 ECS task at once. The account may use 0 in this Region."
    found = [(level, words) for level, words, _ in stack.findings("one")]
    assert (PROBLEM, words) in found
    assert not [words for _, words in found if "0 of 0" in words]


def test_runs_on_spot_have_their_own_quota(stack: HealthyStack):
    add(stack, "one")
    add(stack, "two", launch="fargateSpot")
    assert [level for level, _ in together(stack)] == [OK, OK]
    mixed = [{"provider": "FARGATE", "weight": 1}, {"provider": "FARGATE_SPOT", "weight": 3}]
    add(stack, "three", count=4, cpu=1024, memory=2048, capacity_providers=mixed)
    assert [(level, re.findall(r"\d+ vCPUs[^:]*: [^.]*", words)) for level, words in together(stack)] == [
        (OK, []),
        (PROBLEM, ["7 vCPUs of Fargate Spot together: two 4, three 3"]),
    ]


def test_runs_on_other_capacity_do_not_count(stack: HealthyStack):
    add(stack, "one")
    add(stack, "two", launch="clusterDefault")
    assert [words[:38] for _, words in together(stack)] == ["The runs of this stack need at most 4 "]


def test_runs_in_a_flexible_window_are_a_warning(stack: HealthyStack):
    """EventBridge Scheduler chooses a time in the window, so that the runs may not meet."""
    for number in range(60):
        add(stack, f"job-{number}", cpu=256, memory=512, flexible_window="2m")
    [(level, words)] = together(stack)
    assert (level, "together if they start at the same time: " in words) == (WARNING, True)


def test_a_schedule_whose_expression_is_not_known_does_not_count(stack: HealthyStack):
    add(stack, "one")
    add(stack, "two")
    scheduler, group = stack.client("scheduler"), stack.deployed.names.schedule_group
    there = scheduler.get_schedule(GroupName=group, Name="two")
    kept = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "Target")}
    scheduler.update_schedule(**kept, ScheduleExpression="cron(0 3 L-3 * ? *)")
    assert [level for level, _ in together(stack)] == [OK]


def deploy_supervised(stack: HealthyStack, **settings: Any) -> None:
    """Deploy a task of 4 vCPUs that runs every six hours."""
    stack.definition().cpu = "4096"
    supervised(stack, **settings)


def test_runs_that_overlap_until_their_timeout_are_a_warning(stack: HealthyStack):
    deploy_supervised(stack, timeout="7h")
    [(level, words)] = together(stack)
    assert level == WARNING
    assert words.endswith(
        " UTC, runs need 8 vCPUs of Fargate On-Demand together if they take until their `timeout`: "
        "etl 8. The account may use 6 in this Region. Runs beyond don't start."
    )


@pytest.mark.parametrize("settings", [{"timeout": "5h"}, {"timeout": "7h", "overlap": "forbid"}, {"timeout": "24h"}])
def test_runs_that_do_not_overlap_fit(stack: HealthyStack, settings: dict[str, str]):
    """24h is the default timeout, which says nothing about the duration."""
    deploy_supervised(stack, **settings)
    assert [level for level, _ in together(stack)] == [OK]


def test_tasks_with_one_lock_do_not_overlap(stack: HealthyStack):
    deploy_supervised(stack, timeout="7h", lock="db")
    assert [level for level, _ in together(stack)] == [OK]


def test_times_that_a_schedule_leaves_out_do_not_count(stack: HealthyStack):
    deploy_supervised(stack, timeout="7h")
    always = '[{"from": "2020-01-01T00:00:00Z", "to": "2120-01-01T00:00:00Z", "why": "holiday"}]'
    stack.target(
        Input=f'{{"schedule": "etl", "time": "x", "overrides": {{}}, "except": {always}, "exceptUntil": "2120-01-01T00:00:00Z"}}'
    )
    add(stack, "one", cpu=1024, memory=2048)
    assert [words[:38] for _, words in together(stack)] == ["The runs of this stack need at most 1 "]
