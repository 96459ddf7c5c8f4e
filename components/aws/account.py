"""The account and Region that resources are deployed to."""

from dataclasses import dataclass

from .arn import Arn


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account in one Region."""

    partition: str
    region: str
    account_id: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in this account and Region."""
        return str(Arn(self.partition, service, self.region, self.account_id, resource))

    def iam_arn(self, resource: str) -> str:
        """The ARN of an IAM resource in this account. IAM is global, so the ARN names no Region."""
        return str(Arn(self.partition, "iam", "", self.account_id, resource))
