"""A run with `parallel` in the live sandbox: its ECS tasks, and the message about the one that fails."""

from .supervised import INDEX, deploy, described, start, until
from .world import World, client

WHY = "1 of 3 tasks failed. Task 0: Exit code 1: Essential container in task exited."


def test_one_message_names_the_task_that_fails_and_the_others_run(unscheduled: World):
    deploy(unscheduled, (60, 1), (60, 0), timeout="1h", parallel={"tasks": 3, "at_once": 1})
    arn = start("tonight")
    until(unscheduled, lambda: described(arn)["status"] != "RUNNING")
    assert (described(arn)["status"], described(arn)["cause"]) == ("FAILED", WHY)
    arns = client("ecs").list_tasks(cluster="main", desiredStatus="STOPPED")["taskArns"]
    variables = [
        {pair["name"]: pair["value"] for pair in task["overrides"]["containerOverrides"][0]["environment"]}
        for task in client("ecs").describe_tasks(cluster="main", tasks=arns)["tasks"]
    ]
    assert sorted(each["TASK_INDEX"] for each in variables) == ["0", "1", "2"]
    assert {each["SCHEDULED_TASKS_RUN"] for each in variables} == {"tonight"}
    listed = client("stepfunctions").list_executions(stateMachineArn=INDEX)["executions"]
    assert {each["name"]: each["status"] for each in listed} == {f"tonight-{index}": "SUCCEEDED" for index in range(3)}
    unscheduled.run(60)
    [mail] = unscheduled.live.mailbox.read()
    assert mail.text.startswith('"The scheduled task job in shop-dev failed at ')
    assert WHY in mail.text


def test_a_stopped_run_stops_the_executions_and_ecs_tasks_of_its_tasks(unscheduled: World):
    """AWS: Step Functions developer guide, "Discover service integration patterns in Step Functions": "if a Step Functions states:startExecution.sync task is aborted, it will call the Step Functions StopExecution API
    action"."""
    deploy(unscheduled, (10**9, 0), timeout="1h", parallel={"tasks": 2, "at_once": 2})
    arn = start("tonight")
    unscheduled.run(60)
    client("stepfunctions").stop_execution(executionArn=arn)
    unscheduled.run(60)
    listed = client("stepfunctions").list_executions(stateMachineArn=INDEX)["executions"]
    assert [each["status"] for each in listed] == ["ABORTED", "ABORTED"]
    assert client("ecs").list_tasks(cluster="main", desiredStatus="RUNNING")["taskArns"] == []


def test_a_newer_run_starts_after_all_tasks_of_the_replaced_run_have_stopped(unscheduled: World):
    hangs = (10**9, 0)
    deploy(unscheduled, hangs, hangs, (60, 0), timeout="1h", overlap="replace", parallel={"tasks": 3, "at_once": 2})
    first = start("first")
    unscheduled.run(120)
    second = start("second")
    until(unscheduled, lambda: "RUNNING" not in {described(arn)["status"] for arn in (first, second)})
    assert (described(first)["error"], described(second)["status"]) == ("Replaced", "SUCCEEDED")
    assert described(first)["cause"] == "Replaced by a newer run. Tasks that had not ended: 3 of 3."
    arns = client("ecs").list_tasks(cluster="main", desiredStatus="STOPPED")["taskArns"]
    tasks = client("ecs").describe_tasks(cluster="main", tasks=arns)["tasks"]
    replaced = [task for task in tasks if task["stopCode"] == "UserInitiated"]
    newer = [task for task in tasks if task["stopCode"] == "EssentialContainerExited"]
    assert (len(replaced), len(newer)) == (2, 3), "the replaced run starts no third task"
    assert max(task["stoppedAt"] for task in replaced) <= min(task["createdAt"] for task in newer)
    unscheduled.run(60)
    assert unscheduled.live.mailbox.read() == [], "a replaced run is no failure"
