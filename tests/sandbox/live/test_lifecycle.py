"""The life of an ECS task in the live sandbox: states, times, events and logs."""

from typing import Any

import pytest

from sandbox.live.events import Event, task_state_change
from sandbox.live.faults import NextFault
from sandbox.live.task_objects import with_all_names

from .world import NAMES, World, client

FAILED, SUCCEEDED = "failed", "succeeded"


@pytest.fixture
def published(unscheduled: World, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    found: list[Event] = []
    publish = unscheduled.live.publish

    def record(event: Event) -> None:
        found.append(event)
        publish(event)

    unscheduled.live.lifecycle.publish = record
    return found


def states(events: list[Event]) -> list[tuple[str, str, int]]:
    return [(it.detail["lastStatus"], it.detail["desiredStatus"], it.detail["version"]) for it in events]


def test_a_task_walks_through_the_states_of_ecs(unscheduled: World, published: list[Event]):
    arn = unscheduled.run_task()
    first = unscheduled.described(arn)
    assert (first["lastStatus"], first["desiredStatus"]) == ("PROVISIONING", "RUNNING")
    assert "stopCode" not in first, "the rules on outcomes match by its absence"
    unscheduled.run(4)
    assert unscheduled.described(arn)["lastStatus"] == "RUNNING"
    unscheduled.run(60)
    # AWS: Amazon ECS developer guide, "Task lifecycle". The version counts the changes.
    assert states(published) == [
        ("PROVISIONING", "RUNNING", 1),
        ("PENDING", "RUNNING", 2),
        ("RUNNING", "RUNNING", 3),
        ("DEPROVISIONING", "STOPPED", 4),
        ("STOPPED", "STOPPED", 5),
    ]
    task = unscheduled.described(arn)
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert [container["exitCode"] for container in task["containers"]] == [0]
    times = [task[name] for name in ("createdAt", "pullStartedAt", "startedAt", "executionStoppedAt", "stoppedAt")]
    assert times == sorted(times)
    assert (times[3] - times[2]).total_seconds() == 5


def test_a_success_is_in_the_outcome_log_and_in_no_mail(unscheduled: World):
    arn = unscheduled.run_task()
    unscheduled.run(60)
    [detail] = unscheduled.outcomes(SUCCEEDED)
    assert detail["taskArn"] == arn
    assert unscheduled.outcomes(FAILED) == []
    assert unscheduled.subjects() == []


def test_the_log_has_the_stream_of_awslogs_and_says_that_it_is_a_stand_in(unscheduled: World):
    arn = unscheduled.run_task()
    unscheduled.run(60)
    found = client("logs").filter_log_events(logGroupName=NAMES.log_group)["events"]
    # AWS: Amazon ECS developer guide, "Send Amazon ECS logs to CloudWatch": prefix-name/container-name/ecs-task-id.
    assert {event["logStreamName"] for event in found} == {f"job/main/{arn.rsplit('/', 1)[-1]}"}
    assert [event["message"] for event in found] == [
        "This is a stand-in for a container of job:1: there is no container engine.",
        "The container would run: work --fast",
        "Exit code 0.",
    ]


def test_the_stand_in_shows_the_command_of_the_overrides(unscheduled: World):
    unscheduled.run_task(overrides={"containerOverrides": [{"name": "main", "command": ["other"]}]})
    unscheduled.run(60)
    found = client("logs").filter_log_events(logGroupName=NAMES.log_group)["events"]
    assert "The container would run: other" in [event["message"] for event in found]


def test_a_task_that_is_stopped_ends_as_user_initiated(unscheduled: World, published: list[Event]):
    arn = unscheduled.run_task()
    unscheduled.run(3)
    answer = client("ecs").stop_task(cluster="main", task=arn, reason="not now")["task"]
    assert (answer["lastStatus"], answer["desiredStatus"]) == ("RUNNING", "STOPPED")
    unscheduled.run(60)
    task = unscheduled.described(arn)
    assert (task["lastStatus"], task["stopCode"], task["stoppedReason"]) == ("STOPPED", "UserInitiated", "not now")
    # 128 + SIGTERM
    assert task["containers"][0]["exitCode"] == 143
    assert ("RUNNING", "STOPPED", 3) in states(published)
    [detail] = unscheduled.outcomes(FAILED)
    assert detail["stopCode"] == "UserInitiated"


def test_a_task_that_is_stopped_before_it_starts_has_no_exit_code(unscheduled: World):
    arn = unscheduled.run_task()
    client("ecs").stop_task(cluster="main", task=arn)
    unscheduled.run(60)
    task = unscheduled.described(arn)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "UserInitiated")
    assert "exitCode" not in task["containers"][0]
    assert "startedAt" not in task
    assert len(unscheduled.outcomes(FAILED)) == 1


@pytest.mark.parametrize(
    ("kind", "stop_code", "exit_code", "reason"),
    [
        ("exitCode", "EssentialContainerExited", 1, None),
        (
            "outOfMemory",
            "EssentialContainerExited",
            137,
            "OutOfMemoryError: Container killed due to memory usage",
        ),
        ("imageNotFound", "TaskFailedToStart", None, "CannotPullContainerError: failed to resolve ref job:1"),
        ("spotInterruption", "SpotInterruption", 143, None),
    ],
)
def test_a_fault_of_a_run_is_in_its_mail_and_in_the_outcome_log(
    unscheduled: World, kind: Any, stop_code: str, exit_code: int | None, reason: str | None
):
    unscheduled.live.faults.add(NextFault("job", kind))
    arn = unscheduled.run_task()
    unscheduled.run(200)
    container = unscheduled.described(arn)["containers"][0]
    assert unscheduled.described(arn)["stopCode"] == stop_code
    assert container.get("exitCode") == exit_code
    assert str(container.get("reason")).startswith(str(reason))
    [detail] = unscheduled.outcomes(FAILED)
    assert detail["taskArn"] == arn
    [mail] = unscheduled.live.mailbox.read()
    assert mail.to == ["ops@example.com"]
    assert mail.text.startswith('"The scheduled task job in shop-dev failed at ')
    assert f"({stop_code})" in mail.text

    unscheduled.run_task()
    unscheduled.run(60)
    assert len(unscheduled.outcomes(SUCCEEDED)) == 1, "a fault happens once"


def test_a_spot_interruption_is_announced_while_the_task_runs(unscheduled: World, published: list[Event]):
    unscheduled.live.faults.add(NextFault("job", "spotInterruption"))
    unscheduled.run_task()
    unscheduled.run(60)
    # AWS: Amazon ECS developer guide, "Amazon ECS clusters for Fargate", Fargate Spot termination notices.
    notice = next(event.detail for event in published if event.detail["desiredStatus"] == "STOPPED")
    assert (notice["lastStatus"], notice["stopCode"]) == ("RUNNING", "SpotInterruption")
    assert notice["stoppedReason"] == "Your Spot Task was interrupted."


def test_ecs_names_all_containers_in_the_overrides():
    own = {"name": "main", "command": ["a"]}
    assert with_all_names({"cpu": "512", "containerOverrides": [own]}, ["main", "proxy"]) == {
        "cpu": "512",
        "containerOverrides": [own, {"name": "proxy"}],
    }


TASK = "arn:aws:ecs:us-west-2:111122223333:task/FargateCluster/c13b4cb40f1f4fe4a2971f76ae5a47ad"


def test_an_event_has_the_members_of_awss_sample(unscheduled: World, published: list[Event]):
    """AWS: Amazon ECS developer guide, "Amazon ECS task state change events", the sample of a running Fargate task."""
    unscheduled.run_task()
    unscheduled.run(4)
    event = published[-1]
    assert (event.source, event.detail_type, event.resources) == (
        "aws.ecs",
        "ECS Task State Change",
        (event.detail["taskArn"],),
    )
    in_sample = {
        "attachments",
        "availabilityZone",
        "clusterArn",
        "containers",
        "createdAt",
        "launchType",
        "cpu",
        "memory",
        "desiredStatus",
        "group",
        "lastStatus",
        "overrides",
        "connectivity",
        "connectivityAt",
        "pullStartedAt",
        "startedAt",
        "pullStoppedAt",
        "updatedAt",
        "taskArn",
        "taskDefinitionArn",
        "version",
        "platformVersion",
    }
    assert set(event.detail) == in_sample
    assert event.detail["overrides"] == {"containerOverrides": [{"name": "main"}]}
    [attachment] = event.detail["attachments"]
    assert (attachment["type"], attachment["status"]) == ("eni", "ATTACHED")
    # The digest and the runtime ID of an image are not known here.
    assert set(event.detail["containers"][0]) == {
        "containerArn",
        "lastStatus",
        "name",
        "image",
        "taskArn",
        "networkInterfaces",
        "cpu",
    }


def test_times_in_an_event_are_iso_strings(unscheduled: World):
    described = unscheduled.described(unscheduled.run_task())
    event = task_state_change(described, 1579802278.103)
    assert event.detail["updatedAt"] == "2020-01-23T17:57:58.103Z", "as in AWS's sample"
    assert event.detail["createdAt"].endswith("Z")
    assert "tags" not in event.detail


def test_without_a_live_sandbox_tasks_are_those_of_moto(unscheduled: World):
    from sandbox.live import hooks

    hooks.detach()
    arn = unscheduled.run_task()
    unscheduled.run(60)
    assert "startedAt" not in unscheduled.described(arn)
    assert unscheduled.live.lifecycle.running == []
