"""What is deployed, found from its schedule group in AWS alone: no checkout, no Pulumi, no state is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.aws.names import GROUP_TAG, GroupNames
from components.monitoring.events import FAILED, SUCCEEDED
from components.problems import listed, nearest

from ..errors import OpsError
from .session import Aws

STATES = "states"
"""The service in the ARN of a supervised schedule's target: Step Functions."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One schedule group, and the names of what was deployed with it."""

    aws: Aws
    name: str
    """Name of the schedule group."""
    arn: str
    tags: Mapping[str, str]

    @property
    def names(self) -> GroupNames:
        """The names of what the group holds."""
        return GroupNames(self.prefix)

    @property
    def prefix(self) -> str:
        """What the names are made from. A tag of the group carries it, as the group's own name can be cut."""
        tagged = self.tags.get(GROUP_TAG, "")
        return tagged if GroupNames(tagged).schedule_group == self.name else self.name

    @property
    def region(self) -> str:
        """The Region it is deployed in."""
        return self.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        """The account it is deployed in."""
        return self.arn.split(":")[4]

    @property
    def outcome_log_groups(self) -> list[str]:
        """The logs of the ends of runs; they are there unless `monitoring.outcomes` is false."""
        return [self.names.outcome_log_group(outcome) for outcome in (FAILED, SUCCEEDED)]

    def resource(self, service: str, name: str) -> str:
        """The ARN of a resource beside it."""
        partition = self.arn.split(":")[1]
        return f"arn:{partition}:{service}:{self.region}:{self.account_id}:{name}"

    def client(self, service: str) -> Any:
        """The client of a service."""
        return self.aws.client(service)


def find(aws: Aws, group: str | None = None) -> Deployment:
    """The deployment with a schedule group of this name; without a name, the only one of the account and Region.

    Raises OpsError, with those that there are, where it is not one.
    """
    name = group or _only(aws)
    scheduler = aws.client("scheduler")
    try:
        found = scheduler.get_schedule_group(Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        raise OpsError(_not_there(aws, name)) from None
    return Deployment(aws, found["Name"], found["Arn"], tags_of(aws, found["Arn"]))


def _only(aws: Aws) -> str:
    tagged = [group["Name"] for group in _groups(aws) if GROUP_TAG in tags_of(aws, group["Arn"])]
    if len(tagged) == 1:
        return tagged[0]
    if not tagged:
        raise OpsError(
            f"nothing is deployed in {aws.region} of this account. Name another --region or --profile, or the "
            "schedule group: --group."
        )
    raise OpsError(f"several stacks are deployed here. Name one: --group {listed(sorted(tagged))}.")


def _not_there(aws: Aws, name: str) -> str:
    there = sorted(group["Name"] for group in _groups(aws))
    others = f"There are: {', '.join(there)}.{nearest(name, there)}" if there else "There is none but the default."
    return (
        f'there is no schedule group "{name}" in {aws.region} of this account. {others} Is it another --region or '
        "--profile?"
    )


def _groups(aws: Aws) -> Iterator[Mapping[str, Any]]:
    groups = aws.pages("scheduler", "list_schedule_groups", "ScheduleGroups")
    return (group for group in groups if group["Name"] != "default")


def tags_of(aws: Aws, arn: str) -> dict[str, str]:
    """The tags of a schedule group, as they are now; one call."""
    answer = aws.client("scheduler").list_tags_for_resource(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}
