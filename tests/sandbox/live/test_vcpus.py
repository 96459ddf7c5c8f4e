"""The account's quotas of Fargate vCPUs in the live sandbox: 6 for On-Demand and 6 for Spot, AWS's defaults.

AWS General Reference, "Amazon ECS endpoints and quotas": "Fargate On-Demand vCPU resource count | Each supported
Region: 6", and the same for "Fargate Spot vCPU resource count". RunTask answers with `failures`, whose texts public reports have.
"""

from typing import Any

import pytest

from .world import CLUSTER, DEFINITION, NAMES, World, client

REASON = "You’ve reached the limit on the number of vCPUs you can run concurrently"  # noqa: RUF001 - AWS's text


def launch(stack: World, count: int, cpu: int = 2048, **more: Any) -> dict[str, Any]:
    network = {"subnets": [stack.subnet], "securityGroups": [stack.security_group]}
    return client("ecs").run_task(
        cluster="main",
        taskDefinition=DEFINITION,
        group="job",
        count=count,
        overrides={"cpu": str(cpu), "memory": "8192"},
        networkConfiguration={"awsvpcConfiguration": network},
        **({"launchType": "FARGATE"} | more if "capacityProviderStrategy" not in more else more),
    )


def test_tasks_beyond_the_quota_do_not_start(unscheduled: World):
    answer = launch(unscheduled, 4)
    assert (len(answer["tasks"]), answer["failures"]) == (3, [{"reason": REASON}])
    assert len(unscheduled.tasks()) == 3
    assert launch(unscheduled, 1)["tasks"] == []
    assert (
        f"job: 1 ECS task of 4 did not start: {REASON}. The quota of Fargate On-Demand is 6 vCPUs." in unscheduled.lines
    )


def test_a_task_that_stopped_needs_no_vcpus(unscheduled: World):
    assert launch(unscheduled, 3)["failures"] == []
    unscheduled.run(30)
    assert launch(unscheduled, 3)["failures"] == []


def test_a_repeated_request_has_the_same_answer(unscheduled: World):
    first = launch(unscheduled, 4, clientToken="once")
    again = launch(unscheduled, 4, clientToken="once")
    assert [task["taskArn"] for task in again["tasks"]] == [task["taskArn"] for task in first["tasks"]]
    assert again["failures"] == first["failures"] == [{"reason": REASON}]


def test_spot_has_a_quota_of_its_own(unscheduled: World):
    client("ecs").put_cluster_capacity_providers(
        cluster="main", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    assert launch(unscheduled, 3)["failures"] == []
    answer = launch(unscheduled, 3, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])
    assert (len(answer["tasks"]), answer["failures"]) == (3, [])
    answer = launch(unscheduled, 1, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])
    assert (answer["tasks"], answer["failures"]) == ([], [{"reason": REASON}])
    assert f"job: 1 ECS task of 1 did not start: {REASON}. The quota of Fargate Spot is 6 vCPUs." in unscheduled.lines


@pytest.mark.parametrize(("used", "started"), [(2, "nothing"), (1, "only 1 ECS task")])
def test_the_sandbox_says_what_event_bridge_scheduler_does_not_notice(unscheduled: World, used: int, started: str):
    launch(unscheduled, 1, 4096)
    launch(unscheduled, used, 1024)
    unscheduled.schedule("cron(0 3 1 1 ? *)", target=wide(unscheduled))
    unscheduled.live.scheduler.fire(NAMES.schedule_group, "job")
    unscheduled.run(1)
    assert f"job: RunTask started {started}, and EventBridge Scheduler doesn't notice: {REASON}" in unscheduled.lines
    assert unscheduled.dead_letters() == [], "as in AWS"


def wide(stack: World) -> dict[str, Any]:
    """A target that needs two vCPUs for two ECS tasks."""
    network = {"Subnets": [stack.subnet], "SecurityGroups": [stack.security_group], "AssignPublicIp": "ENABLED"}
    return {
        "Arn": CLUSTER,
        "EcsParameters": {
            "TaskDefinitionArn": DEFINITION,
            "TaskCount": 2,
            "LaunchType": "FARGATE",
            "Group": "job",
            "NetworkConfiguration": {"awsvpcConfiguration": network},
        },
        "Input": '{"cpu": "1024", "memory": "2048"}',
    }
