"""A model of ECS: RunTask with client tokens, eventually consistent reads, and tasks that start, hang and stop slowly.

AWS: Amazon ECS API reference, "Ensuring idempotency", RunTask ("eventual consistency model"), ListTasks, DescribeTasks.
"""

import json
from dataclasses import dataclass, field
from math import inf
from typing import Any

from components.json_values import Data
from sandbox.state_machines.errors import ServiceError

TOKEN_SECONDS = 24 * 3600
"""How long ECS remembers a client token, but no longer than an hour after the end of its task."""
REMEMBERED = 3600
"""How long a stopped task is described."""


@dataclass
class EcsTask:
    """A task, and what happens to it when."""

    arn: str
    request: Data
    created: float
    running: float
    """When it leaves PENDING."""
    ends: float
    """When it ends by itself."""
    stop_seconds: float
    """How long it takes to stop."""
    code: int = 0
    stop_requested: float = inf
    reason: str = ""

    @property
    def stopped(self) -> float:
        """When it is STOPPED."""
        return min(self.ends, self.stop_requested + self.stop_seconds)

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that the state machine sets."""
        [container] = self.request["Overrides"]["ContainerOverrides"]
        return {pair["Name"]: pair["Value"] for pair in container["Environment"]}

    def describe(self, now: float) -> dict[str, Any]:
        """Its description at a time."""
        stopped, asked = now >= self.stopped, now >= self.stop_requested
        by_itself = self.ends <= self.stop_requested + self.stop_seconds
        found: dict[str, Any] = {
            "TaskArn": self.arn,
            "Group": self.request["Group"],
            "Overrides": self.request["Overrides"],
            "LastStatus": "STOPPED"
            if stopped
            else "DEACTIVATING"
            if asked
            else "PENDING"
            if now < self.running
            else "RUNNING",
            "DesiredStatus": "STOPPED" if stopped or asked else "RUNNING",
            "Containers": [{"Name": "main"}],
        }
        if stopped:
            found["StopCode"] = "EssentialContainerExited" if by_itself else "UserInitiated"
            found["StoppedReason"] = "Essential container in task exited" if by_itself else self.reason
            found["Containers"] = [{"Name": "main", "ExitCode": self.code if by_itself else 137}]
        return found


@dataclass
class Ecs:
    """The tasks of one cluster. Every method is called with the true time."""

    tasks: list[EcsTask] = field(default_factory=list[EcsTask])
    tokens: dict[str, tuple[str, EcsTask]] = field(default_factory=dict[str, "tuple[str, EcsTask]"])

    def known(self, request: Data, now: float) -> EcsTask | None:
        """The task that an earlier request with the same client token started.

        Raises ServiceError if that request was a different one.
        """
        token, text = request.get("ClientToken"), json.dumps(request, sort_keys=True)
        if token is None or token not in self.tokens:
            return None
        first, task = self.tokens[token]
        if now > min(task.created + TOKEN_SECONDS, task.stopped + REMEMBERED):
            return None
        if first != text:
            raise ServiceError("ECS.ConflictException", "The client token is in use with a different request.")
        return task

    def start(self, task: EcsTask) -> None:
        """Start a task, and remember its client token."""
        self.tasks.append(task)
        if token := task.request.get("ClientToken"):
            self.tokens[token] = json.dumps(task.request, sort_keys=True), task

    def list(self, request: Data, seen: float) -> dict[str, Any]:
        """The tasks with a desired status, as of a time. The list has two tasks per page."""
        found = [
            (number, task.arn)
            for number, task in enumerate(self.tasks)
            if task.created <= seen
            and seen < task.stopped + REMEMBERED
            and f"/{request['Family']}:" in task.request["TaskDefinition"]
            and task.describe(seen)["DesiredStatus"] == request["DesiredStatus"]
        ]
        # A task that ECS forgets between two pages must not move others to an earlier page.
        left = [each for each in found if each[0] >= int(request.get("NextToken", 0))]
        more = {"NextToken": str(left[2][0])} if len(left) > 2 else {}
        return {"TaskArns": [arn for _, arn in left[:2]], **more}

    def described(self, request: Data, seen: float) -> dict[str, Any]:
        """Descriptions as of a time."""
        known = {task.arn: task for task in self.tasks if task.created <= seen < task.stopped + REMEMBERED}
        asked: list[str] = request["Tasks"]
        return {
            "Tasks": [known[arn].describe(seen) for arn in asked if arn in known],
            "Failures": [{"Arn": arn, "Reason": "MISSING"} for arn in asked if arn not in known],
        }

    def stop(self, arn: str, reason: str, now: float) -> dict[str, Any]:
        """Request the stop of a task."""
        task = next(task for task in self.tasks if task.arn == arn)
        if now < task.stopped and task.stop_requested == inf:
            task.stop_requested, task.reason = now, reason
        return {"Task": task.describe(now)}
