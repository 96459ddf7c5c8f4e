"""Describes the differences of a task definition and of RunTask's settings to a configuration. Pure functions.

Every member is compared that a deployment writes or that AWS accepts. AWS: botocore ecs, RegisterTaskDefinitionRequest
and RunTaskRequest.
"""

from collections.abc import Iterator, Mapping

from components.aws.account import Account
from components.aws.ecs_model import shape
from components.aws.names import GroupNames, family_of
from components.aws.secret_references import full_arn
from components.infrastructure.execution import EXECUTION, TASK, needs_own_role
from components.json_values import Data, Json, Object, mapping
from components.passthrough.merging import aws_members
from components.resolved import MAIN_CONTAINER, Group, Task
from components.task.container_logs import LogPlace, has_own_log_group
from components.task.schedule_target import ecs_parameters

from ..runs.definition import definition_of
from ..runs.records import last_part
from .both_sides import between, both, by_name

_REGISTER = "RegisterTaskDefinitionRequest"
_ELSEWHERE = frozenset({"family", "tags"})
"""Members that AWS returns elsewhere, or that are compared before."""
_ROLES = ("executionRoleArn", "taskRoleArn")
_COMPARED_BEFORE = frozenset(
    {"capacityProviderStrategy", "cluster", "group", "launchType", "networkConfiguration", "taskDefinition"}
)
"""Members of RunTask that have sentences of their own."""


_BUILT = "built"
"""Stands for an image that the deployment builds, so that it is not known."""


def expected_definition(task: Task, group: Group, names: GroupNames, account: Account) -> Object:
    """The task definition according to a configuration, with the names or ARNs of its roles."""
    given = {name: str(source) for name, source in task.secrets.items()}
    stored = {name: account.arn("ssm", f"parameter{names.parameter(task.name, name)}") for name in task.secret_values}
    own_logs = has_own_log_group(task, retention_days=group.retention_days, kms_key=group.logs.kms_key or "")
    definition = definition_of(
        task,
        image=_BUILT if task.build else str(task.image),
        built={name: _BUILT for name, sidecar in task.sidecars.items() if sidecar.build},
        secrets={**given, **stored},
        log=LogPlace(names.task_log_group(task.name) if own_logs else names.log_group, account.region, task.name),
    )
    roles = {"executionRoleArn": _execution_role(task, group, names, account), "taskRoleArn": _task_role(task, names)}
    return {**definition, **{member: role for member, role in roles.items() if role is not None}}


def _execution_role(task: Task, group: Group, names: GroupNames, account: Account) -> str:
    given = task.execution_role if task.execution_role is not None else group.execution_role
    if given is not None:
        return str(given)
    return names.task_role(task.name, EXECUTION) if needs_own_role(task, names, account) else names.role(EXECUTION)


def _task_role(task: Task, names: GroupNames) -> str | None:
    if task.creates_task_role:
        return names.task_role(task.name, TASK)
    if task.task_role is None:
        return None
    role = str(task.task_role)
    return role if role.startswith("arn:") else names.shared_role(role)


def definition_differences(
    task_definition_arn: str, actual: Data, expected: Data, *, family: str, account: Account
) -> list[str]:
    """Describe the differences of a task definition.

    Args:
        task_definition_arn: Its ARN.
        actual: The answer of DescribeTaskDefinition.
        expected: The answer of `expected_definition`.
        family: The family according to the configuration.
        account: The account and Region, for parameters that are referred to by name.
    """
    name = last_part(task_definition_arn)
    if family_of(name) != family:
        return [both("task definition", name, family)]
    members = shape("ecs", _REGISTER).members.keys() - _ELSEWHERE
    sides = ({key: side[key] for key in side if key in members} for side in (actual, expected))
    one, other = (_comparable(side, account) for side in sides)
    return list(between(one, _with_built_images(other, one), main=MAIN_CONTAINER, empty_is_default=True))


def _comparable(definition: Data, account: Account) -> Mapping[str, Json]:
    """A task definition with objects by name, and with what is spelled in several ways in one of them."""
    found = mapping(by_name(definition))
    containers = {
        name: _container(mapping(container), account)
        for name, container in mapping(found.get("containerDefinitions")).items()
    }
    # AWS returns the default root directory of EFS, also if an access point sets it.
    volumes = {name: _without_default_root(volume) for name, volume in mapping(found.get("volumes")).items()}
    roles = {role: last_part(str(found[role])) for role in _ROLES if found.get(role)}
    return {**found, "containerDefinitions": containers, "volumes": volumes, **roles}


def _container(container: Mapping[str, Json], account: Account) -> dict[str, Json]:
    # An empty list is no object by name, and its members would be compared as a whole.
    found: dict[str, Json] = {key: value for key, value in container.items() if value not in ([], {}, None)}
    if secrets := _full_arns(found.get("secrets"), account):
        found["secrets"] = secrets
    logs = mapping(found.get("logConfiguration"))
    if options := _full_arns(logs.get("secretOptions"), account):
        found["logConfiguration"] = {**logs, "secretOptions": options}
    return found


def _full_arns(secrets: Json, account: Account) -> dict[str, Json]:
    return {name: full_arn(str(value), account) for name, value in mapping(secrets).items()}


def _with_built_images(expected: Mapping[str, Json], actual: Mapping[str, Json]) -> Mapping[str, Json]:
    """The expected task definition with the actual images of containers whose images the deployment builds."""
    there = mapping(actual.get("containerDefinitions"))
    containers = {
        name: {**mapping(container), "image": mapping(there.get(name)).get("image")}
        if mapping(container).get("image") == _BUILT
        else container
        for name, container in mapping(expected.get("containerDefinitions")).items()
    }
    return {**expected, "containerDefinitions": containers}


def _without_default_root(volume: Json) -> Json:
    efs = mapping(mapping(volume).get("efsVolumeConfiguration"))
    if efs.get("rootDirectory") != "/":
        return volume
    return {
        **mapping(volume),
        "efsVolumeConfiguration": {key: value for key, value in efs.items() if key != "rootDirectory"},
    }


def run_differences(actual: Data, task: Task, *, enter: bool, supervised: bool) -> Iterator[str]:
    """Describe the differences of RunTask's settings.

    Args:
        actual: The settings in the spelling of EventBridge Scheduler, or of Step Functions for a supervised task.
        task: The task.
        enter: Whether ECS Exec is enabled.
        supervised: Whether Step Functions starts the runs.
    """
    made = ecs_parameters(task, enter=enter, group="", task_definition_arn="", network=None)
    expected = aws_members({**made, "placement_strategy": made.get("placement_strategies")}, "RunTaskRequest")
    members = shape("ecs", "RunTaskRequest").members.keys() - _COMPARED_BEFORE
    if supervised:
        # Step Functions does not pass on the others.
        members &= {
            "enableExecuteCommand", "placementConstraints", "placementStrategy", "platformVersion", "propagateTags",
        }  # fmt: skip
    sides = (_with_lower_first(actual), expected)
    one, other = ({key: by_name(value) for key, value in side.items() if key in members} for side in sides)
    yield from between(one, other, main=MAIN_CONTAINER, empty_is_default=True)


def _with_lower_first(value: Data) -> Object:
    return {f"{key[:1].lower()}{key[1:]}": item for key, item in value.items()}
