"""Checks for references to another account or Region. AWS would refuse the reference, or each run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from ..aws.account import Account
from ..aws.arn import Arn
from ..problems import Path, Problem
from ..resolved import CallTask, Group, Task


def group_elsewhere(group: Group, where: Account) -> Iterator[Problem]:
    """References of a group to another Region, partition or account.

    Alarms, rules, queues, logs and schedules use topics and keys of their own Region only; other accounts are allowed.
    AWS: CloudWatch API reference, PutMetricAlarm; KMS developer guide, "Multi-Region keys".
    """
    if group.notify:
        yield from _region(("notify", "topic_arn"), group.notify.topic_arn, where)
        yield from _region(("notify", "kms_key"), group.notify.kms_key, where)
    yield from _region(("encryption", "dead_letters"), group.encryption.dead_letters, where)
    yield from _region(("encryption", "undelivered_events"), group.encryption.undelivered_events, where)
    yield from _region(("encryption", "schedules"), group.encryption.schedules, where)
    yield from _region(("logs", "kms_key"), group.logs.kms_key, where)
    for position, arn in enumerate(group.pass_role_arns):
        yield from _account(("pass_role_arns", position), arn, where)
    yield from _account(("permissions_boundary",), group.permissions_boundary, where)
    yield from _account(("scheduler_role",), group.scheduler_role, where)
    yield from _account(("supervisor_role",), group.supervisor_role, where)
    yield from _account(("execution_role",), group.execution_role, where)


def task_elsewhere(task: Task, where: Account) -> Iterator[Problem]:
    """References of a task to another Region, partition or account."""
    yield from _region(("logs", "kms_key"), task.logs.kms_key, where)
    yield from _account(("execution_role",), task.execution_role, where)
    for position, arn in enumerate(task.managed_policies):
        yield from _account(("managed_policies", position), arn, where)


_OF_REGION: tuple[tuple[str, ...], ...] = (
    ("stop", "database"), ("stop", "cluster"), ("start_up", "database"), ("start_up", "cluster"),
    ("snapshot", "database"), ("snapshot", "cluster"), ("scale", "service"), ("invoke", "function"),
    ("execute", "state_machine"), ("submit", "batch", "queue"), ("submit", "batch", "definition"), ("send", "queue"),
    ("send", "topic"), ("send", "bus"),
)  # fmt: skip
"""Keys of calls that can have an ARN."""
_OF_ACCOUNT = ("stop", "start_up", "snapshot", "scale", "hours", "submit")
"""Calls whose API knows the resources of the caller's own account only."""


def call_elsewhere(call: CallTask, where: Account) -> Iterator[Problem]:
    """References of a call to another partition or account, and resources in another Region.

    EventBridge Scheduler calls the API of its own Region. AWS: EventBridge Scheduler API reference, Target.
    """
    yield from _account(("role",), call.role, where)
    for path, value in _references(call):
        arn = Arn.parse_if_arn(value)
        if arn and (arn.partition, arn.region) != (where.partition, where.region):
            yield Problem(path, f'"{arn}" is not in {where.region}. Deploy the call to the Region of its resource.')
        elif arn and path[0] in _OF_ACCOUNT and arn.account_id != where.account_id:
            yield Problem(path, f'"{arn}" is not in account {where.account_id}, whose resources the call can reach.')


def _references(call: CallTask) -> Iterator[tuple[Path, object]]:
    """The values that can be ARNs, with their paths."""
    for path in _OF_REGION:
        value: object = call.args
        for part in path:
            value = cast("Mapping[str, object]", value).get(part) if isinstance(value, Mapping) else None
        yield path, value
    hours = cast("Mapping[str, object]", call.args.get("hours", {}))
    for position, entry in enumerate(cast("Sequence[Mapping[str, object]]", hours.get("sleeps", ()))):
        for name, value in entry.items():
            yield ("hours", "sleeps", position, name), value


def _region(path: Path, value: object, where: Account) -> Iterator[Problem]:
    arn = Arn.parse_if_arn(value)
    if arn and (arn.partition, arn.region) != (where.partition, where.region):
        yield Problem(path, f'"{arn}" is not in {where.region}. AWS accepts only ARNs of the same Region here.')


def _account(path: Path, value: object, where: Account) -> Iterator[Problem]:
    """AWS: IAM user guide, "Granting a user permissions to pass a role to an AWS service": a role of the account."""
    arn = Arn.parse_if_arn(value)
    if arn and (arn.partition != where.partition or arn.account_id not in (where.account_id, "aws")):
        yield Problem(path, f'"{arn}" is not in account {where.account_id}. IAM accepts no other account here.')
