"""Compares what is deployed with the configuration and adds the differences to the rows."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from components.schedules.of_task import TaskSchedule
from components.supervised.settings import is_supervised

from ..aws.deployment import Deployment
from ..aws.schedules import Listed, Schedule
from ..pauses.record import Record
from ..runs.definition import definition_of
from ..runs.records import last_part
from .drift import (
    Shared,
    definition_differences,
    machine_differences,
    run_arguments,
    schedule_differences,
    state_difference,
)
from .rows import NOT_DEPLOYED, Args, Planned, Row

Data = Mapping[str, Any]


class Comparison:
    """Compares a deployment with its configuration."""

    def __init__(self, deployment: Deployment, planned: Planned, record: Record, now: datetime):
        self._deployment, self._planned, self._record, self._now = deployment, planned, record, now
        self._known: dict[str, Data | None] = {}
        """Task definitions and state machines by ARN. None for one that doesn't exist."""

    def add(self, rows: dict[str, Row], listed: Sequence[Listed], read: Mapping[str, Schedule]) -> None:
        """Add the differences to the rows, and a row for each configured task that isn't deployed."""
        wanted = self._planned.schedules()
        deployed = {item.name: item for item in listed}
        shared = Shared(self._deployment.names, _network(self._planned.network, read.values()))
        for name, (task, schedule) in wanted.items():
            if self._planned.has_ended(schedule, self._now):
                continue
            row = rows.setdefault(task, Row(task, NOT_DEPLOYED))
            if name not in deployed:
                row.drift += [f"{name} is not deployed"] if row.state != NOT_DEPLOYED else []
                continue
            if difference := self._state(schedule, deployed[name]):
                row.drift.append(difference)
            if name in read:
                found = self._schedule(task, schedule, read[name], shared)
                row.drift += [difference for difference in found if difference not in row.drift]
        for name, item in deployed.items():
            if name not in wanted:
                own = "" if item.task not in self._planned.tasks else f"{name} is "
                rows[item.task].drift.append(f"{own}not in the configuration")

    def _state(self, schedule: TaskSchedule, deployed: Listed) -> str:
        enabled = self._planned.enabled and schedule.args.get("enabled", True)
        by_hand = self._record.pause_of(deployed.name, deployed.modified) is not None
        return state_difference(expected=enabled, actual=deployed.enabled, by_hand=by_hand)

    def _schedule(self, task: str, wanted: TaskSchedule, deployed: Schedule, shared: Shared) -> list[str]:
        found = schedule_differences(deployed, wanted, task=task, shared=shared, now=self._now)
        if not deployed.supervised:
            return found + self._definition(task, wanted.task, deployed.task_definition_arn)
        if not is_supervised(wanted.task):
            return found
        machine = self._read(deployed.target_arn, self._machine)
        if machine is None:
            return [*found, f"the state machine {last_part(deployed.target_arn, ':')} doesn't exist"]
        found += machine_differences(machine, wanted.task, task=task, shared=shared)
        return found + self._definition(task, wanted.task, run_arguments(machine).get("TaskDefinition", ""))

    def _definition(self, task: str, args: Args, arn: str) -> list[str]:
        if not arn or "task_definition" in args:
            return []
        deployed = self._read(arn, self._task_definition)
        if deployed is None:
            return [f"the task definition {last_part(arn)} doesn't exist"]
        stored = {
            name: self._deployment.resource("ssm", f"parameter{self._deployment.names.parameter(task, name)}")
            for name in args.get("secret_values", {})
        }
        expected = definition_of({"image": None, **args}, secrets={**args.get("secrets", {}), **stored})
        return definition_differences(arn, deployed, expected, family=self._deployment.names.family(task))

    def _read(self, arn: str, read: Callable[[str], Data | None]) -> Data | None:
        if arn not in self._known:
            self._known[arn] = read(arn)
        return self._known[arn]

    def _task_definition(self, arn: str) -> Data | None:
        ecs = self._deployment.client("ecs")
        try:
            return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        except ecs.exceptions.ClientException:
            return None

    def _machine(self, arn: str) -> Data | None:
        sfn = self._deployment.client("stepfunctions")
        try:
            return json.loads(sfn.describe_state_machine(stateMachineArn=arn)["definition"])
        except sfn.exceptions.StateMachineDoesNotExist:
            return None


def _network(configured: Data, read: Iterable[Schedule]) -> dict[str, Sequence[str]]:
    """Return the subnets and security groups of the configuration, or else those of most schedules: a group has one
    network."""
    keys = {"Subnets": "subnet_ids", "SecurityGroups": "security_group_ids"}
    given = (each.parameters.get("NetworkConfiguration", {}).get("awsvpcConfiguration") for each in read)
    networks: list[Data] = [network for network in given if network]
    found: dict[str, Sequence[str]] = {}
    for key, argument in keys.items():
        usual = Counter(tuple(sorted(network.get(key, ()))) for network in networks).most_common(1)
        if argument in configured:
            found[key] = configured[argument]
        elif usual and 2 * usual[0][1] > len(networks) > 2:
            found[key] = usual[0][0]
    return found
