"""Checks against existing resources that AWS makes before it accepts a request, and that the emulator lacks.

Each rule is a function of the request and the existing resources. It yields one sentence per problem, with AWS's own
error code and text. The rules only cover requests that AWS is known to refuse. EventBridge, for example, accepts
targets that it may not write to yet, so no rule is about targets.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from .iam_policies import Document, is_allowed, may_assume

Params = Mapping[str, Any]


class Existing(Protocol):
    """The existing resources in the account and Region of a request."""

    region: str

    def trust_policy(self, role_arn: str) -> Document | None:
        """Who may assume a role; None if there is no such role."""
        ...

    def permissions(self, role_arn: str) -> Sequence[Document]:
        """The inline and the attached policies of an existing role."""
        ...

    def has_log_group(self, name: str) -> bool:
        """Whether there is a log group with this name."""
        ...

    def has_schedule_group(self, name: str) -> bool:
        """Whether there is a schedule group with this name."""
        ...

    def has_vpc(self, vpc_id: str) -> bool:
        """Whether there is a VPC with this ID."""
        ...


Rule = Callable[[Params, Existing], Iterator[str]]

LOG_DELIVERY_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
"""AWS: Step Functions developer guide, "Logging using CloudWatch Logs", IAM policies."""
MANAGED_RULE_ACTIONS = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
"""AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions", IAM policies."""
ECS_MANAGED_RULE = "StepFunctionsGetEventsForECSTaskRule"


def prerequisite_problems(service: str, operation: str, params: Params, existing: Existing) -> list[str]:
    """The reasons for AWS to refuse a request, given the resources that exist when it arrives."""
    return [problem for rule in _RULES.get((service, operation), ()) for problem in rule(params, existing)]


def _schedule_group_is_new(params: Params, existing: Existing) -> Iterator[str]:
    # AWS: EventBridge Scheduler API reference, CreateScheduleGroup, Errors.
    name = params["Name"]
    if existing.has_schedule_group(name):
        yield f"ConflictException: Schedule group {name} already exists."


def _schedule_group_exists(params: Params, existing: Existing) -> Iterator[str]:
    # AWS: EventBridge Scheduler API reference, CreateSchedule, Errors.
    name = params.get("GroupName", "default")
    if not existing.has_schedule_group(name):
        yield f"ResourceNotFoundException: Schedule group {name} does not exist."


def _scheduler_role(params: Params, existing: Existing) -> Iterator[str]:
    # The source ARN is the schedule group's. AWS: EventBridge Scheduler user guide, "Confused deputy prevention".
    # Scheduler does not check the role's permissions.
    arn = params["Target"]["RoleArn"]
    account = _account(arn)
    group = f"schedule-group/{params.get('GroupName', 'default')}"
    source = f"arn:{_partition(arn)}:scheduler:{existing.region}:{account}:{group}"
    if not _assumable(existing.trust_policy(arn), "scheduler.amazonaws.com", account, source):
        yield (
            "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the"
            f" role. (The role is {arn}.)"
        )


def _state_machine_role(params: Params, existing: Existing) -> Iterator[str]:
    arn = params.get("roleArn")
    if not arn:
        return
    account = _account(arn)
    source = params.get("stateMachineArn") or (
        f"arn:{_partition(arn)}:states:{existing.region}:{account}:stateMachine:{params['name']}"
    )
    if not _assumable(existing.trust_policy(arn), "states.amazonaws.com", account, source):
        yield (
            "AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is"
            f" authorized to assume the provided role. (The role is {arn}.)"
        )
        return
    permissions = existing.permissions(arn)
    yield from _log_destinations(params, permissions, existing)
    yield from _managed_rule(params, permissions, existing)


def _log_destinations(params: Params, permissions: Sequence[Document], existing: Existing) -> Iterator[str]:
    logging = params.get("loggingConfiguration", {})
    if logging.get("level", "OFF") == "OFF":
        return
    for destination in logging.get("destinations", []):
        arn = destination["cloudWatchLogsLogGroup"]["logGroupArn"]
        if not arn.endswith(":*"):
            yield (
                "InvalidLoggingConfiguration: Invalid Logging Configuration: Log Group ARN must be provided with '*'"
                " qualifier."
            )
        missing = [action for action in LOG_DELIVERY_ACTIONS if not is_allowed(permissions, action, "*")]
        group = arn.split(":")[6]
        if missing or not existing.has_log_group(group):
            why = f"Missing: {', '.join(missing)}." if missing else f"There is no log group {group}."
            yield (
                "AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination."
                f" ({why})"
            )


def _managed_rule(params: Params, permissions: Sequence[Document], existing: Existing) -> Iterator[str]:
    if not any(resource.endswith(":ecs:runTask.sync") for resource in _resources(params.get("definition", "{}"))):
        return
    role_arn = params["roleArn"]
    rule = f"arn:{_partition(role_arn)}:events:{existing.region}:{_account(role_arn)}:rule/{ECS_MANAGED_RULE}"
    if missing := [action for action in MANAGED_RULE_ACTIONS if not is_allowed(permissions, action, rule)]:
        yield (
            f"AccessDeniedException: '{role_arn}' is not authorized to create managed-rule."
            f" (Missing: {', '.join(missing)}.)"
        )


def _resources(definition: str) -> Iterator[str]:
    """The `Resource` of every Task state, those inside of Parallel and Map states included."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if value.get("Type") == "Task":
                yield str(value.get("Resource"))
            for item in value.values():
                yield from walk(item)
        elif isinstance(value, list):
            for item in value:
                yield from walk(item)

    try:
        yield from walk(json.loads(definition))
    except ValueError:
        # The emulator refuses an invalid definition itself.
        return


def _log_group_exists(params: Params, existing: Existing) -> Iterator[str]:
    # AWS: CloudWatch Logs API reference, PutMetricFilter, Errors.
    if not existing.has_log_group(params["logGroupName"]):
        yield "ResourceNotFoundException: The specified log group does not exist."


def _vpc_exists(params: Params, existing: Existing) -> Iterator[str]:
    # AWS: Amazon EC2 API reference, Error codes, InvalidVpcID.NotFound.
    vpc_id = params.get("VpcId")
    if vpc_id and not existing.has_vpc(vpc_id):
        yield f"InvalidVpcID.NotFound: The vpc ID '{vpc_id}' does not exist"


def _assumable(trust: Document | None, service: str, account: str, source_arn: str) -> bool:
    context = {"aws:SourceAccount": account, "aws:SourceArn": source_arn}
    return trust is not None and may_assume(trust, service, context)


def _account(arn: str) -> str:
    return arn.split(":")[4]


def _partition(arn: str) -> str:
    return arn.split(":")[1]


_SCHEDULE: tuple[Rule, ...] = (_schedule_group_exists, _scheduler_role)
_RULES: Mapping[tuple[str, str], tuple[Rule, ...]] = {
    ("scheduler", "CreateScheduleGroup"): (_schedule_group_is_new,),
    ("scheduler", "CreateSchedule"): _SCHEDULE,
    ("scheduler", "UpdateSchedule"): _SCHEDULE,
    ("stepfunctions", "CreateStateMachine"): (_state_machine_role,),
    ("stepfunctions", "UpdateStateMachine"): (_state_machine_role,),
    ("logs", "PutMetricFilter"): (_log_group_exists,),
    ("ec2", "CreateSecurityGroup"): (_vpc_exists,),
}
