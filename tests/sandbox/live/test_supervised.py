"""Supervised tasks in the live sandbox, on the virtual clock: AWS's Step Functions, ECS and EventBridge in minutes."""

import json
from typing import Any

import pytest

from components.aws.names import GroupNames
from components.task.after import run_path, start_message, upstream_pattern
from ops.runs.records import from_execution
from ops.runs.waits import waiting
from sandbox.live.faults import NextFault

from .supervised import MACHINE, OWN, deploy, described, entered, history, start, until
from .world import CLUSTER, World, client

HANGS = (10**9, 0)
HOUR = 3600


def ended(stack: World, arn: str, seconds: float = 86_400) -> dict[str, Any]:
    """The description of an execution after its end."""
    until(stack, lambda: described(arn)["status"] != "RUNNING", seconds)
    return described(arn)


def in_history(arn: str) -> tuple[str, str]:
    """The outcome and the reason that `history` shows."""
    run = from_execution(described(arn), "job")
    return run.outcome, run.reason


def stopped_tasks() -> list[dict[str, Any]]:
    arns = client("ecs").list_tasks(cluster="main", desiredStatus="STOPPED")["taskArns"]
    found = client("ecs").describe_tasks(cluster="main", tasks=arns)["tasks"] if arns else []
    return sorted(found, key=lambda task: task["createdAt"])


def seconds(begin: Any, end: Any) -> float:
    return (end - begin).total_seconds()


def test_a_run_that_hangs_times_out_is_stopped_and_reported(unscheduled: World):
    deploy(unscheduled, HANGS, timeout="1h")
    arn = start("first")
    found = ended(unscheduled, arn)
    assert (found["status"], found["error"]) == ("FAILED", "TimedOut")
    assert in_history(arn) == ("failed", "TimedOut: Timed out: still running after 1h.")
    assert HOUR <= seconds(found["startDate"], found["stopDate"]) < HOUR + 120
    [task] = stopped_tasks()
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "Timed out: still running after 1h.")
    assert HOUR <= seconds(task["createdAt"], task["stoppedAt"]) < HOUR + 60
    unscheduled.run(60)
    [detail] = unscheduled.outcomes("failed")
    assert (detail["outcome"], detail["stoppedReason"]) == ("TimedOut", "Timed out: still running after 1h.")
    [mail] = unscheduled.live.mailbox.read()
    assert "Timed out: still running after 1h." in mail.text
    assert mail.text.startswith('"The scheduled task job in shop-dev failed at ')


def test_forbid_skips_a_run_while_another_one_runs(unscheduled: World):
    runs = deploy(unscheduled, (600, 0), timeout="1h", overlap="forbid")
    first = start("first")
    unscheduled.run(60)
    second = start("second")
    assert ended(unscheduled, second)["error"] == "Skipped"
    assert in_history(second)[0] == "skipped"
    assert ended(unscheduled, first)["status"] == "SUCCEEDED"
    assert ended(unscheduled, start("third"))["status"] == "SUCCEEDED"
    assert len(runs.begun) == 2
    unscheduled.run(60)
    assert unscheduled.live.mailbox.read() == []


def test_queue_lets_one_run_wait_and_skips_the_next(unscheduled: World):
    runs = deploy(unscheduled, (600, 0), timeout="1h", overlap="queue")
    first = start("first")
    unscheduled.run(30)
    second = start("second")
    unscheduled.run(30)
    third = ended(unscheduled, start("third"))
    assert (third["status"], third["error"]) == ("FAILED", "Skipped")
    assert "Wait in queue" in entered(second)
    newest: Any = history(second)
    waits = waiting(newest, described(second)["startDate"])
    assert waits
    assert waits.what == "its turn in the queue"
    assert described(second)["status"] == "RUNNING"
    assert [ended(unscheduled, arn)["status"] for arn in (first, second)] == ["SUCCEEDED", "SUCCEEDED"]
    begun = [time - runs.begun[0] for time in runs.begun]
    assert len(begun) == 2
    assert 600 < begun[1] < 700, "it starts soon after the first has ended"


def test_replace_stops_the_current_run(unscheduled: World):
    deploy(unscheduled, HANGS, (60, 0), timeout="1h", overlap="replace")
    first = start("first")
    unscheduled.run(120)
    second = start("second")
    replaced = ended(unscheduled, first)
    assert (replaced["status"], replaced["error"]) == ("FAILED", "Replaced")
    assert in_history(first)[0] == "replaced"
    assert ended(unscheduled, second)["status"] == "SUCCEEDED"
    stopped, finished = stopped_tasks()
    assert stopped["stopCode"] == "UserInitiated"
    assert stopped["stoppedAt"] <= finished["createdAt"], "they don't overlap"
    unscheduled.run(60)
    assert unscheduled.outcomes("failed") == [], "a replaced run is no failure"


def test_a_failed_run_is_repeated_after_its_delay(unscheduled: World):
    retry = {"attempts": 2, "delay": "10m", "backoff": 2}
    runs = deploy(unscheduled, (60, 1), (60, 3), (60, 0), timeout="1h", retry_run=retry)
    found = ended(unscheduled, start("first"))
    assert found["status"] == "SUCCEEDED"
    pauses = [later - earlier - 60 for earlier, later in zip(runs.begun, runs.begun[1:], strict=False)]
    assert pauses == pytest.approx([600, 1200], abs=20)
    assert [task["containers"][0]["exitCode"] for task in stopped_tasks()] == [1, 3, 0]
    unscheduled.run(60)
    [detail] = unscheduled.outcomes("succeeded")
    assert (detail["outcome"], detail["attempts"]) == ("Succeeded", 3)
    assert unscheduled.live.mailbox.read() == []


def test_a_refused_launch_is_repeated_within_its_age(unscheduled: World):
    runs = deploy(unscheduled, timeout="1h", retry={"attempts": 2, "max_age": "15m"})
    unscheduled.live.faults.add(NextFault("job", "noCapacity", 2))
    begin = unscheduled.clock.now
    assert ended(unscheduled, start("first"))["status"] == "SUCCEEDED"
    [begun] = runs.begun
    assert 0 < begun - begin < 900
    arn = start("second")
    unscheduled.live.faults.add(NextFault("job", "throttled", 9))
    found = ended(unscheduled, arn)
    assert (found["status"], found["error"]) == ("FAILED", "Failed")
    assert found["cause"].startswith("Not started: ECS.ThrottlingException: ")
    assert len(runs.begun) == 1


def test_the_same_time_runs_once(unscheduled: World):
    runs = deploy(unscheduled, timeout="1h", overlap="forbid")
    arns = [start(name, "2026-11-25T03:00:00Z") for name in ("first", "second")]
    assert sorted(ended(unscheduled, arn).get("error", "") for arn in arns) == ["", "Skipped"]
    assert len(runs.begun) == 1


def test_a_stopped_execution_stops_its_run(unscheduled: World):
    """AWS: Step Functions developer guide, "Discover service integration patterns in Step Functions", Run a Job (.sync):
    "Step Functions will make a best-effort attempt to cancel the task"; API reference, StopExecution."""
    deploy(unscheduled, HANGS, timeout="1h")
    arn = start("first")
    unscheduled.run(60)
    client("stepfunctions").stop_execution(executionArn=arn, error="Wrong", cause="It was the wrong one.")
    found = described(arn)
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "Wrong", "It was the wrong one.")
    unscheduled.run(30)
    [task] = stopped_tasks()
    assert task["stopCode"] == "UserInitiated"
    assert arn in task["stoppedReason"]
    last = history(arn)[-1]
    assert (last["type"], last["executionAbortedEventDetails"]["error"]) == ("ExecutionAborted", "Wrong")
    [listed] = client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]
    assert (listed["status"], listed["stopDate"]) == ("ABORTED", found["stopDate"])


def test_a_role_that_may_not_stop_runs_leaves_them_and_the_sandbox_says_so(unscheduled: World):
    """AWS: the same page: it can fail if "Your IAM execution role lacks permission to make the corresponding API call"."""
    deploy(unscheduled, HANGS, timeout="1h")
    policy = client("iam").get_role_policy(RoleName="supervisor", PolicyName="own")["PolicyDocument"]
    policy["Statement"] = [each for each in policy["Statement"] if "ecs:StopTask" not in each["Action"]]
    client("iam").put_role_policy(RoleName="supervisor", PolicyName="own", PolicyDocument=json.dumps(policy))
    arn = start("first")
    unscheduled.run(60)
    client("stepfunctions").stop_execution(executionArn=arn)
    unscheduled.run(120)
    assert described(arn)["status"] == "ABORTED"
    assert stopped_tasks() == []
    assert any("can't stop the work of the execution: Ecs.AccessDenied" in line for line in unscheduled.lines)


def test_a_role_without_a_permission_fails_the_call(unscheduled: World):
    deploy(unscheduled, timeout="1h", overlap="forbid")
    policy = client("iam").get_role_policy(RoleName="supervisor", PolicyName="own")["PolicyDocument"]
    policy["Statement"] = [each for each in policy["Statement"] if "ecs:RunTask" not in each["Action"]]
    client("iam").put_role_policy(RoleName="supervisor", PolicyName="own", PolicyDocument=json.dumps(policy))
    found = ended(unscheduled, start("first"))
    assert found["error"] == "Failed"
    assert "ECS.AccessDeniedException: User: " in found["cause"]
    assert "is not authorized to perform: ecs:RunTask on resource: " in found["cause"]


def test_a_task_starts_after_each_success_of_another_one(unscheduled: World):
    runs = deploy(unscheduled, (60, 0), timeout="1h", after="upstream")
    upstream: Any = {"supervised": False, "task_definition": "", "container": "", "cluster": ""}
    names = GroupNames("shop-dev")
    pattern = upstream_pattern(names, OWN, "upstream", upstream, cluster_arn=CLUSTER, containers={})
    given = {"schedule": "job", "time": "<aws.scheduler.scheduled-time>", "overrides": {}}
    text = start_message(given, run=run_path(upstream), schedule_arn="arn")
    transformer = {"InputPathsMap": text["input_paths"], "InputTemplate": text["input_template"]}
    target = {"Id": "start", "Arn": MACHINE, "RoleArn": OWN.iam_arn("role/scheduler"), "InputTransformer": transformer}
    client("events").put_rule(Name="after", EventPattern=pattern)
    client("events").put_targets(Rule="after", Targets=[target])
    family = names.family("upstream")
    client("ecs").register_task_definition(
        family=family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "main", "image": "a:1"}],
    )
    for code in (0, 1, 0):
        runs.script[:] = [(30, code), (60, 0)]
        unscheduled.run_task(taskDefinition=family, group="upstream")
        unscheduled.run(300)
    listed = client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]
    assert [each["status"] for each in listed] == ["SUCCEEDED", "SUCCEEDED"], "one per success"
    succeeded = [detail for detail in unscheduled.outcomes("succeeded") if detail.get("outcome") == "Succeeded"]
    assert len(succeeded) == 2
