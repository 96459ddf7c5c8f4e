"""Token buckets, compared with results calculated by hand and by a simulation."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.resolver import resolve_task
from ops.load.launches import Demand, Launch
from ops.load.limits import CALLS, ECS_CALLS, LIMITS, ON_DEMAND, SCHEDULER, SPOT, Limit, usage_per_launch
from ops.load.throttling import peak_usage, throttled, throttled_launches
from ops.planning.plans import Plan

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def demand(usage: dict[Limit, float]) -> Demand:
    return Demand(Plan("test", "job", "cron(0 3 * * ? *)", "UTC", True, None, None, None), usage)


def at(*seconds: int, usage: dict[Limit, float]) -> list[Launch]:
    one = demand(usage)
    return [Launch(second, one) for second in seconds]


def test_a_full_bucket_launches_at_once_and_the_rest_waits_for_the_refill():
    found = throttled(at(*[0] * 23, usage={CALLS: 1}))
    assert [(each.limit, each.wait) for each in found] == [(CALLS, 0.05), (CALLS, 0.1), (CALLS, 0.15)]


def test_waiting_launches_use_the_refill_before_later_ones():
    assert [each.wait for each in throttled(at(*[0] * 41, 1, 2, usage={CALLS: 1}))][20:] == [1.05, 0.1]


def test_a_bucket_never_exceeds_its_size():
    assert len(throttled(at(*[0] * 20, *[1000] * 21, usage={CALLS: 1}))) == 1


def test_a_launch_of_ten_tasks_uses_ten_fargate_tokens():
    found = throttled(at(*[0] * 12, usage={CALLS: 1, ON_DEMAND: 10}))
    assert [(each.limit, each.wait) for each in found] == [(ON_DEMAND, 0.5), (ON_DEMAND, 1)]


def test_a_launch_that_exceeds_two_limits_counts_once():
    found = throttled(at(*[0] * 21, usage={CALLS: 1, ON_DEMAND: 5}))
    assert {each.limit for each in found} == {CALLS, ON_DEMAND}
    assert throttled_launches(found) == 1


def test_a_backlog_starts_when_the_bucket_is_empty_and_ends_when_no_launch_waits():
    found = throttled(at(*[0] * 41, 1, 500, *[600] * 21, usage={CALLS: 1}))
    assert [each.backlog_start for each in found] == [*[0] * 21, 0, 600]


def test_launches_outside_the_week_use_tokens_but_are_not_reported():
    end = 7 * 24 * 3600
    found = throttled(at(*[-1] * 60, 0, end - 1, *[end] * 60, usage={CALLS: 1}))
    assert [(each.launch.second, each.wait) for each in found] == [(0, 1.05)]


@given(st.lists(st.integers(-5, 30), max_size=400).map(sorted))
def test_waits_match_a_simulation_of_single_tokens(seconds: list[int]):
    # Each launch uses a token from the bucket, or the next one from the refill.
    waits: list[tuple[int, float]] = []
    free_at = [float(seconds[0]) if seconds else 0.0] * CALLS.bucket
    for second in seconds:
        token = min(free_at)
        free_at.remove(token)
        served = max(float(second), token)
        last = max([served, *free_at])
        free_at.append(max(last, second) + 1 / CALLS.refill)
        if served > second and second >= 0:
            waits.append((second, served - second))
    found = [(each.launch.second, each.wait) for each in throttled(at(*seconds, usage={CALLS: 1}))]
    assert [second for second, _ in found] == [second for second, _ in waits]
    assert [wait for _, wait in found] == pytest.approx([wait for _, wait in waits])


@pytest.mark.parametrize(
    ("args", "usage"),
    [
        ({}, {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, ON_DEMAND: 1}),
        ({"count": 4}, {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, ON_DEMAND: 4}),
        ({"launch": "fargateSpot"}, {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, SPOT: 1}),
        (
            {"count": 4, "capacity_providers": [{"provider": "FARGATE_SPOT", "weight": 3}, {"provider": "FARGATE"}]},
            {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, ON_DEMAND: 1, SPOT: 3},
        ),
        ({"parallel": {"tasks": 100, "at_once": 25}}, {SCHEDULER: 1, ECS_CALLS: 25, CALLS: 25, ON_DEMAND: 25}),
        ({"parallel": {"tasks": 4, "at_once": 10}}, {SCHEDULER: 1, ECS_CALLS: 4, CALLS: 4, ON_DEMAND: 4}),
        ({"launch": "ec2", "count": 4}, {SCHEDULER: 1, ECS_CALLS: 1}),
        ({"launch": "external"}, {SCHEDULER: 1, ECS_CALLS: 1}),
    ],
)
def test_usage_per_launch(args: dict[str, object], usage: dict[Limit, float]):
    assert usage_per_launch(resolve_task("job", args)) == pytest.approx(usage)


def test_limits_are_the_quotas_of_aws():
    """AWS: EventBridge Scheduler user guide, quotas; Amazon ECS API reference, Request throttling; AWS Fargate quotas."""
    values = {limit.name: (limit.bucket, limit.refill) for limit in LIMITS}
    assert values == {
        "Scheduler invocations": (500, 500),
        "RunTask": (100, 40),
        "RunTask on Fargate": (20, 20),
        "Tasks on Fargate": (100, 20),
        "Tasks on Fargate Spot": (100, 20),
    }


def test_peak_usage_per_second():
    launches = at(-1, -1, -1, 0, 0, 1, usage={CALLS: 1, SPOT: 2.5})
    assert [peak_usage(launches, limit) for limit in LIMITS] == [0, 0, 2, 0, 5]
    assert peak_usage([], CALLS) == 0
