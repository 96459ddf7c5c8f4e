"""The configuration of a stack, as far as the policies of the roles that deploy it depend on it."""

from collections.abc import Iterator

from components.aws.account import Account
from components.aws.names import GroupNames
from components.resolved import Group
from config import StackConfig

from .access import File, Place
from .existing_roles import creates_roles


def place_of(config: StackConfig, *, prefix: str, region: str, account_id: str) -> Place:
    """The stack's names, roles and keys in an account.

    Raises:
        ValueError: AWS has no such Region.
    """
    # It is slow to import, and most commands do not need it.
    from botocore.exceptions import UnknownRegionError
    from botocore.session import get_session

    group = config.group
    try:
        partition = get_session().get_partition_for_region(region)
    except UnknownRegionError:
        raise ValueError(f'"{region}" is not an AWS Region.') from None
    topic = group.notify.topic_arn if group.notify and group.notify.emails else None
    return Place(
        Account(partition, region, account_id),
        GroupNames(prefix, group.iam_path),
        passed_roles=_run_roles(group),
        call_roles=tuple(sorted({it.role for it in config.calls.values() if isinstance(it.role, str)})),
        scheduler_role=_known(group.scheduler_role),
        supervisor_role=_known(group.supervisor_role) if group.supervised else "",
        creates_roles=creates_roles(config),
        key_arns=(group.encryption.schedules,) if group.encryption.schedules else (),
        topic_arn=topic if isinstance(topic, str) else "",
        boundary=group.permissions_boundary or "",
    )


def _known(value: object) -> str:
    """A value of the configuration, which has no outputs. Empty for none."""
    return value if isinstance(value, str) else ""


def _run_roles(group: Group) -> tuple[str, ...]:
    """The existing roles that ECS assumes for runs."""
    own = _known(group.execution_role)
    return tuple(dict.fromkeys([*([own] if own else []), *group.pass_role_arns]))


def parts_of(config: StackConfig) -> set[File]:
    """The parts that the stack has."""
    return set(_parts(config))


def _parts(config: StackConfig) -> Iterator[File]:
    group, tasks = config.group, config.tasks.values()
    yield "deploy"
    if group.notify or group.monitoring.outcomes or group.monitoring.alarms or group.monitoring.dashboard:
        yield "monitoring"
    if group.supervised:
        yield "supervised"
    if group.network.create_vpc:
        yield "network"
    if any(task.build for task in tasks):
        yield "images"
    if any(task.secret_values for task in tasks):
        yield "secrets"
    if group.encryption.schedules:
        yield "keys"
    if group.recipients:
        yield "notify"
