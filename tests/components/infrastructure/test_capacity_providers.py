"""The capacity providers of an existing cluster, which tasks must not name if the cluster lacks them."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from components import ScheduledTaskArgs, ScheduledTaskGroup
from components.checks import checked_group, checked_task
from tests.mocks import Recorded, not_found, run

TOKEN = "aws:cloudcontrol/getResource:getResource"
ASG = [{"provider": "asg-a"}, {"provider": "asg-b"}]


def deployed(tasks: dict[str, dict[str, Any]], answer: Any, **group: Any) -> Recorded:
    """A group that knows its tasks. `answer` are the properties of the cluster in Cloud Control."""

    def find(args: dict[str, Any]) -> Any:
        assert args == {"typeName": "AWS::ECS::Cluster", "identifier": "main"}
        return answer if isinstance(answer, tuple) else {"properties": json.dumps(answer)}

    def program() -> None:
        of_group, problems = checked_group({"prefix": "shop-dev", **(group or {"cluster": "main"})})
        assert not problems
        known = {
            name: checked_task(name, cast("ScheduledTaskArgs", {"image": "a:1", "schedule": "rate(1 day)", **args}))[0]
            for name, args in tasks.items()
        }
        ScheduledTaskGroup("tasks", replace(of_group, tasks=known))

    recorded = run(program, preview=False, answers={TOKEN: find})
    if recorded.error:
        raise recorded.error
    return recorded


# AWS: botocore ecs, CapacityProviderStrategyItem.capacityProvider: FARGATE and FARGATE_SPOT "must be associated with a
# cluster to be used".
LACKING: dict[str, tuple[dict[str, dict[str, Any]], dict[str, Any], list[str]]] = {
    "all there": ({"a": {"launch": "fargateSpot"}}, {"CapacityProviders": ["FARGATE", "FARGATE_SPOT"]}, []),
    "none": ({"a": {"launch": "fargateSpot"}, "b": {"launch": "fargateSpot"}}, {}, ['"main" does not have the capacity provider FARGATE_SPOT, so AWS refuses each launch of a and b.']),
    "one of two": ({"a": {"capacity_providers": ASG}}, {"CapacityProviders": ["asg-a"]}, ['"main" does not have the capacity provider asg-b, so AWS refuses each launch of a.']),
}  # fmt: skip


@pytest.mark.parametrize(("tasks", "cluster", "expected"), LACKING.values(), ids=LACKING)
def test_providers_that_the_cluster_lacks(tasks: dict[str, Any], cluster: dict[str, Any], expected: list[str]):
    recorded = deployed(tasks, cluster)
    assert recorded.invokes.count(TOKEN) == 1
    assert [warning.split(" Add it")[0].removeprefix("cluster: ") for warning in recorded.warnings] == expected


# AWS: botocore ecs, RunTaskRequest.capacityProviderStrategy: "If no capacityProviderStrategy or launchType is specified,
# the defaultCapacityProviderStrategy for the cluster is used."
DEFAULTS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "Fargate": ({}, ["FARGATE_SPOT"], ""),
    "instances": ({"network_mode": "bridge"}, ["asg-a"], ""),
    "no default": ({}, [], "has no default capacity provider strategy"),
    "bridge network on Fargate": ({"network_mode": "bridge"}, ["FARGATE"], "Fargate supports only awsvpc"),
}


@pytest.mark.parametrize(("task", "default", "expected"), DEFAULTS.values(), ids=DEFAULTS)
def test_default_strategy_of_the_cluster(task: dict[str, Any], default: list[str], expected: str):
    strategy = [{"CapacityProvider": name, "Weight": 1} for name in default]
    cluster = {"CapacityProviders": default, "DefaultCapacityProviderStrategy": strategy}
    warnings = deployed({"a": {"launch": "clusterDefault", **task}}, cluster).warnings
    assert len(warnings) == bool(expected)
    assert all(warning.startswith("tasks.a.") and expected in warning for warning in warnings)


def test_a_look_up_that_is_denied_is_a_warning():
    recorded = deployed({"a": {"launch": "fargateSpot"}}, not_found("AccessDeniedException"))
    [warning] = recorded.warnings
    assert "AccessDeniedException" in warning
    assert "cloudformation:GetResource" in warning


@pytest.mark.parametrize(
    ("tasks", "group"),
    [({"a": {}}, {}), ({"a": {"launch": "ec2"}}, {}), ({"a": {"launch": "fargateSpot"}}, {"create_cluster": {}})],
    ids=["Fargate", "EC2", "new cluster"],
)
def test_providers_are_only_looked_up_if_a_task_names_one_of_an_existing_cluster(
    tasks: dict[str, Any], group: dict[str, Any]
):
    assert TOKEN not in deployed(tasks, {}, **group).invokes
