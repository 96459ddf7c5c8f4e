"""Buckets of tokens, reckoned by hand and second by second beside."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.load.launches import Demand, Launch
from ops.load.limits import CALLS, ECS_CALLS, LIMITS, ON_DEMAND, SCHEDULER, SPOT, Limit, taken
from ops.load.throttling import most_at_once, refused_launches, throttled
from ops.planning.plans import Plan

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def demand(takes: dict[Limit, float]) -> Demand:
    return Demand(Plan("test", "job", "cron(0 3 * * ? *)", "UTC", True, None, None, None), takes)


def at(*seconds: int, takes: dict[Limit, float]) -> list[Launch]:
    one = demand(takes)
    return [Launch(second, one) for second in seconds]


def test_a_bucketful_is_launched_at_once_and_the_rest_waits_for_what_flows_in():
    refused = throttled(at(*[0] * 23, takes={CALLS: 1}))
    assert [(each.limit, each.wait) for each in refused] == [(CALLS, 0.05), (CALLS, 0.1), (CALLS, 0.15)]


def test_who_waits_takes_what_flows_in_before_the_next():
    assert [each.wait for each in throttled(at(*[0] * 41, 1, 2, takes={CALLS: 1}))][20:] == [1.05, 0.1]


def test_a_bucket_holds_no_more_after_a_long_rest():
    assert len(throttled(at(*[0] * 20, *[1000] * 21, takes={CALLS: 1}))) == 1


def test_a_launch_of_many_tasks_takes_as_many_tokens_of_fargate():
    refused = throttled(at(*[0] * 12, takes={CALLS: 1, ON_DEMAND: 10}))
    assert [(each.limit, each.wait) for each in refused] == [(ON_DEMAND, 0.5), (ON_DEMAND, 1)]


def test_a_launch_that_meets_two_limits_is_one_launch():
    refused = throttled(at(*[0] * 21, takes={CALLS: 1, ON_DEMAND: 5}))
    assert {each.limit for each in refused} == {CALLS, ON_DEMAND}
    assert refused_launches(refused) == 1


def test_a_rush_begins_when_a_bucket_runs_empty_and_ends_when_nobody_waits():
    refused = throttled(at(*[0] * 41, 1, 500, *[600] * 21, takes={CALLS: 1}))
    assert [each.rush for each in refused] == [*[0] * 21, 0, 600]


def test_what_is_before_and_after_the_week_counts_for_it_and_is_not_shown():
    end = 7 * 24 * 3600
    refused = throttled(at(*[-1] * 60, 0, end - 1, *[end] * 60, takes={CALLS: 1}))
    assert [(each.launch.second, each.wait) for each in refused] == [(0, 1.05)]


@given(st.lists(st.integers(-5, 30), max_size=400).map(sorted))
def test_the_waits_are_those_of_a_queue_watched_token_by_token(seconds: list[int]):
    # One after the other: a launch takes the token that the bucket had, or the first that flows in for it.
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
    found = [(each.launch.second, each.wait) for each in throttled(at(*seconds, takes={CALLS: 1}))]
    assert [second for second, _ in found] == [second for second, _ in waits]
    assert [wait for _, wait in found] == pytest.approx([wait for _, wait in waits])


@pytest.mark.parametrize(
    ("args", "takes"),
    [
        ({}, {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, ON_DEMAND: 1}),
        ({"count": 4}, {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, ON_DEMAND: 4}),
        ({"launch": "fargateSpot"}, {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, SPOT: 1}),
        (
            {"count": 4, "capacity_providers": [{"provider": "FARGATE_SPOT", "weight": 3}, {"provider": "FARGATE"}]},
            {SCHEDULER: 1, ECS_CALLS: 1, CALLS: 1, ON_DEMAND: 1, SPOT: 3},
        ),
        ({"launch": "ec2", "count": 4}, {SCHEDULER: 1, ECS_CALLS: 1}),
        ({"launch": "external"}, {SCHEDULER: 1, ECS_CALLS: 1}),
    ],
)
def test_what_a_launch_takes(args: dict[str, object], takes: dict[Limit, float]):
    assert taken(args) == pytest.approx(takes)


def test_the_most_in_a_second():
    launches = at(-1, -1, -1, 0, 0, 1, takes={CALLS: 1, SPOT: 2.5})
    assert [most_at_once(launches, limit) for limit in LIMITS] == [0, 0, 2, 0, 5]
