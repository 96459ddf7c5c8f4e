"""The life of ECS tasks in the emulator: their states, times, stop codes, logs and events.

AWS: Amazon ECS developer guide, "Task lifecycle", "Stopped tasks error codes"; botocore ecs, Task.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from components.supervised.settings import SUPERVISED_GROUP
from ops.simulation.clock import Clock
from ops.simulation.executor import EXITED, NOT_STARTED, SPOT, STOPPED_BY_USER
from ops.simulation.faults import RUNS

from ..calls import Client
from ..quotas import startable
from .events import Event, task_state_change
from .executors import End, Executor, StandIn, Stop, Work
from .faults import Faults
from .logs import TaskLog

PROVISIONING_SECONDS, PENDING_SECONDS, DEPROVISIONING_SECONDS = 1, 1, 1
"""How long a task is in a state. They take longer in AWS."""
MODEL = "sandbox::live-task"
"""The name of live tasks for moto's changes of states, which then changes none."""
FAULT_SECONDS = 2
"""How long a run with a fault lasts before the fault happens."""
_SPOT_REASON = "Your Spot Task was interrupted."
"""AWS: Amazon ECS developer guide, "Amazon ECS clusters for Fargate", Fargate Spot termination notices."""


@dataclass(slots=True)
class _Life:
    """A task that has not stopped."""

    task: Any
    """moto's object."""
    work: Work
    log: TaskLog
    stop: Stop | None = None


@dataclass(slots=True)
class Lifecycle:
    """Leads tasks from PROVISIONING to STOPPED.

    Args:
        clock: All changes are made on it.
        client: Makes clients of the emulator.
        executor: Executes the containers.
        faults: The faults of the next runs.
        publish: Puts an event on the event bus.
        tell: Gets a line about a task.
    """

    clock: Clock
    client: Client
    executor: Executor
    faults: Faults
    publish: Callable[[Event], None]
    tell: Callable[[str, str], None]
    _lives: dict[str, _Life] = field(default_factory=dict[str, _Life])
    _vcpus: dict[str, float] = field(default_factory=dict[str, float])
    """The vCPUs of the On-Demand tasks that have not stopped, by their ARNs."""
    _one_at_a_time: Lock = field(default_factory=Lock)

    @property
    def running(self) -> Sequence[str]:
        """The ARNs of the tasks that have not stopped."""
        return list(self._lives)

    def launched(self, tasks: Sequence[Any]) -> int:
        """RunTask has made these objects of moto. The life of those within the quota of vCPUs begins.

        Returns how many these are.
        """
        with self._one_at_a_time:
            needed = [(task.task_arn, vcpus_of(task)) for task in tasks]
            vcpus = max((each for _, each in needed), default=0)
            started = startable(len(tasks), vcpus, sum(self._vcpus.values()))
            self._vcpus.update(needed[:started])
        for task in tasks[:started]:
            task.model_name = MODEL
            task.version = 0
            task.created_at = self._time()
            task.platform_version = task.platform_version or "1.4.0"
            task.started_by = task.started_by or None
            # ECS has no member that doesn't apply yet. The rules on outcomes match by that.
            task.stop_code = task.stopped_reason = task.started_at = None
            definition = task._backend.describe_task_definition(task.task_definition_arn)
            task.containers = [_container(task, each) for each in definition.container_definitions]
            self._set(task, "PROVISIONING")
            self.clock.at(self.clock.now, lambda task=task: self._begin(task))
        return started

    def stop(self, task: Any, reason: str) -> None:
        """StopTask was called. The task ends some time later."""
        if task.last_status == "STOPPED":
            return
        self._request_stop(task, STOPPED_BY_USER, reason or "Task stopped by user")

    def _begin(self, task: Any) -> None:
        ecs = self.client("ecs")
        definition = ecs.describe_task_definition(taskDefinition=task.task_definition_arn)["taskDefinition"]
        work = Work(task.task_arn.rsplit("/", 1)[-1], definition, task.overrides or {})
        task.cpu = work.overrides.get("cpu") or definition.get("cpu")
        task.memory = work.overrides.get("memory") or definition.get("memory")
        task.availability_zone = self._zone(task)
        task.overrides = with_all_names(work.overrides, [container.name for container in task.containers])
        self._lives[task.task_arn] = _Life(task, work, TaskLog(self.client("logs"), work, self._milliseconds))
        self._publish(task)
        self._later(task, PROVISIONING_SECONDS, self._pull)

    def _pull(self, life: _Life) -> None:
        task = life.task
        task.connectivity, task.connectivity_at = "CONNECTED", self._time()
        task.pull_started_at = self._time()
        self._set(task, "PENDING")
        self._publish(task)
        self._later(task, PENDING_SECONDS, self._start)

    def _start(self, life: _Life) -> None:
        task = life.task
        task.pull_stopped_at = self._time()
        if task.desired_status == "STOPPED":
            self.ended(life, End(None))
            return
        if problem := life.log.problem:
            self.ended(life, End(None, problem))
            return
        fault = self.faults.take(task_name(task), RUNS)
        kind = fault.kind if fault else ""
        if fault is None:
            executor = self.executor
        else:
            self.tell(task_name(task), f"The fault {kind} happens in this run.")
            executor = StandIn(self.clock, f"The fault {kind} happens.", _END[kind], FAULT_SECONDS)
        if kind == "imageNotFound":
            image = life.work.settings["image"]
            reason = f"CannotPullContainerError: failed to resolve ref {image}: {image}: not found"
            self.ended(life, End(None, reason))
            return
        life.stop = executor.start(life.work, _Observer(self, life))
        if kind == "spotInterruption":
            notice = self.clock.now + FAULT_SECONDS / 2
            self.clock.at(notice, lambda: self._request_stop(task, SPOT, _SPOT_REASON))

    def started(self, life: _Life) -> None:
        """The container of a task runs."""
        task = life.task
        task.started_at = self._time()
        self._set(task, "RUNNING")
        self._publish(task)
        # Their containers are in the state of the task, but the sandbox executes only one.
        others = [container.name for container in task.containers if container.name != life.work.container]
        without = f" without {', '.join(others)}: the sandbox runs no sidecars" if others else ""
        self.tell(task_name(task), f"Runs as {life.work.id[:8]}{without}.")

    def _request_stop(self, task: Any, code: str, reason: str) -> None:
        if task.desired_status == "STOPPED":
            return
        task.desired_status, task.stop_code, task.stopped_reason = "STOPPED", code, reason
        task.stopping_at = self._time()
        self.clock.at(self.clock.now, lambda: self._stopping(task))

    def _stopping(self, task: Any) -> None:
        if life := self._lives.get(task.task_arn):
            self._publish(task)
            if life.stop:
                life.stop()

    def ended(self, life: _Life, end: End) -> None:
        """The container of a task ended, or can't start."""
        task = life.task
        if not task.stop_code:
            # AWS: the reason of a task whose container can't start is the container's.
            task.stop_code = EXITED if task.started_at else NOT_STARTED
            task.stopped_reason = "Essential container in task exited" if task.started_at else end.reason
        if task.desired_status != "STOPPED":
            task.desired_status, task.stopping_at = "STOPPED", self._time()
        if task.started_at:
            task.execution_stopped_at = self._time()
        for container in task.containers:
            container.last_status = "STOPPED"
            if container.name == life.work.container:
                container.exit_code, container.reason = end.exit_code, end.reason or None
            elif task.started_at:
                container.exit_code = 0
        self._set(task, "DEPROVISIONING")
        self._publish(task)
        self._later(task, DEPROVISIONING_SECONDS, self._stopped)

    def _stopped(self, life: _Life) -> None:
        task = life.task
        del self._lives[task.task_arn]
        self._vcpus.pop(task.task_arn, None)
        task.stopped_at = self._time()
        self._set(task, "STOPPED")
        self._publish(task)
        [own] = [container for container in task.containers if container.name == life.work.container]
        code = "" if own.exit_code is None else f" Exit code {own.exit_code}."
        self.tell(task_name(task), f"Stopped: {task.stop_code}: {own.reason or task.stopped_reason}.{code}")

    def _set(self, task: Any, status: str) -> None:
        task.last_status = status
        task.version += 1
        for container in task.containers:
            if status in ("PENDING", "RUNNING"):
                container.last_status = status

    def _publish(self, task: Any) -> None:
        described = self.client("ecs").describe_tasks(cluster=task.cluster_arn, tasks=[task.task_arn])["tasks"][0]
        self.publish(task_state_change(described, self.clock.now))

    def _zone(self, task: Any) -> str | None:
        """The Availability Zone of the subnet of a task."""
        details = [detail for attachment in task.attachments for detail in attachment["details"]]
        subnets = [detail["value"] for detail in details if detail["name"] == "subnetId"]
        if not subnets:
            return None
        return self.client("ec2").describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["AvailabilityZone"]

    def _later(self, task: Any, seconds: float, step: Callable[[_Life], None]) -> None:
        life = self._lives[task.task_arn]
        self.clock.at(self.clock.now + seconds, lambda: step(life))

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)

    def _milliseconds(self) -> int:
        return int(self.clock.now * 1000)


_END: Mapping[str, End] = {
    "exitCode": End(1),
    "outOfMemory": End(137, "OutOfMemoryError: Container killed due to memory usage"),
    "imageNotFound": End(None),
    "spotInterruption": End(137),
}
"""The end of a container by the kind of a fault. AWS: Amazon ECS developer guide, "Stopped tasks error codes"."""


@dataclass(frozen=True, slots=True)
class _Observer:
    lifecycle: Lifecycle
    life: _Life

    def started(self) -> None:
        self.lifecycle.started(self.life)

    def wrote(self, line: str) -> None:
        self.life.log.write(line)

    def ended(self, end: End) -> None:
        self.lifecycle.ended(self.life, end)


def vcpus_of(task: Any) -> float:
    """The vCPUs that an object of moto takes from the quota of Fargate On-Demand."""
    if task.launch_type != "FARGATE" and task.capacity_provider_name != "FARGATE":
        return 0
    definition = task._backend.describe_task_definition(task.task_definition_arn)
    cpu = str((task.overrides or {}).get("cpu") or definition.cpu or 0)
    return int(cpu) / 1024 if cpu.isdecimal() else 0


def task_name(task: Any) -> str:
    """The task of a configuration that an ECS task runs, which its schedule sets as the group."""
    return str(task.group).removeprefix(SUPERVISED_GROUP)


def with_all_names(overrides: Mapping[str, Any], containers: Sequence[str]) -> dict[str, Any]:
    """The overrides of a task as ECS returns them: with an entry for each container.

    AWS: Amazon ECS developer guide, "Amazon ECS task state change events", whose sample has an entry with only a name.
    """
    given = list(overrides.get("containerOverrides", []))
    named = {entry.get("name") for entry in given}
    return {**overrides, "containerOverrides": [*given, *({"name": name} for name in containers if name not in named)]}


def _container(task: Any, definition: Mapping[str, Any]) -> Any:
    """A container of a task, with the members that ECS returns."""
    container = task.task_arn.replace(":task/", ":container/")
    interfaces = [
        {"attachmentId": attachment["id"], "privateIpv4Address": detail["value"]}
        for attachment in task.attachments
        for detail in attachment["details"]
        if detail["name"] == "privateIPv4Address"
    ]
    return SimpleNamespace(
        container_arn=f"{container}/{uuid4()}",
        task_arn=task.task_arn,
        name=definition["name"],
        image=definition["image"],
        last_status="PENDING",
        network_interfaces=interfaces,
        cpu=str(definition.get("cpu", 0)),
        exit_code=None,
        reason=None,
    )
