"""The most Fargate vCPUs at the same time, compared with results calculated by hand and second by second."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.resolver import resolve_task
from ops.load.launches import Demand, Launch
from ops.load.run_sizes import DEFAULT_VCPUS, NO_VCPUS, ON_DEMAND, SPOT, VCPU_QUOTAS, RunSize, VcpuQuota, run_size
from ops.load.vcpus import vcpu_peak
from ops.planning.plans import Plan

WEEK = 7 * 24 * 3600


def demand(vcpus: float, seconds: float | None = None, turn: str = "", task: str = "job") -> Demand:
    plan = Plan("test", task, "cron(0 3 * * ? *)", "UTC", True, None, None, None)
    return Demand(plan, {}, RunSize({ON_DEMAND: vcpus}, seconds, turn))


def peak(*of: tuple[int, Demand], quota: VcpuQuota = ON_DEMAND) -> tuple[int, float] | None:
    found = vcpu_peak([Launch(second, each) for second, each in of], quota)
    return (found.second, found.vcpus) if found else None


def test_the_quotas_are_those_of_aws():
    """AWS: AWS General Reference, "Amazon ECS endpoints and quotas", has 6 for both. AWS Batch API reference,
    ResourceRequirement, has it for On-Demand."""
    batch: Any = botocore.session.get_session().get_service_model("batch")
    text = batch.shape_for("ResourceRequirement").members["value"].documentation
    assert f"The default for the Fargate On-Demand vCPU resource count quota is {DEFAULT_VCPUS} vCPUs." in text
    assert {quota.capacity: quota.code for quota in VCPU_QUOTAS} == {
        "Fargate On-Demand": "L-3032A538",
        "Fargate Spot": "L-36FBB829",
    }


def test_launches_of_the_same_minute_are_added():
    assert peak((0, demand(2)), (180, demand(4)), (180, demand(1)), (240, demand(4.5))) == (180, 5)


def test_runs_whose_duration_is_known_are_added_until_they_end():
    long = demand(2, seconds=600)
    assert peak((0, long), (599, demand(4))) == (599, 6)
    assert peak((0, long), (600, demand(4))) == (600, 4)


def test_runs_overlap_those_of_their_own_task_unless_it_forbids_that():
    assert peak((0, demand(2, 600)), (300, demand(2, 600))) == (300, 4)
    assert peak((0, demand(2, 600, "etl")), (300, demand(3, 600, "etl")), (700, demand(1))) == (700, 4)


def test_the_sum_after_the_largest_run_of_a_turn_has_the_other_one():
    assert peak((0, demand(8, 60, "db")), (30, demand(2, 600, "db")), (90, demand(7))) == (90, 9)


def test_a_run_from_before_the_week_counts_at_its_start():
    assert peak((-100, demand(4, 200)), (-100, demand(9, 50)), (50, demand(1))) == (50, 5)
    assert peak((-100, demand(4, 200))) == (0, 4)
    assert peak((WEEK, demand(9)), (-60, demand(9))) is None


def test_capacities_are_separate():
    mixed = Demand(demand(0).plan, {}, RunSize({ON_DEMAND: 1, SPOT: 3}))
    assert (peak((0, mixed)), peak((0, mixed), quota=SPOT)) == ((0, 1), (0, 3))
    assert peak((0, demand(1)), quota=SPOT) is None


def test_a_peak_names_its_tasks_with_the_largest_first():
    nightly, hourly, waiting = demand(1), demand(2, task="hourly"), demand(8, 600, "db", "smaller")
    of = [(0, nightly), (0, nightly), (0, hourly), (0, demand(9, 600, "db", "larger")), (0, waiting), (60, nightly)]
    found = vcpu_peak([Launch(second, each) for second, each in of], ON_DEMAND)
    assert found
    assert found.tasks == [("test", "larger", 9), ("test", "hourly", 2), ("test", "job", 2)]


def test_the_durations_can_be_left_out():
    found = vcpu_peak([Launch(0, demand(2, 600)), Launch(300, demand(3, 600))], ON_DEMAND, seconds=60)
    assert found
    assert (found.second, found.vcpus) == (300, 3)


SIZES = st.builds(demand, st.sampled_from([0.25, 0.5, 4]), st.sampled_from([None, 1, 7, 30]), st.sampled_from("  ab"))


@given(st.lists(st.tuples(st.integers(-40, 60), SIZES), max_size=30))
def test_the_peak_is_that_of_a_count_second_by_second(of: list[tuple[int, Demand]]):
    of = [(second, Demand(each.plan, {}, RunSize(each.size.vcpus, each.size.seconds, each.size.turn.strip()))) for second, each in of]  # fmt: skip
    sums: list[float] = []
    for now in range(130):
        running: Mapping[str, list[float]] = defaultdict(list)
        for number, (second, each) in enumerate(of):
            if second <= now < second + (each.size.seconds or 60):
                running[each.size.turn or str(number)].append(each.size.vcpus[ON_DEMAND])
        sums.append(sum(map(max, running.values())))
    most = max(sums)
    assert peak(*of) == ((sums.index(most), most) if most else None)


EXISTING = "arn:aws:ecs:eu-west-1:111111111111:task-definition/x:1"
BOTH = [{"provider": "FARGATE_SPOT", "weight": 3}, {"provider": "FARGATE"}]


@pytest.mark.parametrize(
    ("args", "size"),
    [
        ({}, RunSize({ON_DEMAND: 0.5})),
        ({"count": 4}, RunSize({ON_DEMAND: 2})),
        ({"launch": "fargateSpot"}, RunSize({SPOT: 0.5})),
        ({"count": 4, "capacity_providers": BOTH}, RunSize({ON_DEMAND: 0.5, SPOT: 1.5})),
        ({"expect_duration_under": "20m", "timeout": "1h"}, RunSize({ON_DEMAND: 0.5}, 1200)),
        ({"timeout": "1h"}, RunSize({ON_DEMAND: 0.5}, 3600)),
        ({"retry_run": {"attempts": 1}}, RunSize({ON_DEMAND: 0.5})),
        ({"timeout": "1h", "parallel": {"tasks": 9, "at_once": 4}}, RunSize({ON_DEMAND: 2}, 3 * 3600)),
        ({"parallel": {"tasks": 3, "at_once": 4}}, RunSize({ON_DEMAND: 1.5})),
        ({"overlap": "queue"}, RunSize({ON_DEMAND: 0.5}, turn="test task job")),
        ({"overlap": "forbid", "lock": "db"}, RunSize({ON_DEMAND: 0.5}, turn="test lock db")),
        ({"schedules": [{"expression": "rate(1 day)", "cpu": 2048}]}, RunSize({ON_DEMAND: 2})),
        ({"task_definition": EXISTING, "cpu": None}, RunSize(unknown=True)),
        ({"task_definition": EXISTING, "cpu": 2048}, RunSize({ON_DEMAND: 2})),
        ({"launch": "ec2"}, NO_VCPUS),
        ({"launch": "external"}, NO_VCPUS),
        ({"launch": "clusterDefault"}, NO_VCPUS),
        ({"capacity_providers": [{"provider": "instances"}]}, NO_VCPUS),
    ],
)  # fmt: skip
def test_the_size_of_a_run(args: dict[str, object], size: RunSize):
    task = resolve_task("job", {"cpu": 512, **({} if "schedules" in args else {"schedule": "rate(1 day)"}), **args})
    assert run_size("test", task, task.schedules[0], ()) == size


def test_measured_durations_come_before_those_of_the_configuration():
    task = resolve_task("job", {"schedule": "rate(1 day)", "timeout": "1h"})
    assert run_size("test", task, task.schedules[0], (60, 300, 120)).seconds == 300
