"""The resources that the host creates on request of the engine, on mocks."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from plugin.host import Host
from tests.mocks import Recorded, run

GROUP = "ecs-scheduled-tasks:index:ScheduledTaskGroup"
TASK = "ecs-scheduled-tasks:index:ScheduledTask"
CALL = "ecs-scheduled-tasks:index:ScheduledCall"
JOB = {"image": "job:1", "schedule": "rate(6 hours)", "cpu": 512.0, "memory": 1024.0}
HOST = Host()


def construct(kind: str, inputs: Mapping[str, Any], *, preview: bool = False) -> tuple[Recorded, dict[str, Any]]:
    """The resources that are created, and the outputs that the engine receives."""
    outputs: dict[str, Any] = {}

    def program() -> None:
        made = HOST.construct("job", kind, inputs, None)
        pulumi.Output.all(urn=made.urn, **made.state).apply(outputs.update)

    recorded = run(program, preview=preview)
    if recorded.error:
        raise recorded.error
    return recorded, outputs


def test_task_without_a_group_creates_one():
    recorded, outputs = construct(TASK, {**JOB, "groupArgs": {"cluster": "main"}})
    assert recorded.named("job-definition").inputs["cpu"] == "512"
    assert outputs["urn"].endswith(f"{TASK}::job")
    assert outputs["logStreamPrefix"] == "job"
    assert [found.type for found in recorded.resources].count(GROUP) == 1


def test_group_returns_its_outputs_and_its_reference():
    _, found = construct(GROUP, {"cluster": "main", "logs": {"retentionDays": 7.0}})
    assert found["scheduleGroupName"] == "shop-dev-job"
    assert '"log_retention_days": 7' in found["reference"]


@pytest.mark.parametrize("preview", [True, False])
def test_task_belongs_to_the_group_of_its_reference(preview: bool):
    _, group = construct(GROUP, {"prefix": "jobs", "cluster": "main"})
    recorded, outputs = construct(TASK, {**JOB, "group": group["reference"]}, preview=preview)
    assert recorded.named("job-schedule").inputs["groupName"] == "jobs"
    assert not [found for found in recorded.resources if found.type == GROUP]
    assert outputs["schedules"][0]["name"] == "job"


@pytest.mark.parametrize("preview", [True, False])
def test_call_belongs_to_the_group_of_its_reference(preview: bool):
    _, group = construct(GROUP, {"prefix": "jobs", "cluster": "main"})
    inputs = {"schedule": "rate(6 hours)", "stop": {"database": "orders"}, "retry": {"attempts": 2.0}}
    recorded, outputs = construct(CALL, {**inputs, "group": group["reference"]}, preview=preview)
    schedule = recorded.named("job-schedule").inputs
    assert (schedule["groupName"], schedule["target"]["retryPolicy"]["maximumRetryAttempts"]) == ("jobs", 2)
    assert outputs["targetArn"] == "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"
    assert outputs["urn"].endswith(f"{CALL}::job")


def test_call_without_a_group_is_refused():
    with pytest.raises(pulumi.InputPropertiesError, match="group: is missing"):
        construct(CALL, {"schedule": "rate(6 hours)", "stop": {"database": "orders"}})


def test_task_depends_on_the_resources_of_its_group():
    def program() -> None:
        group = HOST.construct("jobs", GROUP, {"cluster": "main"}, None)
        HOST.construct("job", TASK, {**JOB, "group": group.state["reference"]}, None)

    recorded = run(program, preview=False)
    assert recorded.error is None
    waited_for = {urn.rsplit("::", 1)[-1] for urn in recorded.named("job-schedule").dependencies}
    assert {"jobs-dead-letters", "jobs-scheduler-policy"} <= waited_for


def test_unknown_group_is_refused():
    def program() -> None:
        unknown = pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)
        HOST.construct("job", TASK, {**JOB, "group": unknown}, None)

    error = run(program, preview=True).error
    assert "group: must be the `reference` of a ScheduledTaskGroup, unchanged: it is not known." in str(error)


@pytest.mark.parametrize(
    ("kind", "inputs", "message"),
    [
        (TASK, {**JOB, "flexibelWindow": "5m"}, 'flexibelWindow: unknown key. Did you mean "flexibleWindow"?'),
        (TASK, {**JOB, "retry": {"maxAge": "30s"}}, 'retry.maxAge: "30s" is not allowed.'),
        (TASK, {**JOB, "groupArgs": {"logs": {"retentionDays": 8.0}}}, "logs.retentionDays: 8 is not"),
        (GROUP, {"network": {"vpcTags": {}}}, "network.vpcTags: is empty"),
        (
            TASK,
            {**JOB, "group": "arn:aws:ecs:eu-west-1:123456789012:cluster/main"},
            "group: must be the `reference` of",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_problems_name_keys_as_the_schema_spells_them(kind: str, inputs: dict[str, Any], message: str):
    with pytest.raises(pulumi.InputPropertiesError) as raised:
        construct(kind, inputs)
    assert message in raised.value.message
    assert raised.value.message.startswith("ecs-scheduled-tasks:index:Scheduled")
    # The SDK fails on None.
    assert raised.value.errors == []


def test_unknown_type_is_refused():
    with pytest.raises(pulumi.RunError, match=r'no "ecs-scheduled-tasks:index:Task"\. It has: '):
        HOST.construct("job", "ecs-scheduled-tasks:index:Task", {}, None)
