"""The existing resources of the emulator, for `sandbox.prerequisites`."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from ..iam_policies import Document

_NOT_FOUND = ("NoSuchEntity", "ResourceNotFoundException", "InvalidVpcID.NotFound")


class EmulatorResources:
    """Resources in one Region of the emulator. Each question is a new request."""

    def __init__(self, client: Callable[[str, str], Any], region: str):
        """`client` returns boto3's client for a service and a Region."""
        self.region = region
        self._client = client

    def trust_policy(self, role_arn: str) -> Document | None:
        """Who may assume a role; None if there is no such role."""
        iam = self._client("iam", self.region)
        found = _answer(lambda: iam.get_role(RoleName=_role_name(role_arn))["Role"])
        return _document(found["AssumeRolePolicyDocument"]) if found and found["Arn"] == role_arn else None

    def permissions(self, role_arn: str) -> Sequence[Document]:
        """The inline and the attached policies of an existing role."""
        iam, role = self._client("iam", self.region), _role_name(role_arn)
        inline = [
            iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        ]
        attached = [
            _managed_policy(iam, policy["PolicyArn"])
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        ]
        return [_document(policy) for policy in (*inline, *attached)]

    def inline_policies(self, role: str) -> Mapping[str, str]:
        """The inline policies of a role, by name."""
        iam = self._client("iam", self.region)
        found = _answer(lambda: iam.list_role_policies(RoleName=role)["PolicyNames"]) or []
        return {
            name: json.dumps(_document(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]))
            for name in found
        }

    def managed_policies(self, role: str) -> Collection[str]:
        """The ARNs of the managed policies of a role."""
        iam = self._client("iam", self.region)
        found = _answer(lambda: iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]) or []
        return [policy["PolicyArn"] for policy in found]

    def tags_of_role(self, role: str) -> Collection[str]:
        """The tag keys of a role."""
        iam = self._client("iam", self.region)
        return [tag["Key"] for tag in _answer(lambda: iam.list_role_tags(RoleName=role)["Tags"]) or []]

    def metric_filters(self, log_group: str) -> Collection[str]:
        """The names of the metric filters of a log group."""
        logs = self._client("logs", self.region)
        pages = logs.get_paginator("describe_metric_filters").paginate(logGroupName=log_group)
        return [found["filterName"] for page in pages for found in page["metricFilters"]]

    def rules(self) -> Collection[str]:
        """The names of the rules of the default event bus."""
        pages = self._client("events", self.region).get_paginator("list_rules").paginate()
        return [found["Name"] for page in pages for found in page["Rules"]]

    def targets(self, rule: str) -> Collection[str]:
        """The IDs of the targets of a rule."""
        events = self._client("events", self.region)
        found = _answer(lambda: events.list_targets_by_rule(Rule=rule)["Targets"]) or []
        return [target["Id"] for target in found]

    def has_log_group(self, name: str) -> bool:
        """Whether there is a log group with this name."""
        groups = self._client("logs", self.region).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return any(group["logGroupName"] == name for group in groups)

    def has_schedule_group(self, name: str) -> bool:
        """Whether there is a schedule group with this name."""
        scheduler = self._client("scheduler", self.region)
        return _answer(lambda: scheduler.get_schedule_group(Name=name)) is not None

    def has_vpc(self, vpc_id: str) -> bool:
        """Whether there is a VPC with this ID."""
        ec2 = self._client("ec2", self.region)
        return _answer(lambda: ec2.describe_vpcs(VpcIds=[vpc_id])) is not None


def _answer(question: Callable[[], Any]) -> Any | None:
    """The answer, or None if the emulator reports that the resource does not exist."""
    try:
        return question()
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_FOUND:
            return None
        raise


def _role_name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _managed_policy(iam: Any, arn: str) -> Any:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def _document(value: Any) -> Document:
    """A parsed policy: boto3 returns some policies parsed and some as quoted JSON."""
    return json.loads(unquote(value)) if isinstance(value, str) else value
