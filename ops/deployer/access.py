"""Permissions for one kind of resource, and the resources of a stack as ARNs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from components.aws.account import Account
from components.aws.names import GroupNames
from components.aws.policies import Condition

File: TypeAlias = Literal["deploy", "monitoring", "supervised", "network", "images", "secrets", "keys", "notify"]
"""The part of a stack that needs the permissions: each stack, or those that use a feature."""


@dataclass(frozen=True, slots=True)
class Place:
    """The stack that is deployed, and where."""

    account: Account
    names: GroupNames
    passed_roles: tuple[str, ...] = ()
    """Existing roles that ECS assumes for runs."""
    call_roles: tuple[str, ...] = ()
    """ARNs of the existing roles of calls."""
    scheduler_role: str = ""
    """The existing role that EventBridge Scheduler assumes; empty if the stack creates it."""
    supervisor_role: str = ""
    """The existing role that state machines assume; empty if the stack creates it, or has none."""
    creates_roles: bool = True
    """Whether the stack creates any role."""
    key_arns: tuple[str, ...] = ("arn:aws:kms:<region>:<account>:key/<key>",)
    """The KMS keys that encrypt the stack's schedules."""
    topic_arn: str = ""
    """The existing topic that the stack subscribes recipients to; empty for none."""
    boundary: str = ""
    """The ARN of the permissions boundary that every role must have; empty if roles need none."""

    def arns(self, service: str, *resources: str) -> list[str]:
        """The ARNs of resources of the stack's account and Region."""
        return [self.account.arn(service, resource) for resource in resources]

    def global_arns(self, service: str, *resources: str) -> list[str]:
        """The ARNs of resources of the stack's account, for a service whose ARNs name no Region."""
        account = Account(self.account.partition, "", self.account.account_id)
        return [account.arn(service, resource) for resource in resources]


Resources: TypeAlias = Callable[[Place], Sequence[str]]


def everything(_: Place) -> Sequence[str]:
    """The resource of actions that support nothing narrower."""
    return ["*"]


@dataclass(frozen=True, slots=True)
class Access:
    """The permissions for one kind of resource. They become one statement."""

    sid: str
    file: File
    service: str
    resources: Resources
    """The ARNs of a stack's resources; `*` if AWS supports nothing narrower."""
    read: str = ""
    """Actions that a preview with `--refresh` needs, separated by spaces."""
    write: str = ""
    """Further actions that a deployment needs."""
    types: tuple[str, ...] = ()
    """Pulumi's types of these resources."""
    condition: Condition = field(default_factory=dict[str, Mapping[str, "str | Sequence[str]"]])
    boundary: Literal["", "required", "none"] = ""
    """Whether the role must have the stack's permissions boundary, or the statement is left out if there is one."""

    def condition_in(self, place: Place) -> Condition:
        """The condition of the statement; empty for none."""
        if self.boundary == "required" and place.boundary:
            return {"StringEquals": {"iam:PermissionsBoundary": place.boundary}}
        return self.condition

    def applies_to(self, place: Place) -> bool:
        """Whether the stack has the statement."""
        return not (self.boundary == "none" and place.boundary) and bool(self.resources(place))


def clusters(place: Place) -> Sequence[str]:
    """The cluster that the stack creates."""
    return place.arns("ecs", f"cluster/{place.names.cluster}")


def schedules(place: Place) -> Sequence[str]:
    """The schedule group and its schedules."""
    group = place.names.schedule_group
    return place.arns("scheduler", f"schedule/{group}/*", f"schedule-group/{group}")


def roles(place: Place) -> Sequence[str]:
    """All roles under the stack's path; none if the stack creates no role."""
    return [place.account.iam_arn(f"role{place.names.iam_path}*")] if place.creates_roles else []


def managed_policies(place: Place) -> Sequence[str]:
    """All managed policies under the stack's path; none if the stack creates no role."""
    return [place.account.iam_arn(f"policy{place.names.iam_path}*")] if place.creates_roles else []


def log_groups(place: Place) -> Sequence[str]:
    """The log groups of the stack, of its tasks, outcomes and state machines."""
    names = place.names
    found = (names.log_group, f"{names.log_group}/*", names.outcome_log_group("*"), names.supervisor_log_group)
    # ARNs of log groups end in `:*`, except those of tags. AWS: CloudWatch Logs user guide, "CloudWatch Logs
    # resources".
    return place.arns("logs", *(f"log-group:{name}{end}" for name in found for end in ("", ":*")))


def queues(place: Place) -> Sequence[str]:
    """The dead-letter queues."""
    return place.arns("sqs", place.names.dead_letter_queue, place.names.event_dead_letter_queue)


def rules(place: Place) -> Sequence[str]:
    """All rules of each outcome, which are numbered. A name that is too long is cut, and ends in a hash."""
    prefix = place.names.prefix
    found = {outcome: place.names.rule(outcome, 0) for outcome in ("failed", "succeeded", "broken")}
    starts = {name if name == f"{prefix}-{outcome}" else name.rpartition("-")[0] for outcome, name in found.items()}
    return place.arns("events", *(f"rule/{start}*" for start in sorted(starts)))


def parameters(place: Place) -> Sequence[str]:
    """The parameters of secrets that are stored."""
    return place.arns("ssm", f"parameter{place.names.parameter('x', 'y').removesuffix('x/y')}*")


def repositories(place: Place) -> Sequence[str]:
    """The repositories of images that are built."""
    return place.arns("ecr", f"repository/{place.names.repository('x').removesuffix('x')}*")


def recipients(kind: str) -> Resources:
    """The rules, connections or API destinations of recipients. A name that is too long is cut, and ends in a hash."""
    return lambda place: place.arns("events", f"{kind}/{place.names.notify_prefix}*")
