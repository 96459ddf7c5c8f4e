"""The deployed resources that several checks look at, read once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from components.aws.arn import Arn
from components.aws.names import task_of_schedule
from components.supervised.contract import UnknownMachineError, decode
from components.supervised.settings import DEFAULT_TIMEOUT

from ..aws import errors
from ..aws.deployment import Deployment
from ..aws.logs import AWSLOGS
from ..aws.parallel import call_in_parallel
from ..aws.schedules import NoScheduleError, Schedule, get_schedule, list_schedules, schedules_of
from ..pauses.record import Record, read_record
from ..runs.past_launch import past_launch
from .container_definitions import start_problems
from .finding import PROBLEM, RECREATE, STACK, WARNING, Finding, cannot_tell, resource
from .launch import Launch, machine_launch, schedule_launch

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ContainerDefinitionOutputTypeDef, LogConfigurationOutputTypeDef

Answer = TypeVar("Answer")

_NOT_FOUND = ("ClientException", "StateMachineDoesNotExist", "ResourceNotFoundException")
"""Codes of errors for a schedule, state machine or task definition that doesn't exist."""


@dataclass(frozen=True, slots=True)
class StateMachine:
    """The state machine of a supervised task."""

    arn: str
    status: str
    role_arn: str
    lease_table: str
    """Empty if it has neither a lease nor a lock."""
    launch: Launch | None
    """None if the definition could not be decoded."""
    unknown: str = ""
    """Why the definition could not be decoded."""
    exclusive: bool = False
    """Whether a run holds a lease."""
    lock: str = ""
    """The lock that a run holds; empty for none."""
    index_machine_arn: str = ""
    """The state machine that runs one task of a run; empty for one task per run."""
    at_once: int = 1
    """How many ECS tasks of a run run at the same time."""
    counts_failures: bool = False
    """Whether it counts failed runs in a row before messages are sent."""
    timeout: int | None = None
    """Seconds after which a run is stopped. None for the default, and for several tasks per run."""


@dataclass(frozen=True, slots=True)
class CallMachine:
    """The state machine that does the work of a call, such as office hours."""

    arn: str
    role_arn: str
    definition: str


@dataclass(frozen=True, slots=True)
class TaskDefinition:
    """A revision of a task definition."""

    arn: str
    family: str
    revision: int
    status: str
    roles: tuple[str, ...]
    """ARNs of the task role and the execution role, if there are any."""
    task_role: str
    """Empty for none."""
    execution_role: str
    """Empty for none."""
    images: tuple[str, ...]
    log_groups: tuple[str, ...]
    """The log groups in the Region of the stack that must exist before a container starts."""
    secrets: tuple[str, ...] = ()
    """Secrets that ECS reads before a container starts: ARNs, or names of parameters."""
    files: tuple[str, ...] = ()
    """S3 objects that ECS reads before a container starts."""
    secret_services: frozenset[str] = frozenset()
    """Services that ECS reads secrets from before a container starts: `secretsmanager`, `ssm`."""
    start_problems: tuple[str, ...] = ()
    """Why no run can start, as sentences."""
    cpu: int = 0
    """CPU units of a task, which Fargate requires; 0 if they aren't set. 1024 units are one vCPU."""


@dataclass(frozen=True, slots=True)
class CheckedSchedule:
    """A schedule, and what it starts."""

    task: str
    schedule: Schedule
    machine: StateMachine | None = None
    launch: Launch | None = None
    """The parameters of RunTask. None if the state machine could not be read."""
    definition: TaskDefinition | None = None
    """None if the task definition could not be read."""
    gone: bool = False
    """Whether the schedule doesn't exist any more. Its settings are those that AWS still knows."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The deployed resources that several checks look at."""

    deployment: Deployment
    now: datetime
    record: Record
    """The pauses by hand."""
    schedules: Sequence[CheckedSchedule]
    call_machines: Mapping[str, CallMachine] = field(default_factory=dict[str, CallMachine])
    """The state machines of calls that could be read, by ARN."""
    task: str | None = None
    """The only task that is checked. None for all tasks."""

    @property
    def launches(self) -> list[Launch]:
        """The distinct parameters of RunTask."""
        return list(dict.fromkeys(each.launch for each in self.schedules if each.launch))

    @property
    def machines(self) -> list[StateMachine]:
        """The distinct state machines."""
        return list(dict.fromkeys(each.machine for each in self.schedules if each.machine))

    @property
    def definitions(self) -> list[TaskDefinition]:
        """The distinct task definitions."""
        return list(dict.fromkeys(each.definition for each in self.schedules if each.definition))

    @property
    def images(self) -> dict[str, str]:
        """The distinct images, each with one of the tasks that use it."""
        return {image: each.task for each in self.schedules if each.definition for image in each.definition.images}


def read_inventory(deployment: Deployment, task: str | None, now: datetime) -> tuple[Inventory, list[Finding]]:
    """Read the resources of a task, or of all tasks, and return them with findings about missing ones.

    Makes one call per schedule, state machine and task definition. Raises OpsError if there is no such task.
    """
    found: list[Finding] = []
    try:
        listed = list_schedules(deployment) if task is None else schedules_of(deployment, task)
    except NoScheduleError as unknown:
        gone = _gone(deployment, task or "", unknown, found)
        listed = []
    else:
        gone = {}
    # Threads that create the same client at the same time would get in each other's way.
    deployment.client("stepfunctions")
    deployment.client("ecs")
    read = _read(lambda name: get_schedule(deployment, name), [each.name for each in listed], "schedule", found)
    schedules = {**read, **gone}
    arns = [schedule.target_arn for schedule in schedules.values() if schedule.supervised]
    machines = _read(lambda arn: _machine(deployment, arn), arns, "state machine", found)
    targets = [schedule.target_arn for schedule in schedules.values() if schedule.has_call_machine]
    call_machines = _read(lambda arn: _call_machine(deployment, arn), targets, "state machine", found)
    checked = [_with_launch(task or task_of_schedule(name), schedules[name], machines) for name in schedules]
    wanted = [each.launch.task_definition_arn for each in checked if each.launch]
    definitions = _read(lambda arn: _definition(deployment, arn), wanted, "task definition", found)
    whole = [
        replace(
            each,
            definition=definitions.get(each.launch.task_definition_arn) if each.launch else None,
            gone=each.schedule.name in gone,
        )
        for each in checked
    ]
    return Inventory(deployment, now, read_record(deployment.tags), whole, call_machines, task), found


def _gone(deployment: Deployment, task: str, unknown: NoScheduleError, found: list[Finding]) -> dict[str, Schedule]:
    """Return the schedule of a task whose schedules are gone, by name."""
    try:
        past = past_launch(deployment, task)
    except NoScheduleError:
        # The first message suggests similar names.
        raise unknown from None
    fix = (
        f"To run it now, run: scheduled-tasks run {task}. "
        "To schedule it, set a `schedule` in the future and run: pulumi up"
    )
    found.append(Finding(WARNING, task, past.problem or past.sources, "" if past.problem else fix))
    return {past.schedule.name: past.schedule}


def _read(read: Callable[[str], Answer], names: Sequence[str], what: str, found: list[Finding]) -> dict[str, Answer]:
    """Read each name once, in parallel. Each failure becomes a finding."""
    answers: dict[str, Answer] = {}
    for name, future in call_in_parallel(read, dict.fromkeys(names)):
        try:
            answers[name] = future.result()
        except Exception as error:
            if (line := errors.explained(error)) is None:
                raise
            short = name.rsplit("/", 1)[-1].rsplit(":stateMachine:", 1)[-1]
            if errors.error_code(error) in _NOT_FOUND:
                found.append(resource(what, short).finding(PROBLEM, STACK, "doesn't exist.", RECREATE))
            else:
                found.append(cannot_tell(error, STACK, f"the {what} {short}", line))
    return answers


def _machine(deployment: Deployment, arn: str) -> StateMachine:
    machine = deployment.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    status, role_arn = machine["status"], machine["roleArn"]
    try:
        facts = decode(machine["definition"])
    except UnknownMachineError as error:
        return StateMachine(arn, status, role_arn, lease_table="", launch=None, unknown=str(error))
    launch = machine_launch(facts, role_arn)
    return StateMachine(
        arn,
        status,
        role_arn,
        facts.lease_table,
        launch,
        exclusive=facts.exclusive,
        lock=facts.lock,
        index_machine_arn=facts.index_machine_arn,
        at_once=min(facts.tasks, facts.at_once),
        counts_failures=facts.counts_failures,
        timeout=None if facts.index_machine_arn or facts.timeout == DEFAULT_TIMEOUT else facts.timeout,
    )


def _call_machine(deployment: Deployment, arn: str) -> CallMachine:
    found = deployment.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    return CallMachine(arn, found["roleArn"], found["definition"])


def _definition(deployment: Deployment, arn: str) -> TaskDefinition:
    definition = deployment.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    containers = definition["containerDefinitions"]
    logs = [each["logConfiguration"] for each in containers if "logConfiguration" in each]
    options = (log.get("options", {}) for log in logs if log["logDriver"] == AWSLOGS)
    windows = definition.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX") != "LINUX"
    task_role, execution_role = definition.get("taskRoleArn", ""), definition.get("executionRoleArn", "")
    secrets = tuple(_secrets(containers, logs))
    return TaskDefinition(
        arn=definition["taskDefinitionArn"],
        family=definition["family"],
        revision=definition["revision"],
        status=definition["status"],
        roles=tuple(role for role in (task_role, execution_role) if role),
        task_role=task_role,
        execution_role=execution_role,
        images=tuple(each["image"] for each in containers),
        log_groups=tuple(
            each["awslogs-group"]
            for each in options
            if "awslogs-group" in each
            and each.get("awslogs-region", deployment.region) == deployment.region
            and each.get("awslogs-create-group") != "true"
        ),
        secrets=secrets,
        files=tuple(_files(containers)),
        secret_services=frozenset(_secret_service(value) for value in secrets),
        start_problems=tuple(start_problems(containers, windows=windows)),
        cpu=int(definition.get("cpu") or 0),
    )


def _secrets(
    containers: "Sequence[ContainerDefinitionOutputTypeDef]", logs: "Sequence[LogConfigurationOutputTypeDef]"
) -> Iterator[str]:
    """Yield the secrets that ECS reads to start the containers."""
    for each in containers:
        yield from (secret["valueFrom"] for secret in each.get("secrets", ()))
        if "repositoryCredentials" in each:
            yield each["repositoryCredentials"]["credentialsParameter"]
    for log in logs:
        yield from (secret["valueFrom"] for secret in log.get("secretOptions", ()))


def _files(containers: "Sequence[ContainerDefinitionOutputTypeDef]") -> Iterator[str]:
    """Yield the ARNs of the S3 objects that ECS reads to start the containers."""
    for each in containers:
        yield from (file["value"] for file in each.get("environmentFiles", ()))
        options = each.get("firelensConfiguration", {}).get("options", {})
        if options.get("config-file-type") == "s3":
            yield options["config-file-value"]


def _secret_service(value: str) -> str:
    """The service of a secret. A name without an ARN is a parameter (AWS: Amazon ECS API reference, Secret)."""
    arn = Arn.parse_if_arn(value)
    return arn.service if arn else "ssm"


def _with_launch(task: str, schedule: Schedule, machines: Mapping[str, StateMachine]) -> CheckedSchedule:
    if schedule.is_call:
        return CheckedSchedule(task, schedule)
    if not schedule.supervised:
        return CheckedSchedule(task, schedule, launch=schedule_launch(schedule))
    machine = machines.get(schedule.target_arn)
    return CheckedSchedule(task, schedule, machine, machine.launch if machine else None)
