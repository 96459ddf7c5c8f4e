"""The log of a container of a run: a stream in its log group, with the name that the log driver awslogs gives it.

AWS: Amazon ECS developer guide, "Send Amazon ECS logs to CloudWatch": `prefix-name/container-name/ecs-task-id`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .executors import Work

LONGEST_LINE = 256 * 1024 - 26
"""Bytes of a log event. AWS: CloudWatch Logs API reference, PutLogEvents: 256 KB with 26 bytes of overhead. AWS has
raised the limit since, so shorter lines fit too."""


class TaskLog:
    """Writes the lines of a container. Does nothing if it has another log driver."""

    def __init__(self, logs: Any, work: Work, milliseconds: Callable[[], int]):
        self._logs, self._milliseconds, self._is_new = logs, milliseconds, True
        configuration: Mapping[str, Any] = work.settings.get("logConfiguration", {})
        self._options: Mapping[str, str] = configuration.get("options", {})
        self._is_awslogs = configuration.get("logDriver") == "awslogs"
        self._stream = f"{self._options.get('awslogs-stream-prefix', '')}/{work.container}/{work.id}"

    @property
    def problem(self) -> str:
        """Why the container can't start; empty if it can. The log driver needs its log group."""
        if not self._is_awslogs:
            return ""
        group = self._options["awslogs-group"]
        if self._options.get("awslogs-create-group") == "true" or self._has(group):
            return ""
        # AWS's own text: AWS re:Post, "ResourceInitializationError: failed to validate logger args".
        return (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
            "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not "
            "exist. : exit status 1"
        )

    def _has(self, group: str) -> bool:
        found = self._logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        return any(each["logGroupName"] == group for each in found)

    def write(self, line: str) -> None:
        """Write a line. An empty line is left out: CloudWatch Logs refuses it."""
        if not self._is_awslogs or not line:
            return
        group = self._options["awslogs-group"]
        if self._is_new:
            self._logs.create_log_stream(logGroupName=group, logStreamName=self._stream)
            self._is_new = False
        message = line.encode()[:LONGEST_LINE].decode(errors="ignore")
        events = [{"timestamp": self._milliseconds(), "message": message}]
        self._logs.put_log_events(logGroupName=group, logStreamName=self._stream, logEvents=events)
