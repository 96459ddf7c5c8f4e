"""AWS's limits on launches: what they refuse, EventBridge Scheduler retries."""

from ops.load.limits import CALLS, ECS_CALLS, ON_DEMAND, SPOT, Limit
from ops.simulation.limits import LIMITS, Buckets
from tests.ops.simulation.scene import events, simulated


def accepted(wanted: dict[Limit, float], calls: int, buckets: Buckets, now: float) -> int:
    return sum(buckets.take(wanted, now) for _ in range(calls))


def test_the_buckets_have_the_sizes_and_rates_of_aws():
    """AWS: Amazon ECS developer guide, "AWS Fargate throttling quotas": "The rate quota for calling the Amazon ECS RunTask
    API is 20 calls per second (burst and sustained)"; tasks: 100, refilled with 20 per second, On-Demand and Spot each.
    Amazon ECS API reference, "Request throttling": cluster resource modify actions have 100, refilled with 40."""
    sizes = {CALLS: (20, 20), ON_DEMAND: (100, 20), SPOT: (100, 20), ECS_CALLS: (100, 40)}
    assert set(sizes) == set(LIMITS)
    for limit, (burst, rate) in sizes.items():
        buckets = Buckets()
        assert accepted({limit: 1}, 500, buckets, now=1000) == burst
        assert accepted({limit: 1}, 500, buckets, now=1001) == rate
        assert accepted({limit: 1}, 500, buckets, now=5000) == burst


def test_a_refused_call_takes_nothing():
    buckets = Buckets()
    assert accepted({CALLS: 1, ON_DEMAND: 10}, 20, buckets, now=0) == 10
    assert accepted({CALLS: 1}, 20, buckets, now=0) == 10


def test_launches_beyond_a_limit_are_retried():
    """150 tasks with 10 containers each are more than the 1,300 that Fargate launches in a minute."""
    settings = {"schedule": "cron(0 3 * * ? *)", "count": 10, "retry": {"attempts": 20}}
    tasks = {f"t{number}": settings for number in range(150)}
    record = simulated(tasks)
    assert {run.outcome for run in record.runs} == {"succeeded"}
    retries = [event.text for event in events(record, "launch retry")]
    assert retries[0] == "ThrottlingException: Rate exceeded; retry 1 in 1 s."
    assert 0 < sum(run.launch_retries > 0 for run in record.runs) < 150
    assert simulated(tasks).runs[0].started == record.runs[0].started


def test_few_tasks_at_the_same_time_are_not_refused():
    record = simulated({f"t{number}": {"schedule": "cron(0 3 * * ? *)"} for number in range(50)})
    assert events(record, "launch retry") == []


def test_a_supervised_launch_beyond_a_limit_is_retried_by_step_functions():
    tasks = {
        **{f"t{number}": {"schedule": "cron(0 3 * * ? *)", "count": 10} for number in range(150)},
        **{f"s{number}": {"schedule": "cron(0 3 * * ? *)", "timeout": "1h"} for number in range(20)},
    }
    record = simulated(tasks)
    retried = [event.text for event in events(record, "launch retry") if event.task.startswith("s")]
    assert retried
    assert retried[0].startswith("Not started: ThrottlingException: Rate exceeded; retry 1 in ")
