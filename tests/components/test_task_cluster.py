"""A task that runs on another cluster than its group."""

import json
from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.aws import limits
from components.checks.errors import InvalidArgumentsError
from components.monitoring import events
from tests.components.policies.simulation import decisions, simulation
from tests.mocks import ACCOUNT, REGION, Answers, Recorded, not_found, run

BATCH, MAIN = (f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}" for name in ("batch", "main"))
TASK: dict[str, Any] = {"image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/job:1", "schedule": "rate(1 hour)"}


def deployed(task: dict[str, Any], group: dict[str, Any] | None = None, answers: Answers | None = None) -> Recorded:
    def program() -> None:
        made = ScheduledTaskGroup("tasks", cast("Any", {"prefix": "shop-dev", "cluster": "main", **(group or {})}))
        ScheduledTask("plain", cast("Any", {**TASK, "group": made}))
        ScheduledTask("job", cast("Any", {**TASK, **task, "group": made}))

    recorded = run(program, preview=False, answers=answers)
    if recorded.error:
        raise recorded.error
    return recorded


def target(recorded: Recorded, task: str) -> str:
    return recorded.named(f"{task}-schedule").inputs["target"]["arn"]


@pytest.mark.parametrize("reference", ["batch", BATCH])
def test_runs_start_on_the_cluster_of_their_task(reference: str):
    recorded = deployed({"cluster": reference}, {"clusters": ["batch"]})
    assert (target(recorded, "plain"), target(recorded, "job")) == (MAIN, BATCH)
    assert recorded.named("tasks-schedules").inputs["tags"]["scheduled-tasks/clusters"] == "batch main"


@pytest.mark.parametrize("reference", ["main", MAIN])
def test_a_task_can_name_the_cluster_of_its_group(reference: str):
    recorded = deployed({"cluster": reference})
    assert target(recorded, "job") == MAIN
    assert "scheduled-tasks/clusters" not in recorded.named("tasks-schedules").inputs["tags"]


def policies(recorded: Recorded, role: str) -> list[dict[str, Any]]:
    return [json.loads(recorded.named(f"tasks-{role}-policy").inputs["policy"])]


@pytest.mark.parametrize("role", ["scheduler", "supervisor"])
def test_roles_start_runs_on_both_clusters_and_no_other(role: str):
    recorded = deployed({"cluster": "batch", "timeout": "1h"}, {"clusters": ["batch"], "supervised": True})
    own = policies(recorded, role)
    definition = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop-dev__job:1"
    asked = [
        simulation(action, resource, context, identity_policies=own)
        for name in ("main", "batch", "other")
        for action, resource, context in (
            ("ecs:RunTask", definition, {"ecs:cluster": MAIN.replace("main", name)}),
            ("ecs:TagResource", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{name}/0a", {"ecs:CreateAction": "RunTask"}),
        )
    ]
    assert [answer == "Allowed" for answer in decisions(asked)] == [True] * 4 + [False] * 2
    assert f'"Cluster":"{BATCH}"' in recorded.named("job-supervisor").inputs["definition"]


def test_rules_hear_of_runs_on_both_clusters():
    recorded = deployed({"cluster": "batch"}, {"clusters": ["batch"], "notify": {}})
    for outcome in ("failed", "succeeded"):
        pattern = json.loads(recorded.named(f"tasks-{outcome}-runs").inputs["eventPattern"])
        assert pattern["detail"]["clusterArn"] == [MAIN, BATCH]
    message = recorded.named("tasks-failed-runs-topic").inputs["inputTransformer"]
    assert message["inputPaths"]["cluster"] == "$.detail.clusterArn"
    assert "--cluster <cluster> --tasks <run>" in message["inputTemplate"]


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "not in the group": ({"cluster": "batch"}, {}, 'cluster: "batch" is not in the group\'s clusters. Add it there.'),
    "elsewhere": ({}, {"clusters": [BATCH.replace(REGION, "us-east-1")]}, "clusters.0: "),
    # AWS: Service Quotas L-664C5505: 2,048 characters per event pattern.
    "too many": ({}, {"clusters": ["c" * 240 + str(number) for number in range(10)]}, "clusters: are 10, whose ARNs don't fit into the event patterns"),
}  # fmt: skip


@pytest.mark.parametrize(("task", "group", "message"), REFUSED.values(), ids=REFUSED)
def test_clusters_that_are_refused(task: dict[str, Any], group: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentsError) as refused:
        deployed(task, group)
    assert message in str(refused.value)


def test_a_cluster_that_does_not_exist_is_named():
    def answer(args: dict[str, Any]) -> Any:
        name = args["clusterName"]
        if name == "batch":
            return not_found("couldn't find resource")
        return {"arn": MAIN, "clusterName": name, "status": "ACTIVE"}

    with pytest.raises(InvalidArgumentsError) as refused:
        deployed({}, {"clusters": ["batch"]}, {"aws:ecs/getCluster:getCluster": answer})
    assert 'clusters.0: there is no ECS cluster "batch"' in str(refused.value)


def test_a_task_without_group_runs_on_its_cluster():
    recorded = run(lambda: ScheduledTask("job", cast("Any", {**TASK, "cluster": "batch"})), preview=False)
    assert recorded.error is None
    assert target(recorded, "job") == BATCH


def test_event_patterns_with_several_clusters_fit():
    more = [f"{MAIN}-{number}" for number in range(5)]
    prefixes = [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/family-{number}:" for number in range(40)]
    for container, some in events.rules({"main": prefixes}, more):
        assert events.longest_pattern(container, some, more) <= limits.EVENT_PATTERN_LENGTH
