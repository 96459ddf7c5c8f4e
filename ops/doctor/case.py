"""What is deployed for the tasks that are looked at, read once for all checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from components.supervised.contract import UnknownMachineError, decode

from ..aws import errors
from ..aws.deployment import Deployment
from ..aws.parallel import side_by_side
from ..aws.schedules import Schedule, get_schedule, list_schedules, schedules_of, task_of
from ..pauses.record import Record, read_record
from .finding import PROBLEM, UNKNOWN, Finding
from .launch import Launch, machine_launch, schedule_launch

Data = Mapping[str, Any]
Answer = TypeVar("Answer")

_REFRESH = "pulumi up --refresh makes it again."


@dataclass(frozen=True, slots=True)
class Machine:
    """The state machine of a supervised task."""

    arn: str
    status: str
    role_arn: str
    lease_table: str
    """Empty where its runs may overlap."""
    launch: Launch | None
    """None if the definition could not be decoded."""
    unknown: str = ""
    """Why the definition could not be decoded."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A schedule, and what it starts."""

    task: str
    schedule: Schedule
    machine: Machine | None = None
    launch: Launch | None = None
    """What is given to RunTask; None where the state machine could not be read."""
    definition: Data | None = None
    """The task definition; None where it could not be read."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that is looked at."""

    deployment: Deployment
    now: datetime
    record: Record
    """What is paused by hand."""
    patients: Sequence[Patient]

    @property
    def launches(self) -> list[Launch]:
        """What is given to RunTask, each once."""
        return list(dict.fromkeys(patient.launch for patient in self.patients if patient.launch))

    @property
    def machines(self) -> list[Machine]:
        """The state machines, each once."""
        return list(dict.fromkeys(patient.machine for patient in self.patients if patient.machine))

    @property
    def definitions(self) -> list[Data]:
        """The task definitions, each once."""
        found = {each.definition["taskDefinitionArn"]: each.definition for each in self.patients if each.definition}
        return list(found.values())

    @property
    def images(self) -> dict[str, str]:
        """The images, each with one of the tasks that run it."""
        return {
            container["image"]: patient.task
            for patient in self.patients
            if patient.definition
            for container in patient.definition["containerDefinitions"]
        }


def read_case(deployment: Deployment, task: str | None, now: datetime) -> tuple[Case, list[Finding]]:
    """What is deployed for a task, or for all, and what was found in reading it.

    One call for each schedule, state machine and task definition. Raises OpsError where there is no such task.
    """
    listed = list_schedules(deployment) if task is None else schedules_of(deployment, task)
    found: list[Finding] = []
    for service in ("stepfunctions", "ecs"):
        deployment.client(service)  # made before there are several who would make it
    schedules = _read(lambda name: get_schedule(deployment, name), [each.name for each in listed], "schedule", found)
    arns = [schedule.target["Arn"] for schedule in schedules.values() if schedule.supervised]
    machines = _read(lambda arn: _machine(deployment, arn), arns, "state machine", found)
    patients = [_patient(task or task_of(name), schedules[name], machines) for name in schedules]
    wanted = [patient.launch.task_definition_arn for patient in patients if patient.launch]
    definitions = _read(lambda arn: _definition(deployment, arn), wanted, "task definition", found)
    whole = [_defined(patient, definitions) for patient in patients]
    return Case(deployment, now, read_record(deployment.tags), whole), found


def _read(read: Callable[[str], Answer], names: Sequence[str], what: str, found: list[Finding]) -> dict[str, Answer]:
    """What was read, by name; each name once. What could not be is a finding."""
    answers: dict[str, Answer] = {}
    for name, future in side_by_side(read, dict.fromkeys(names)):
        try:
            answers[name] = future.result()
        except Exception as error:
            if (line := errors.explained(error)) is None:
                raise
            found.append(_unread(name, what, error, line))
    return answers


def _unread(name: str, what: str, error: Any, line: str) -> Finding:
    short = name.rsplit("/", 1)[-1].rsplit(":stateMachine:", 1)[-1]
    gone = ("ClientException", "StateMachineDoesNotExist", "ResourceNotFoundException")
    if getattr(error, "response", {}).get("Error", {}).get("Code") in gone:
        return Finding(PROBLEM, "", f"the {what} {short} is not there", _REFRESH)
    return Finding(UNKNOWN, "", f"the {what} {short}: {line}")


def _machine(deployment: Deployment, arn: str) -> Machine:
    there = deployment.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    status, role_arn = there.get("status", "ACTIVE"), there["roleArn"]
    try:
        facts = decode(there["definition"])
    except UnknownMachineError as error:
        return Machine(arn, status, role_arn, lease_table="", launch=None, unknown=str(error))
    return Machine(arn, status, role_arn, facts.lease_table, machine_launch(facts, role_arn))


def _definition(deployment: Deployment, arn: str) -> Data:
    return deployment.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]


def _patient(task: str, schedule: Schedule, machines: Mapping[str, Machine]) -> Patient:
    machine = machines.get(schedule.target["Arn"])
    if schedule.supervised:
        return Patient(task, schedule, machine, machine.launch if machine else None)
    return Patient(task, schedule, launch=schedule_launch(schedule))


def _defined(patient: Patient, definitions: Mapping[str, Data]) -> Patient:
    definition = definitions.get(patient.launch.task_definition_arn) if patient.launch else None
    return Patient(patient.task, patient.schedule, patient.machine, patient.launch, definition)
