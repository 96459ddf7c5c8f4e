"""What the host makes of what the engine asks for, on mocks."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from plugin.host import Host
from tests.mocks import Recorded, run

GROUP = "ecs-scheduled-tasks:index:ScheduledTaskGroup"
TASK = "ecs-scheduled-tasks:index:ScheduledTask"
JOB = {"image": "job:1", "schedule": "rate(6 hours)", "cpu": 512.0, "memory": 1024.0}
HOST = Host()


def construct(kind: str, inputs: Mapping[str, Any], *, preview: bool = False) -> tuple[Recorded, dict[str, Any]]:
    """What is made, and what the engine is told of it."""
    told: dict[str, Any] = {}

    def program() -> None:
        made = HOST.construct("job", kind, inputs, None)
        pulumi.Output.all(urn=made.urn, **made.state).apply(told.update)

    recorded = run(program, preview=preview)
    if recorded.error:
        raise recorded.error
    return recorded, told


def test_a_task_without_a_group_makes_one():
    recorded, told = construct(TASK, {**JOB, "groupArgs": {"cluster": "main"}})
    assert recorded.named("job-definition").inputs["cpu"] == "512"
    assert told["urn"].endswith(f"{TASK}::job")
    assert told["logStreamPrefix"] == "job"
    assert [found.type for found in recorded.resources].count(GROUP) == 1


def test_a_group_gives_its_outputs_and_its_reference():
    _, found = construct(GROUP, {"cluster": "main", "logs": {"retentionDays": 7.0}})
    assert found["scheduleGroupName"] == "shop-dev-job"
    assert '"log_retention_days": 7' in found["reference"]


@pytest.mark.parametrize("preview", [True, False])
def test_a_task_belongs_to_the_group_whose_reference_it_is_given(preview: bool):
    _, group = construct(GROUP, {"prefix": "jobs", "cluster": "main"})
    recorded, told = construct(TASK, {**JOB, "group": group["reference"]}, preview=preview)
    assert recorded.named("job-schedule").inputs["groupName"] == "jobs"
    assert not [found for found in recorded.resources if found.type == GROUP]
    assert told["schedules"][0]["name"] == "job"


def test_a_task_waits_for_the_resources_of_its_group():
    def program() -> None:
        group = HOST.construct("jobs", GROUP, {"cluster": "main"}, None)
        HOST.construct("job", TASK, {**JOB, "group": group.state["reference"]}, None)

    recorded = run(program, preview=False)
    assert recorded.error is None
    waited_for = {urn.rsplit("::", 1)[-1] for urn in recorded.named("job-schedule").dependencies}
    assert {"jobs-dead-letters", "jobs-scheduler-policy"} <= waited_for


def test_a_group_that_is_not_known_is_refused():
    def program() -> None:
        unknown = pulumi.Output.from_input("").apply(lambda _: pulumi.UNKNOWN)
        HOST.construct("job", TASK, {**JOB, "group": unknown}, None)

    error = run(program, preview=True).error
    assert "group: must be the `reference` of a ScheduledTaskGroup, as that gave it: it is not known." in str(error)


@pytest.mark.parametrize(
    ("kind", "inputs", "said"),
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
def test_problems_are_told_with_the_keys_of_the_schema_before_anything_is_made(
    kind: str, inputs: dict[str, Any], said: str
):
    with pytest.raises(pulumi.InputPropertiesError) as raised:
        construct(kind, inputs)
    assert said in raised.value.message
    assert raised.value.message.startswith("ecs-scheduled-tasks:index:Scheduled")
    # The SDK fails on None.
    assert raised.value.errors == []


def test_a_type_that_is_not_there_is_refused():
    with pytest.raises(pulumi.RunError, match=r'no "ecs-scheduled-tasks:index:Task"\. It has: '):
        HOST.construct("job", "ecs-scheduled-tasks:index:Task", {}, None)
