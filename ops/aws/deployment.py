"""A deployment, found in AWS by its schedule group. Needs no checkout, no Pulumi and no state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.aws.account import Account
from components.aws.arn import Arn
from components.aws.names import GROUP_TAG, GroupNames
from components.monitoring.events import FAILED, SUCCEEDED
from components.problems import listed, nearest

from ..errors import MISTYPED, OpsError
from .clients import Clients
from .session import Aws

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import ScheduleGroupSummaryTypeDef

STATES = "states"
"""The service in the ARN of a supervised schedule's target: Step Functions."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A schedule group, and the names of the resources deployed with it."""

    aws: Aws
    name: str
    """Name of the schedule group."""
    arn: str
    tags: Mapping[str, str]

    @property
    def names(self) -> GroupNames:
        """The names of the group's resources."""
        return GroupNames(self.prefix)

    @property
    def prefix(self) -> str:
        """The prefix of all names. A tag of the group holds it, because the group's own name can be truncated."""
        tagged = self.tags.get(GROUP_TAG, "")
        return tagged if GroupNames(tagged).schedule_group == self.name else self.name

    @property
    def region(self) -> str:
        """The Region of the deployment."""
        return Arn.parse(self.arn).region

    @property
    def partition(self) -> str:
        """The partition of the deployment, such as `aws-cn`."""
        return Arn.parse(self.arn).partition

    @property
    def account_id(self) -> str:
        """The account of the deployment."""
        return Arn.parse(self.arn).account_id

    @property
    def outcome_log_groups(self) -> list[str]:
        """The outcome logs. They exist unless `monitoring.outcomes` is false."""
        return [self.names.outcome_log_group(outcome) for outcome in (FAILED, SUCCEEDED)]

    @property
    def account(self) -> Account:
        """The account and Region."""
        return Account(self.partition, self.region, self.account_id)

    def resource(self, service: str, name: str) -> str:
        """Return the ARN of another resource in the same account and Region."""
        return str(replace(Arn.parse(self.arn), service=service, resource=name))

    @property
    def client(self) -> Clients:
        """Returns the client of a service."""
        return self.aws.client


def find(aws: Aws, group: str | None = None) -> Deployment:
    """Find a deployment by the name of its schedule group, or the only one of the account and Region.

    Raises OpsError, which lists the existing groups, if there is no such group or several without a name.
    """
    name = group or _only_group(aws)
    scheduler = aws.client("scheduler")
    try:
        found = scheduler.get_schedule_group(Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        raise OpsError(_no_such_group(aws, name)) from None
    return Deployment(aws, found["Name"], found["Arn"], tags_of(aws, found["Arn"]))


def find_stack(aws: Aws, stack: str) -> Deployment:
    """Find a deployment by the name of its stack, where no project's file tells the name of the schedule group.

    Raises OpsError if the account and Region have no such stack, or several of different projects.
    """
    deployed = _prefixes(aws)
    names = sorted(name for name, prefix in deployed.items() if prefix.endswith(f"-{stack}"))
    if len(names) == 1:
        return find(aws, names[0])
    if names:
        raise OpsError(f"Several projects have a stack {stack} here. Choose one: --group {listed(names)}.")
    raise OpsError(
        f"No stack {stack} is deployed in {aws.region} of this account. Deployed schedule groups: "
        f"{', '.join(sorted(deployed)) or 'none'}. Do you need another --region or --profile?"
    )


def _only_group(aws: Aws) -> str:
    deployed = sorted(_prefixes(aws))
    if len(deployed) == 1:
        return deployed[0]
    if not deployed:
        raise OpsError(
            f"Nothing is deployed in {aws.region} of this account. Pass another --region or --profile, or the name of "
            "the schedule group with --group."
        )
    raise OpsError(f"Several stacks are deployed here. Choose one: --group {listed(deployed)}.", MISTYPED)


def _prefixes(aws: Aws) -> dict[str, str]:
    """The prefix of each deployed stack, `<project>-<stack>`, by its schedule group."""
    tagged = ((group["Name"], tags_of(aws, group["Arn"]).get(GROUP_TAG)) for group in _groups(aws))
    return {name: prefix for name, prefix in tagged if prefix is not None}


def _no_such_group(aws: Aws, name: str) -> str:
    existing = sorted(group["Name"] for group in _groups(aws))
    others = (
        f"Existing groups: {', '.join(existing)}.{nearest(name, existing)}"
        if existing
        else "Only the default group exists."
    )
    return (
        f'There is no schedule group "{name}" in {aws.region} of this account. {others} Do you need another --region '
        "or --profile?"
    )


def _groups(aws: Aws) -> "Iterator[ScheduleGroupSummaryTypeDef]":
    pages = aws.client("scheduler").get_paginator("list_schedule_groups").paginate()
    return (group for page in pages for group in page["ScheduleGroups"] if group["Name"] != "default")


def tags_of(aws: Aws, arn: str) -> dict[str, str]:
    """Read the current tags of a schedule group. Makes one call."""
    answer = aws.client("scheduler").list_tags_for_resource(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
