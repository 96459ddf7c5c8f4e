"""What has to be in the account, or the Region, of the group: AWS would refuse it, or refuse each run."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..infrastructure.lookup import Account
from ..problems import Problem
from .values import Path, items, mapping

Args = Mapping[str, Any]

_IN_REGION = (
    ("notify", "topic_arn"), ("notify", "kms_key"), ("encryption", "dead_letters"), ("encryption", "schedules"),
    ("logs", "kms_key"),
)  # fmt: skip
"""Alarms, rules, queues, logs and schedules take topics and keys of their own Region only; of another account, they do.
AWS: CloudWatch API reference, PutMetricAlarm; KMS developer guide, "Multi-Region keys"."""


def elsewhere(args: Args, where: Account) -> Iterator[Problem]:
    """What a group or a task refers to that is in another Region, partition or account than it may be."""
    for first, key in _IN_REGION:
        yield from _region((first, key), mapping(args, first).get(key), where)
    for position, arn in enumerate(items(args, "pass_role_arns")):
        yield from _account(("pass_role_arns", position), arn, where)
    yield from _account(("permissions_boundary",), args.get("permissions_boundary"), where)
    for position, arn in enumerate(items(args, "managed_policies")):
        yield from _account(("managed_policies", position), arn, where)


def _region(path: Path, arn: object, where: Account) -> Iterator[Problem]:
    if isinstance(arn, str) and arn.split(":")[1:4:2] != [where.partition, where.region]:
        yield Problem(path, f'"{arn}" is not in {where.region}, and AWS takes none of another Region here.')


def _account(path: Path, arn: object, where: Account) -> Iterator[Problem]:
    """AWS: IAM user guide, "Granting a user permissions to pass a role to an AWS service": a role of the account."""
    if not isinstance(arn, str):
        return
    _, partition, _, _, account, *_ = arn.split(":")
    if partition != where.partition or account not in (where.account_id, "aws"):
        yield Problem(path, f'"{arn}" is not in account {where.account_id}, and IAM takes none of another here.')
