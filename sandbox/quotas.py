"""Quotas of AWS that count the existing resources, and that the emulator lacks or has only in part.

Each rule is a function of the request and of what exists. Values are AWS's defaults, from its documentation.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Protocol

from .sizes import without_white_space

Params = Mapping[str, Any]
VCPUS = 6
"""The quotas `Fargate On-Demand vCPU resource count`, L-3032A538, and `Fargate Spot vCPU resource count`, L-36FBB829.
AWS General Reference, "Amazon ECS endpoints and quotas", has for each: "Each supported Region: 6". A quota counts the
vCPUs of all tasks of its capacity that have not stopped."""
NO_VCPUS = "You\u2019ve reached the limit on the number of vCPUs you can run concurrently"
"""The reason in `failures` of RunTask's answer. AWS: Amazon ECS developer guide, "Viewing Amazon ECS service event
messages", has the text, with its apostrophe. In public answers to RunTask, with status 200, it is the reason."""


def startable(count: int, vcpus: float, used: float) -> int:
    """How many of some ECS tasks start within the quota. The others don't: an answer to RunTask can have both.

    AWS on GitHub, aws/containers-roadmap, issue 76: "if you try to run 10 copies of a task and there is only capacity
    for 5, then 5 will start and 5 will not."

    Args:
        count: The number of ECS tasks in a request.
        vcpus: The vCPUs of each.
        used: The vCPUs of the ECS tasks of the same capacity that have not stopped.
    """
    return max(0, min(count, int((VCPUS - used) / vcpus))) if vcpus else count


class Counted(Protocol):
    """The existing resources in the account and Region of a request."""

    def inline_policies(self, role: str) -> Mapping[str, str]:
        """The inline policies of a role, by name."""
        ...

    def managed_policies(self, role: str) -> Collection[str]:
        """The ARNs of the managed policies of a role."""
        ...

    def metric_filters(self, log_group: str) -> Collection[str]:
        """The names of the metric filters of a log group."""
        ...

    def rules(self) -> Collection[str]:
        """The names of the rules of the default event bus."""
        ...

    def targets(self, rule: str) -> Collection[str]:
        """The IDs of the targets of a rule."""
        ...

    def tags_of_role(self, role: str) -> Collection[str]:
        """The tag keys of a role."""
        ...


Rule = Callable[[Params, Counted], Iterator[str]]


def quota_problems(service: str, operation: str, params: Params, existing: Counted) -> list[str]:
    """The quotas that a request would exceed, given the resources that exist when it arrives."""
    return [problem for rule in _RULES.get((service, operation), ()) for problem in rule(params, existing)]


def _inline_policies(params: Params, existing: Counted) -> Iterator[str]:
    # AWS: IAM user guide, "IAM and AWS STS quotas". The text is AWS's own.
    role = params["RoleName"]
    policies = {**existing.inline_policies(role), params["PolicyName"]: params["PolicyDocument"]}
    if sum(map(without_white_space, policies.values())) > 10_240:
        yield f"LimitExceeded: Maximum policy size of 10240 bytes exceeded for role {role}"


def _managed_policies(params: Params, existing: Counted) -> Iterator[str]:
    # AWS: IAM user guide, "IAM and AWS STS quotas": 10 by default. The text is AWS's own.
    if len({*existing.managed_policies(params["RoleName"]), params["PolicyArn"]}) > 10:
        yield "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10"


def _role_tags(params: Params, existing: Counted) -> Iterator[str]:
    # AWS: IAM user guide, "IAM and AWS STS quotas": 50 tags per role.
    if len({*existing.tags_of_role(params["RoleName"]), *(tag["Key"] for tag in params["Tags"])}) > 50:
        yield "LimitExceeded: Cannot exceed quota for TagsPerRole: 50"


def _metric_filters(params: Params, existing: Counted) -> Iterator[str]:
    # AWS: CloudWatch Logs API reference, PutMetricFilter: 100 per log group.
    if len({*existing.metric_filters(params["logGroupName"]), params["filterName"]}) > 100:
        yield "LimitExceededException: Resource limit exceeded. (A log group has at most 100 metric filters.)"


def _rules(params: Params, existing: Counted) -> Iterator[str]:
    # AWS: EventBridge user guide, "Amazon EventBridge quotas": 300 per event bus by default.
    if len({*existing.rules(), params["Name"]}) > 300:
        yield "LimitExceededException: The requested resource exceeds the maximum number allowed. (300 rules.)"


def _targets(params: Params, existing: Counted) -> Iterator[str]:
    # AWS: EventBridge user guide, "Amazon EventBridge quotas": 5 targets per rule.
    if len({*existing.targets(params["Rule"]), *(target["Id"] for target in params["Targets"])}) > 5:
        yield "LimitExceededException: The requested resource exceeds the maximum number allowed. (5 targets.)"


_RULES: Mapping[tuple[str, str], tuple[Rule, ...]] = {
    ("iam", "PutRolePolicy"): (_inline_policies,),
    ("iam", "AttachRolePolicy"): (_managed_policies,),
    ("iam", "TagRole"): (_role_tags,),
    ("logs", "PutMetricFilter"): (_metric_filters,),
    ("events", "PutRule"): (_rules,),
    ("events", "PutTargets"): (_targets,),
}
