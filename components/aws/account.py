"""The account and Region that resources are deployed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .arn import Arn

if TYPE_CHECKING:
    from ..args import GroupReference


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account in one Region."""

    partition: str
    region: str
    account_id: str

    @classmethod
    def of(cls, group: GroupReference) -> Account:
        """The account and Region of a group."""
        return cls(group["partition"], group["region"], group["account_id"])

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in this account and Region."""
        return str(Arn(self.partition, service, self.region, self.account_id, resource))

    def iam_arn(self, resource: str) -> str:
        """The ARN of an IAM resource in this account. IAM is global, so the ARN names no Region."""
        return str(Arn(self.partition, "iam", "", self.account_id, resource))


TYPICAL_ACCOUNT = Account("aws", "ap-southeast-1", "123456789012")
"""Stands for the account of a group in checks that run without AWS. The components check the actual one again."""
