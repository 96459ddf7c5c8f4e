"""What is deployed, compared with the configuration: what differs is added to the rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from components.schedules.of_task import TaskSchedule

from components.supervised.contract import UnknownMachineError, decode
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
    schedule_differences,
    state_difference,
)
from .rows import NOT_DEPLOYED, Args, Planned, Row

Data = Mapping[str, Any]
Found = TypeVar("Found")


class Comparison:
    """Compares one deployment with its configuration."""

    def __init__(self, deployment: Deployment, planned: Planned, record: Record, now: datetime):
        self._deployment, self._planned, self._record, self._now = deployment, planned, record, now
        self._definitions: dict[str, Data | None] = {}
        """Task definitions by ARN; None for those that do not exist."""
        self._machines: dict[str, str | None] = {}
        """Definitions of state machines by ARN; None for those that do not exist."""

    def add(self, rows: dict[str, Row], listed: Sequence[Listed], read: Mapping[str, Schedule]) -> None:
        """Add what differs to the rows, and a row for each task that is configured and not deployed."""
        wanted = self._planned.schedules()
        there = {item.name: item for item in listed}
        shared = Shared(self._deployment.names, _network(self._planned.network, read.values()))
        for name, (task, schedule) in wanted.items():
            if self._planned.has_ended(schedule, self._now):
                continue
            row = rows.setdefault(task, Row(task, NOT_DEPLOYED))
            if name not in there:
                row.drift += [f"{name} is not deployed"] if row.state != NOT_DEPLOYED else []
                continue
            if words := self._state(schedule, there[name]):
                row.drift.append(words)
            if name in read:
                found = self._schedule(task, schedule, read[name], shared)
                row.drift += [words for words in found if words not in row.drift]
        for name, item in there.items():
            if name not in wanted:
                own = "" if item.task not in self._planned.tasks else f"{name} is "
                rows[item.task].drift.append(f"{own}not in the configuration")

    def _state(self, schedule: TaskSchedule, there: Listed) -> str:
        enabled = self._planned.enabled and schedule.args.get("enabled", True)
        by_hand = self._record.pause_of(there.name, there.modified) is not None
        return state_difference(expected=enabled, there=there.enabled, by_hand=by_hand)

    def _schedule(self, task: str, wanted: TaskSchedule, there: Schedule, shared: Shared) -> list[str]:
        found = schedule_differences(there, wanted, task=task, shared=shared, now=self._now)
        if not there.supervised:
            return found + self._definition(task, wanted.task, there.task_definition_arn)
        if not is_supervised(wanted.task):
            return found
        machine = _once(self._machines, there.target["Arn"], self._machine)
        if machine is None:
            return [*found, f"the state machine {last_part(there.target['Arn'], ':')} is not there"]
        found += machine_differences(machine, wanted.task, task=task, shared=shared)
        try:
            return found + self._definition(task, wanted.task, decode(machine).task_definition_arn)
        except UnknownMachineError:
            return found

    def _definition(self, task: str, args: Args, arn: str) -> list[str]:
        if not arn or "task_definition" in args:
            return []
        there = _once(self._definitions, arn, self._task_definition)
        if there is None:
            return [f"the task definition {last_part(arn)} is not there"]
        stored = {
            name: self._deployment.resource("ssm", f"parameter{self._deployment.names.parameter(task, name)}")
            for name in args.get("secret_values", {})
        }
        expected = definition_of({"image": None, **args}, secrets={**args.get("secrets", {}), **stored})
        return definition_differences(arn, there, expected, family=self._deployment.names.family(task))

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


def _once(known: dict[str, Found | None], arn: str, read: Callable[[str], Found | None]) -> Found | None:
    if arn not in known:
        known[arn] = read(arn)
    return known[arn]


def _network(configured: Data, read: Iterable[Schedule]) -> dict[str, Sequence[str]]:
    """Where runs go: as the configuration names it, else as most schedules have it: a group has one network."""
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
