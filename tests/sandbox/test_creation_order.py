"""The creation order of dependent resources, with each prerequisite created as late as the program allows.

If a prerequisite is missing, AWS refuses some dependent resources, and so does the sandbox (sandbox/prerequisites.py).
AWS accepts the others, but their first runs or messages would fail.
"""

from typing import Any, cast

import pulumi
import pytest

from components import ScheduledTask, ScheduledTaskGroup
from sandbox.plugin.aws import Session

from .gated import deploy

GROUP: dict[str, Any] = {
    "create_cluster": {"capacity_providers": ["FARGATE", "FARGATE_SPOT"]},
    "network": {"vpc": "default"},
    "notify": {"emails": ["ops@example.com"]},
    "supervised": True,
}
_PLAIN = {"image": "job:1", "cpu": 256, "memory": 512, "schedule": "rate(6 hours)"}
TASKS: dict[str, dict[str, Any]] = {
    "plain": {**_PLAIN, "expect_success_within": "7h"},
    "secret": _PLAIN,
    "archived": {**_PLAIN, "logs": {"retention_days": 365}},
    "watched": {**_PLAIN, "timeout": "1h", "overlap": "forbid"},
}


def program() -> None:
    group = ScheduledTaskGroup("tasks", cast("Any", GROUP))
    later = {"secret": {"secret_values": {"TOKEN": pulumi.Output.secret("t")}}}
    for name, args in TASKS.items():
        ScheduledTask(name, cast("Any", {**args, **later.get(name, {}), "group": group.reference}))


SCHEDULES = tuple(f"{task}-schedule" for task in TASKS)
TOPIC_TARGETS = ("tasks-failed-runs-topic", "tasks-failed-supervised-runs-topic", "tasks-broken-supervised-runs-topic")
FAILED_LOG_TARGETS = ("tasks-failed-runs-log", "tasks-failed-supervised-runs-log", "tasks-broken-supervised-runs-log")
SUCCEEDED_LOG_TARGETS = ("tasks-succeeded-runs-log", "tasks-succeeded-supervised-runs-log")

NEEDED_BEFORE: list[dict[str, tuple[str, ...]]] = [
    {
        # AWS refuses the name of an existing schedule group: ConflictException. The group is first, so that a stack
        # whose name belongs to another project changes nothing of that project.
        # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html
        "tasks-schedules": (
            "tasks-logs", "tasks-dead-letters", "tasks-execution", "tasks-cluster", "tasks-scheduler", "tasks-leases",
            "tasks-supervisor", "tasks-supervisor-logs", "tasks-runs", "tasks-failures", "tasks-undelivered-events",
            "tasks-failed", "tasks-succeeded", "tasks-failed-runs", "tasks-failed-supervised-runs",
            "tasks-alarm-dead-letters", *SCHEDULES, *(f"{task}-definition" for task in TASKS),
        ),
    },
    {
        # AWS refuses the state machine: "The state machine IAM Role is not authorized to access the Log Destination"
        # (https://github.com/aws/aws-cdk/issues/26432) and "is not authorized to create managed-rule"
        # (https://github.com/terraform-aws-modules/terraform-aws-step-functions/issues/61).
        "tasks-supervisor-policy": ("watched-supervisor",),
    },
    {
        # AWS refuses a policy for a log group that does not exist: ResourceNotFoundException.
        # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
        "tasks-failed": ("tasks-failed-policy", *FAILED_LOG_TARGETS),
        "tasks-succeeded": ("tasks-succeeded-policy", *SUCCEEDED_LOG_TARGETS),
        # AWS does not check a task definition's roles and log groups. A run without them fails with
        # ResourceInitializationError.
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
        "tasks-execution-policy": ("plain-definition", "archived-definition", "watched-definition"),
    },
    {"tasks-logs": ("plain-definition", "secret-definition", "watched-definition")},
    {"secret-execution-policy": ("secret-definition",), "archived-logs": ("archived-definition",)},
    {
        # AWS checks who may assume the role when it creates a schedule. It is not known to check the role's
        # permissions: https://github.com/hashicorp/terraform-provider-aws retries only the former
        # (internal/service/scheduler/retry.go). A launch without permissions ends in the dead-letter queue.
        "tasks-scheduler-policy": SCHEDULES,
        # AWS accepts targets that may not write to their log group yet, and does not deliver their events.
        # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/351
        "tasks-failed-policy": FAILED_LOG_TARGETS,
        "tasks-succeeded-policy": SUCCEEDED_LOG_TARGETS,
    },
    {
        # AWS checks the strategy when a run starts: "The specified capacity provider strategy cannot contain a capacity
        # provider that is not associated with the cluster." (https://github.com/dask/dask-cloudprovider/issues/328)
        "tasks-cluster-capacity": (*SCHEDULES, "watched-supervisor"),
    },
    {
        # AWS accepts targets and alarm actions that may not publish to the topic yet. The alarm's history then shows
        # "is not authorized to perform: SNS:Publish".
        # https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
        "tasks-failures-policy": (*TOPIC_TARGETS, "tasks-alarm-dead-letters", "plain-alarm"),
        "tasks-supervisor-logs": ("watched-supervisor",),
    },
    # AWS does not check what a state machine uses. Without its table the first executions fail.
    {"tasks-leases": ("watched-supervisor", "watched-schedule")},
]  # fmt: skip
"""Resources, and what depends on them. One deployment tests one entry, so its resources have no dependents in common."""


@pytest.mark.thorough
@pytest.mark.parametrize("needed", NEEDED_BEFORE, ids=lambda needed: " ".join(needed))
def test_a_late_resource_delays_what_needs_it(session: Session, needed: dict[str, tuple[str, ...]]):
    deployment = deploy(program, session, held_back=needed)
    assert deployment.refused == []
    for resource, dependents in needed.items():
        before = deployment.created[: deployment.created.index(resource)]
        assert set(dependents) & set(before) == set(), resource
        assert set(dependents) <= set(deployment.created)


def test_a_schedule_group_that_exists_already_stops_the_deployment(session: Session):
    session.client("scheduler", "eu-west-1").create_schedule_group(Name="shop-dev-tasks")
    deployment = deploy(program, session, held_back=["tasks-schedules"])
    [refusal] = deployment.refused
    assert refusal.endswith("CreateScheduleGroup: ConflictException: Schedule group shop-dev-tasks already exists.")
    assert not [name for name in deployment.created if name.startswith("tasks-") or name.endswith("-definition")]
