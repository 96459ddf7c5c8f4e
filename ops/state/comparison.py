"""Compares what is deployed with the configuration and adds the differences to the rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from components.json_values import Data
from components.resolved import CallTask, Network, Schedule, Scheduled, ScheduleTimes, Task
from components.supervised.contract import UnknownMachineError, decode

from ..aws.deployment import Deployment
from ..aws.schedules import Listed
from ..aws.schedules import Schedule as Deployed
from ..pauses.record import Record
from ..runs.records import last_part
from .definition_drift import definition_differences, expected_definition
from .deployed_names import task_by_schedule
from .drift import (
    Shared,
    call_differences,
    call_machine_differences,
    index_machine_differences,
    machine_differences,
    schedule_differences,
    state_difference,
)
from .rows import ENDED, NOT_DEPLOYED, Planned, Row

Found = TypeVar("Found")


class Comparison:
    """Compares a deployment with its configuration."""

    def __init__(self, deployment: Deployment, planned: Planned, record: Record, now: datetime):
        self._deployment, self._planned, self._record, self._now = deployment, planned, record, now
        self._definitions: dict[str, Data | None] = {}
        """Task definitions by ARN. None for one that doesn't exist."""
        self._machines: dict[str, str | None] = {}
        """Definitions of state machines by ARN. None for one that doesn't exist."""
        self.compared: set[str] = set()
        """The names of the deployed schedules that were completely compared."""

    def add(self, rows: dict[str, Row], listed: Sequence[Listed], read: Mapping[str, Deployed]) -> None:
        """Add the differences to the rows, and a row for each configured task that isn't deployed."""
        deployed = {item.name: item for item in listed}
        wanted = self._planned.schedules(list(deployed), read)
        task_of = task_by_schedule(self._planned.tasks, deployed)
        usual = [each for name, each in read.items() if name not in wanted or not _has_own_network(wanted[name][0])]
        network = _network(self._planned.network, usual)
        shared = Shared(self._deployment.names, network, self._planned.scheduler_role, self._cluster())
        for name, (task, schedule) in wanted.items():
            if self._planned.has_ended(task, schedule, self._now):
                rows.setdefault(task.name, Row(task.name, ENDED))
                self.compared |= {name} & deployed.keys()
                continue
            row = rows.setdefault(task.name, Row(task.name, NOT_DEPLOYED))
            if name not in deployed:
                row.drift += [f"{name} is not deployed"] if row.state != NOT_DEPLOYED else []
                continue
            if difference := self._state(schedule, deployed[name]):
                row.drift.append(difference)
            if name in read:
                found = self._schedule(task, schedule, read[name], shared)
                row.drift += [difference for difference in found if difference not in row.drift]
                self.compared.add(name)
        for name, item in deployed.items():
            if name not in wanted:
                own = f"{name} is " if name in task_of else ""
                rows[task_of.get(name, item.task)].drift.append(f"{own}not in the configuration")
                self.compared.add(name)

    def _cluster(self) -> str:
        """The name of the group's cluster, or an empty string if another resource produces it."""
        group = self._planned.group
        if group.create_cluster:
            return self._deployment.names.cluster
        return last_part(group.cluster) if isinstance(group.cluster, str) else ""

    def _state(self, schedule: ScheduleTimes, deployed: Listed) -> str:
        enabled = self._planned.enabled and schedule.enabled
        by_hand = self._record.pause_of(deployed.name, deployed.modified) is not None
        return state_difference(expected=enabled, actual=deployed.enabled, by_hand=by_hand)

    def _schedule(self, task: Scheduled, wanted: ScheduleTimes, deployed: Deployed, shared: Shared) -> list[str]:
        if isinstance(task, CallTask):
            account = self._deployment.account
            before = self._as_before(deployed, wanted)
            found = call_differences(before, task, wanted, shared=shared, account=account, now=self._now)
            return [*found, *self._call_machine(task, deployed)] if task.machine else found
        assert isinstance(task, Task)
        assert isinstance(wanted, Schedule)
        return self._schedule_of_runs(task, wanted, deployed, shared)

    def _call_machine(self, task: CallTask, deployed: Deployed) -> list[str]:
        """Compare the state machine that does the work of a call."""
        if not deployed.has_call_machine:
            return []
        machine = _once(self._machines, deployed.target_arn, self._machine)
        if machine is None:
            return [f"the state machine {last_part(deployed.target_arn, ':')} doesn't exist"]
        return call_machine_differences(machine, task, self._deployment.names, self._deployment.account)

    def _as_before(self, deployed: Deployed, wanted: ScheduleTimes) -> Deployed:
        """A schedule as it was before a pause that moved its start."""
        pause = self._record.pause_of(deployed.name, deployed.modified)
        if pause is None or pause.ends is None or deployed.start is None or deployed.start < pause.ends:
            return deployed
        return replace(deployed, start=wanted.start)

    def _schedule_of_runs(self, task: Task, wanted: Schedule, deployed: Deployed, shared: Shared) -> list[str]:
        found = schedule_differences(self._as_before(deployed, wanted), task, wanted, shared=shared, now=self._now)
        if not deployed.supervised:
            return found + self._definition(task, deployed.task_definition_arn)
        if not task.supervision:
            return found
        machine = _once(self._machines, deployed.target_arn, self._machine)
        if machine is None:
            return [*found, f"the state machine {last_part(deployed.target_arn, ':')} doesn't exist"]
        notify = self._planned.group.notify
        settings = task.supervision.counting(notify.after if notify else None)
        found += machine_differences(machine, task, settings, shared=shared)
        try:
            facts = decode(machine)
        except UnknownMachineError:
            return found
        if task.parallel and facts.index_machine_arn:
            index = _once(self._machines, facts.index_machine_arn, self._machine)
            found += index_machine_differences(facts, index, task, settings, shared=shared)
        return found + self._definition(task, facts.task_definition_arn)

    def _definition(self, task: Task, arn: str) -> list[str]:
        if not arn or task.task_definition is not None:
            return []
        deployed = _once(self._definitions, arn, self._task_definition)
        if deployed is None:
            return [f"the task definition {last_part(arn)} doesn't exist"]
        where, account = self._deployment, self._deployment.account
        expected = expected_definition(task, self._planned.group, where.names, account)
        return definition_differences(arn, deployed, expected, family=where.names.family(task.name), account=account)

    def _task_definition(self, arn: str) -> Data | None:
        ecs = self._deployment.client("ecs")
        try:
            return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        except ecs.exceptions.ClientException:
            return None

    def _machine(self, arn: str) -> str | None:
        sfn = self._deployment.client("stepfunctions")
        try:
            return str(sfn.describe_state_machine(stateMachineArn=arn)["definition"])
        except sfn.exceptions.StateMachineDoesNotExist:
            return None


def _has_own_network(task: Scheduled) -> bool:
    return isinstance(task, Task) and task.network is not None


def _once(known: dict[str, Found | None], arn: str, read: Callable[[str], Found | None]) -> Found | None:
    if arn not in known:
        known[arn] = read(arn)
    return known[arn]


def _network(configured: Network, read: Iterable[Deployed]) -> dict[str, Sequence[str]]:
    """Return the subnets and security groups of the configuration, or else those of most schedules: a group has one
    network."""
    named = {"Subnets": configured.subnet_ids, "SecurityGroups": configured.security_group_ids}
    given = (each.parameters.get("NetworkConfiguration", {}).get("awsvpcConfiguration") for each in read)
    networks: list[Data] = [network for network in given if network]
    found: dict[str, Sequence[str]] = {}
    for key, identifiers in named.items():
        usual = Counter(tuple(sorted(network.get(key, ()))) for network in networks).most_common(1)
        if isinstance(identifiers, Sequence):
            found[key] = [str(identifier) for identifier in identifiers]
        elif usual and 2 * usual[0][1] > len(networks) > 2:
            found[key] = usual[0][0]
    return found
