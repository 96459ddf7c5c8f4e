"""The life of ECS tasks in the emulator: their states, times, stop codes, logs and events.

AWS: Amazon ECS developer guide, "Task lifecycle", "Stopped tasks error codes"; botocore ecs, Task.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from ops.simulation.clock import Clock, Signal
from ops.simulation.executor import EXITED, NOT_STARTED, SPOT, STOPPED_BY_USER
from ops.simulation.faults import RUNS

from ..calls import Client
from ..quotas import startable as within_quota
from .container_order import NEVER_STARTED, PENDING, RUNNING, STOPPED, is_essential, startable, stoppable, unstartable
from .events import Event, task_state_change
from .executors import End, Executor, Sidecars, StandIn, Stop, Work
from .faults import Faults
from .logs import TaskLog
from .task_objects import capacity_of, new_container, task_name, vcpus_of, with_all_names

PROVISIONING_SECONDS, PENDING_SECONDS, DEPROVISIONING_SECONDS = 1, 1, 1
"""How long a task is in a state. They take longer in AWS."""
MODEL = "sandbox::live-task"
"""The name of live tasks for moto's changes of states, which then changes none."""
FAULT_SECONDS = 2
"""How long a run with a fault lasts before the fault happens."""
_SPOT_REASON = "Your Spot Task was interrupted."
"""AWS: Amazon ECS developer guide, "Amazon ECS clusters for Fargate", Fargate Spot termination notices."""


@dataclass(slots=True, eq=False)
class _Part:
    """A container of a task."""

    work: Work
    log: TaskLog
    container: Any
    """Its state in moto's object."""
    begun: bool = False
    stop: Stop | None = None

    @property
    def name(self) -> str:
        return self.work.container

    @property
    def runs(self) -> bool:
        """Whether it must be stopped: it runs, or its image is pulled."""
        return self.begun and self.container.last_status != STOPPED


@dataclass(slots=True, eq=False)
class _Life:
    """A task that has not stopped."""

    task: Any
    """moto's object."""
    work: Work
    parts: Mapping[str, _Part]
    """The containers by name."""

    @property
    def main(self) -> _Part:
        """The container that does the work."""
        return self.parts[self.work.container]

    def is_essential(self, part: _Part) -> bool:
        return is_essential(self.work.containers, part.name)


@dataclass(slots=True)
class Lifecycle:
    """Leads tasks from PROVISIONING to STOPPED.

    Args:
        clock: All changes are made on it.
        client: Makes clients of the emulator.
        executor: Executes the containers that do the work.
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
    sidecars: Executor = field(init=False)
    """Executes the other containers."""
    _lives: dict[str, _Life] = field(default_factory=dict[str, _Life])
    _ends: dict[str, Signal] = field(default_factory=dict[str, Signal])
    """The ends of the tasks that have not stopped, by their ARNs."""
    _vcpus: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    """The capacities and vCPUs of the tasks that have not stopped, by their ARNs."""
    _one_at_a_time: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.sidecars = Sidecars(self.clock)

    @property
    def running(self) -> Sequence[str]:
        """The ARNs of the tasks that have not stopped."""
        return list(self._lives)

    def launched(self, tasks: Sequence[Any]) -> int:
        """RunTask has made these objects of moto. The life of those within the quota of vCPUs begins.

        Returns how many these are.
        """
        with self._one_at_a_time:
            # moto starts all tasks of a call on the same capacity.
            needed = {task.task_arn: (capacity_of(task), vcpus_of(task)) for task in tasks}
            capacity, vcpus = max(needed.values(), default=("", 0))
            used = sum(each for taken, each in self._vcpus.values() if taken == capacity)
            started = within_quota(len(tasks), vcpus, used)
            self._vcpus.update({task.task_arn: needed[task.task_arn] for task in tasks[:started]})
        for task in tasks[:started]:
            task.model_name = MODEL
            task.version = 0
            task.created_at = self._time()
            task.platform_version = task.platform_version or "1.4.0"
            task.started_by = task.started_by or None
            # ECS has no member that doesn't apply yet. The rules on outcomes match by that.
            task.stop_code = task.stopped_reason = task.started_at = None
            definition = task._backend.describe_task_definition(task.task_definition_arn)
            task.containers = [new_container(task, each) for each in definition.container_definitions]
            self._set(task, "PROVISIONING")
            self._ends[task.task_arn] = Signal()
            self.clock.at(self.clock.now, lambda task=task: self._begin(task))
        return started

    def end_of(self, arn: str) -> Signal | None:
        """The end of a task. None if it has stopped, or isn't live."""
        return self._ends.get(arn)

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
        works = [replace(work, name=container.name) for container in task.containers]
        logs = self.client("logs")
        parts = [
            _Part(each, TaskLog(logs, each, self._milliseconds), container)
            for each, container in zip(works, task.containers, strict=True)
        ]
        self._lives[task.task_arn] = _Life(task, work, {part.name: part for part in parts})
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
            self._all_ended(life)
            return
        for part in life.parts.values():
            if problem := part.log.problem:
                self.ended(life, part, End(None, problem))
                return
        self._advance(life)

    def _advance(self, life: _Life) -> None:
        """Start and stop the containers whose turn it is, until the last of them has ended."""
        task, definitions = life.task, life.work.containers
        if task.desired_status == "STOPPED":
            for name in stoppable(definitions, [part.name for part in life.parts.values() if part.runs]):
                part = life.parts[name]
                if stop := part.stop:
                    # A container that ends at once lets the next ones stop.
                    part.stop = None
                    stop()
            if task.last_status in ("PENDING", "RUNNING") and not any(part.runs for part in life.parts.values()):
                self._all_ended(life)
            return
        for name, reason in unstartable(definitions, task.containers).items():
            self.ended(life, life.parts[name], End(NEVER_STARTED, reason))
            return
        for name in startable(definitions, task.containers):
            part = life.parts[name]
            if not part.begun and task.desired_status != "STOPPED":
                part.begun = True
                self._execute(life, part)

    def _execute(self, life: _Life, part: _Part) -> None:
        if part is not life.main:
            part.stop = self.sidecars.start(part.work, _Observer(self, life, part))
            return
        task = life.task
        fault = self.faults.take(task_name(task), RUNS)
        kind = fault.kind if fault else ""
        if fault is None:
            executor = self.executor
        else:
            self.tell(task_name(task), f"The fault {kind} happens in this run.")
            executor = StandIn(self.clock, f"The fault {kind} happens.", _END[kind], FAULT_SECONDS)
        if kind == "imageNotFound":
            image = part.work.settings["image"]
            reason = f"CannotPullContainerError: failed to resolve ref {image}: {image}: not found"
            self.ended(life, part, End(None, reason))
            return
        part.stop = executor.start(part.work, _Observer(self, life, part))
        if kind == "spotInterruption":
            notice = self.clock.now + FAULT_SECONDS / 2
            self.clock.at(notice, lambda: self._request_stop(task, SPOT, _SPOT_REASON))

    def started(self, life: _Life, part: _Part) -> None:
        """A container of a task runs. The task runs if all of them have started."""
        task = life.task
        part.container.last_status = RUNNING
        is_first = task.started_at is None and task.desired_status != "STOPPED"
        if is_first and not any(it.last_status == PENDING for it in task.containers):
            task.started_at = self._time()
            self._set(task, "RUNNING")
            self._publish(task)
            others = [name for name in life.parts if name != life.work.container]
            also = f", with stand-ins for {', '.join(others)}" if others else ""
            self.tell(task_name(task), f"Runs as {life.work.id[:8]}{also}.")
        # After the executor has returned what stops this container.
        self.clock.at(self.clock.now, lambda: self._advance(life))

    def _request_stop(self, task: Any, code: str, reason: str) -> None:
        if task.desired_status == "STOPPED":
            return
        task.desired_status, task.stop_code, task.stopped_reason = "STOPPED", code, reason
        task.stopping_at = self._time()
        self.clock.at(self.clock.now, lambda: self._stopping(task))

    def _stopping(self, task: Any) -> None:
        if life := self._lives.get(task.task_arn):
            self._publish(task)
            if any(part.begun for part in life.parts.values()):
                self._advance(life)

    def ended(self, life: _Life, part: _Part, end: End) -> None:
        """A container of a task ended, or can't start. The end of an essential one is the end of the task."""
        task, container = life.task, part.container
        container.last_status, container.exit_code, container.reason = STOPPED, end.exit_code, end.reason or None
        never_started = end.exit_code is None or not part.begun
        if life.is_essential(part) or end.exit_code is None:
            if not task.stop_code:
                # AWS: the reason of a task whose container can't start is the container's.
                task.stop_code = NOT_STARTED if never_started else EXITED
                task.stopped_reason = end.reason if never_started else "Essential container in task exited"
            if task.desired_status != "STOPPED":
                task.desired_status, task.stopping_at = "STOPPED", self._time()
        self._advance(life)

    def _all_ended(self, life: _Life) -> None:
        """All containers of a task ended."""
        task = life.task
        if task.started_at:
            task.execution_stopped_at = self._time()
        for container in task.containers:
            container.last_status = STOPPED
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
        own = life.main.container
        code = "" if own.exit_code is None else f" Exit code {own.exit_code}."
        self.tell(task_name(task), f"Stopped: {task.stop_code}: {own.reason or task.stopped_reason}.{code}")
        self._ends.pop(task.task_arn).set()

    def _set(self, task: Any, status: str) -> None:
        task.last_status = status
        task.version += 1

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
    part: _Part

    def started(self) -> None:
        self.lifecycle.started(self.life, self.part)

    def wrote(self, line: str) -> None:
        self.part.log.write(line)

    def ended(self, end: End) -> None:
        self.lifecycle.ended(self.life, self.part, end)
