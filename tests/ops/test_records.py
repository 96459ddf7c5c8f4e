"""Runs from answers of ECS in which missing values are null, like in some emulators."""

from typing import Any

from ops.runs import records


def test_null_is_neither_a_reason_nor_a_stop_code():
    task: dict[str, Any] = {
        "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/main/0123456789abcdef0123456789abcdef",
        "group": "backup",
        "startedBy": None,
        "lastStatus": "STOPPED",
        "stopCode": None,
        "stoppedReason": None,
        "containers": [{"name": "main", "exitCode": 0, "reason": None}],
        "overrides": {"containerOverrides": None},
    }
    ended = records.from_task(task)
    assert (ended.outcome, ended.exit_code, ended.reason, ended.by) == ("succeeded", 0, "", "")
    failed = records.from_task({**task, "containers": [{"name": "main", "exitCode": None, "reason": None}]})
    assert (failed.outcome, failed.exit_code, failed.reason) == ("failed", None, "")


def test_a_reason_that_the_task_shares_with_its_container_is_shown_once():
    reason = "CannotPullContainerError: failed to resolve ref job:1"
    run = records.from_task(
        {
            "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/main/0123",
            "lastStatus": "STOPPED",
            "stopCode": "TaskFailedToStart",
            "stoppedReason": reason,
            "containers": [{"name": "main", "reason": reason}],
        }
    )
    assert run.reason == f"TaskFailedToStart: {reason}"
