"""Several containers of a task in the live sandbox: their order, what ends the task, exit codes and logs.

AWS: botocore ecs, ContainerDefinition.essential: "If the essential parameter of a container is marked as true, and that
container fails or stops for any reason, all other containers that are part of the task are stopped. If the essential
parameter of a container is marked as false, its failure doesn't affect the rest of the containers in a task."
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from ops.simulation.clock import Clock
from sandbox.live.executors import TERMINATED, End, Observer, Stop, Work
from sandbox.live.faults import NextFault

from .world import DEFINITION, NAMES, World, client


@dataclass
class Scripted:
    """Sidecars with an end at a time, or none until they are stopped."""

    clock: Clock
    ends: dict[str, tuple[float, int]] = field(default_factory=dict[str, tuple[float, int]])
    log: list[str] = field(default_factory=list[str])

    def start(self, work: Work, observer: Observer) -> Stop:
        left = [observer]

        def end(code: int) -> None:
            if left:
                self.log.append(f"{work.container} ends with {code}")
                left.pop().ended(End(code))

        self.log.append(f"{work.container} starts")
        observer.started()
        if work.container in self.ends:
            seconds, code = self.ends[work.container]
            self.clock.at(self.clock.now + seconds, lambda: end(code))
        return lambda: end(TERMINATED)


def sidecar(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": f"{name}:1", **more}


def depends(**conditions: str) -> list[dict[str, str]]:
    return [{"containerName": name, "condition": condition} for name, condition in conditions.items()]


def run(stack: World, *sidecars: dict[str, Any], **main: Any) -> str:
    """Run the task with sidecars, and return the ARN of its ECS task."""
    found = client("ecs").describe_task_definition(taskDefinition=DEFINITION)["taskDefinition"]
    names = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory")
    [own] = found["containerDefinitions"]
    more = {"logConfiguration": own["logConfiguration"]}
    new = client("ecs").register_task_definition(
        **{name: found[name] for name in names},
        containerDefinitions=[{**own, **main}, *({**more, **each} for each in sidecars)],
    )["taskDefinition"]
    network = {"subnets": [stack.subnet], "securityGroups": [stack.security_group]}
    answer = client("ecs").run_task(
        cluster="main",
        taskDefinition=new["taskDefinitionArn"],
        launchType="FARGATE",
        group="job",
        networkConfiguration={"awsvpcConfiguration": network},
    )
    return answer["tasks"][0]["taskArn"]


def scripted(stack: World, **ends: tuple[float, int]) -> Scripted:
    found = Scripted(stack.clock, ends)
    stack.live.lifecycle.sidecars = found
    return found


def codes(stack: World, arn: str) -> dict[str, int | None]:
    return {each["name"]: each.get("exitCode") for each in stack.described(arn)["containers"]}


def lines(stack: World, container: str) -> list[str]:
    found = client("logs").filter_log_events(logGroupName=NAMES.log_group)["events"]
    return [event["message"] for event in found if event["logStreamName"].startswith(f"job/{container}/")]


def test_the_end_of_the_main_container_stops_its_sidecars(unscheduled: World):
    arn = run(unscheduled, sidecar("proxy", essential=False), sidecar("shipper"))
    unscheduled.run(4)
    task = unscheduled.described(arn)
    assert (task["lastStatus"], {each["lastStatus"] for each in task["containers"]}) == ("RUNNING", {"RUNNING"})
    unscheduled.run(30)
    task = unscheduled.described(arn)
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert codes(unscheduled, arn) == {"main": 0, "proxy": 143, "shipper": 143}, "128 + SIGTERM"
    assert len(unscheduled.outcomes("succeeded")) == 1, "the exit code of the main container counts"
    assert lines(unscheduled, "proxy") == [
        "This is a stand-in for a container of proxy:1: the sandbox runs no sidecars.",
        "Exit code 143.",
    ]
    assert "Exit code 0." in lines(unscheduled, "main")
    assert any(line.endswith(", with stand-ins for proxy, shipper.") for line in unscheduled.lines)


def test_the_end_of_an_essential_sidecar_stops_the_task(unscheduled: World):
    scripted(unscheduled, proxy=(1, 1))
    arn = run(unscheduled, sidecar("proxy"))
    unscheduled.run(30)
    assert unscheduled.described(arn)["stopCode"] == "EssentialContainerExited"
    assert codes(unscheduled, arn) == {"main": 143, "proxy": 1}
    [detail] = unscheduled.outcomes("failed")
    assert [(each["name"], each["exitCode"]) for each in detail["containers"]] == [("main", 143), ("proxy", 1)]
    assert len(unscheduled.subjects()) == 1


def test_the_end_of_another_sidecar_changes_nothing(unscheduled: World):
    scripted(unscheduled, proxy=(1, 1))
    arn = run(unscheduled, sidecar("proxy", essential=False))
    unscheduled.run(30)
    assert codes(unscheduled, arn) == {"main": 0, "proxy": 1}
    assert len(unscheduled.outcomes("succeeded")) == 1


def test_a_container_waits_for_its_dependencies_and_outlives_its_dependents(unscheduled: World):
    """AWS: ContainerDefinition.dependsOn: "When a dependency is defined for container startup, for container shutdown it
    is reversed." """
    found = scripted(unscheduled, migrate=(10, 0))
    arn = run(
        unscheduled,
        sidecar("proxy", healthCheck={"command": ["CMD", "true"]}),
        sidecar("migrate", essential=False, dependsOn=depends(proxy="HEALTHY")),
        sidecar("shipper", dependsOn=depends(proxy="START")),
        dependsOn=depends(migrate="SUCCESS", proxy="HEALTHY"),
    )
    unscheduled.run(10)
    task = unscheduled.described(arn)
    assert task["lastStatus"] == "PENDING", "the main container has not started"
    assert {each["name"]: each["lastStatus"] for each in task["containers"]} == {
        "main": "PENDING",
        "migrate": "RUNNING",
        "shipper": "RUNNING",
        "proxy": "RUNNING",
    }
    unscheduled.run(60)
    assert codes(unscheduled, arn) == {"main": 0, "migrate": 0, "shipper": 143, "proxy": 143}
    assert found.log == [
        *("proxy starts", "migrate starts", "shipper starts"),
        "migrate ends with 0",
        *("shipper ends with 143", "proxy ends with 143"),
    ]
    task = unscheduled.described(arn)
    assert (task["executionStoppedAt"] - task["startedAt"]).total_seconds() == 5, "it started when all had started"


@pytest.mark.parametrize(("condition", "outcome"), [("COMPLETE", "succeeded"), ("SUCCESS", "failed")])
def test_a_dependency_that_fails(unscheduled: World, condition: str, outcome: str):
    """AWS: aws/amazon-ecs-agent, pull request 3218: "Containers that are forcefully stopped are marked with exitCode
    `143`." Its text of the reason is the one here."""
    scripted(unscheduled, migrate=(2, 1))
    arn = run(unscheduled, sidecar("migrate", essential=False), dependsOn=depends(migrate=condition))
    unscheduled.run(60)
    assert len(unscheduled.outcomes(outcome)) == 1
    assert codes(unscheduled, arn) == {"main": 0 if condition == "COMPLETE" else 143, "migrate": 1}
    if condition == "SUCCESS":
        task = unscheduled.described(arn)
        assert (task["stopCode"], task["containers"][0]["reason"]) == (
            "TaskFailedToStart",
            (
                "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency"
                " [migrate(migrate:1) (STOPPED->RUNNING) - Exit: 1] for target [main(job:1) (NONE->RUNNING)]"
                " as dependency did not exit successfully."
            ),
        )
        [mail] = unscheduled.live.mailbox.read()
        assert "as dependency did not exit successfully" in mail.text


def test_a_stand_in_that_another_container_awaits_ends(unscheduled: World):
    arn = run(unscheduled, sidecar("migrate", essential=False), dependsOn=depends(migrate="COMPLETE"))
    unscheduled.run(60)
    assert codes(unscheduled, arn) == {"main": 0, "migrate": 0}


def test_a_task_whose_main_container_is_not_essential_ends(unscheduled: World):
    arn = run(unscheduled, sidecar("other"), essential=False)
    unscheduled.run(60)
    assert unscheduled.described(arn)["lastStatus"] == "STOPPED"


def test_stopping_a_task_stops_all_its_containers(unscheduled: World):
    arn = run(unscheduled, sidecar("proxy"), dependsOn=depends(proxy="START"))
    unscheduled.run(4)
    client("ecs").stop_task(cluster="main", task=arn, reason="not now")
    unscheduled.run(30)
    task = unscheduled.described(arn)
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "not now")
    assert codes(unscheduled, arn) == {"main": 143, "proxy": 143}


def test_a_task_that_is_stopped_while_its_main_container_waits(unscheduled: World):
    scripted(unscheduled)
    arn = run(unscheduled, sidecar("migrate", essential=False), dependsOn=depends(migrate="SUCCESS"))
    unscheduled.run(10)
    client("ecs").stop_task(cluster="main", task=arn)
    unscheduled.run(30)
    assert unscheduled.described(arn)["stopCode"] == "UserInitiated"
    assert codes(unscheduled, arn) == {"main": None, "migrate": 143}
    assert "startedAt" not in unscheduled.described(arn)


def test_an_image_that_cannot_be_pulled_stops_the_sidecars(unscheduled: World):
    unscheduled.live.faults.add(NextFault("job", "imageNotFound"))
    arn = run(unscheduled, sidecar("proxy"), dependsOn=depends(proxy="START"))
    unscheduled.run(30)
    assert unscheduled.described(arn)["stopCode"] == "TaskFailedToStart"
    assert codes(unscheduled, arn) == {"main": None, "proxy": 143}


def test_a_sidecar_without_a_log_group_starts_nothing(unscheduled: World):
    options = {"awslogs-group": "/gone", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "job"}
    arn = run(unscheduled, sidecar("proxy", logConfiguration={"logDriver": "awslogs", "options": options}))
    unscheduled.run(30)
    task = unscheduled.described(arn)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"].startswith("ResourceInitializationError")
