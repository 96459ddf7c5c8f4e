"""The IAM actions that each command calls. Data: `python -m ops.documentation` puts it into docs/commands.md.

`tests/ops/test_permissions.py` runs the commands and compares their calls with this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass

ALL = "all"
"""In place of the names of commands: every command that finds a deployment."""
NOT_OMITTED = "Without `--no-logs`"
SUPERVISED = "The task is supervised"
NO_SCHEDULE = "The task has no schedule in AWS"
CALLS = "The task calls that service"
UNDO = "With `--undo`"
_RUNS = (
    "scheduler:ListSchedules",
    "scheduler:GetSchedule",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:DescribeTaskDefinition",
    "logs:StartQuery",
    "logs:GetQueryResults",
)
_QUEUES = ("sqs:GetQueueUrl", "sqs:GetQueueAttributes")
_MESSAGES = (*_QUEUES, "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility")
_LAUNCH = ("ecs:RunTask", "ecs:TagResource", "iam:PassRole")
_ROLES_OF_RUNS = "the task role and the execution role"


@dataclass(frozen=True, slots=True)
class Permissions:
    """Actions of one or several commands."""

    commands: tuple[str, ...]
    """Names, such as `dead-letters list`, with the option that needs the actions."""
    actions: tuple[str, ...]
    """IAM actions, such as `ecs:RunTask`."""
    condition: str = ""
    """When the commands call the actions, as Markdown. Empty for always."""
    on: str = ""
    """The resource of the last action, as Markdown. Empty for those of the stack."""


PERMISSIONS = (
    Permissions((ALL,), ("scheduler:GetScheduleGroup", "scheduler:ListTagsForResource")),
    Permissions(
        (ALL,),
        ("scheduler:ListScheduleGroups",),
        "Without `--stack` and `--group`, or if the group doesn't exist",
    ),
    Permissions(("history",), _RUNS),
    Permissions(("status", "board"), (*_RUNS, "cloudwatch:DescribeAlarms", *_QUEUES)),
    Permissions(("board",), ("logs:GetLogEvents",), NOT_OMITTED),
    Permissions(("logs",), (*_RUNS, "logs:FilterLogEvents")),
    Permissions(
        ("run",),
        (
            "scheduler:ListSchedules",
            "scheduler:GetSchedule",
            "ecs:DescribeTaskDefinition",
            "ecs:DescribeTasks",
            "ecs:StopTask",
            "logs:GetLogEvents",
            *_LAUNCH,
        ),
        on=_ROLES_OF_RUNS,
    ),
    Permissions(("backfill", "run-deployed"), (*_RUNS, *_LAUNCH), on=_ROLES_OF_RUNS),
    Permissions(("run-deployed",), ("logs:GetLogEvents",)),
    Permissions(
        ("run --local --secrets",),
        ("ssm:GetParameter", "secretsmanager:GetSecretValue"),
    ),
    Permissions(("run --local --secrets",), ("kms:Decrypt",), "The secrets have a key of yours"),
    Permissions(("dead-letters list", "dead-letters show"), _MESSAGES),
    Permissions(("dead-letters delete",), (*_MESSAGES, "sqs:DeleteMessage")),
    Permissions(
        ("dead-letters redrive",),
        (
            *_MESSAGES,
            "sqs:DeleteMessage",
            "scheduler:GetSchedule",
            "ecs:ListTasks",
            "ecs:DescribeTasks",
            "ecs:DescribeTaskDefinition",
            *_LAUNCH,
        ),
        on=_ROLES_OF_RUNS,
    ),
    Permissions(
        ("dead-letters list", "dead-letters show", "dead-letters delete", "dead-letters redrive"),
        ("kms:Decrypt",),
        "The queues have a key of yours",
    ),
    Permissions(
        ("pause", "resume"),
        (
            "scheduler:ListSchedules",
            "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
            "scheduler:TagResource",
            "scheduler:UntagResource",
            "sts:GetCallerIdentity",
            "iam:PassRole",
        ),
        on="the scheduler role",
    ),
    Permissions(
        ("pause", "resume"), ("scheduler:CreateSchedule", "scheduler:DeleteSchedule"), "The task has `catchUp`"
    ),
    Permissions(
        ("doctor",),
        (
            "scheduler:ListSchedules",
            "scheduler:GetSchedule",
            "iam:GetRole",
            "iam:SimulatePrincipalPolicy",
            "ecs:DescribeClusters",
            "ecs:DescribeTaskDefinition",
            "ec2:DescribeSubnets",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeRouteTables",
            "ec2:DescribeVpcEndpoints",
            "logs:DescribeLogGroups",
            *_QUEUES,
            "events:ListRules",
            "events:ListTargetsByRule",
            "logs:DescribeResourcePolicies",
            "sns:ListSubscriptionsByTopic",
            "sns:GetTopicAttributes",
            "cloudwatch:DescribeAlarms",
            "servicequotas:ListServiceQuotas",
            "cloudwatch:GetMetricData",
            "ecr:BatchGetImage",
            "secretsmanager:DescribeSecret",
            "ssm:DescribeParameters",
            "kms:DescribeKey",
        ),
    ),
    Permissions(
        ("doctor",),
        ("events:DescribeApiDestination", "events:DescribeConnection"),
        "The stack has recipients other than emails",
    ),
    Permissions(
        ("import aws",),
        (
            "events:ListEventBuses",
            "events:ListRules",
            "events:ListTargetsByRule",
            "events:ListTagsForResource",
            "scheduler:ListSchedules",
            "scheduler:GetSchedule",
            "scheduler:GetScheduleGroup",
            "scheduler:ListTagsForResource",
            "ecs:DescribeTaskDefinition",
        ),
    ),
    Permissions(
        ("import cut-over",),
        (
            "scheduler:ListSchedules",
            "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
            "events:DescribeRule",
            "events:ListTargetsByRule",
            "events:DisableRule",
            "events:RemoveTargets",
            "iam:PassRole",
        ),
        on="the scheduler role and on the roles of the old schedules and targets",
    ),
    Permissions(("import cut-over",), ("events:EnableRule", "events:PutTargets"), UNDO),
    Permissions(
        ("smoke",),
        (
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricStatistics",
            "dynamodb:DescribeTable",
            "ecs:DeregisterTaskDefinition",
            "ecs:ListTaskDefinitionFamilies",
            "ecs:ListTaskDefinitions",
            "iam:ListRoles",
            "sns:ListTopics",
            "sns:Subscribe",
            "sqs:CreateQueue",
            "sqs:DeleteQueue",
            "states:ListStateMachines",
            "states:StartExecution",
            "iam:PutRolePolicy",
            "iam:DeleteRolePolicy",
        ),
        on="the scheduler role of its stack",
    ),
    Permissions((ALL,), ("kms:Decrypt",), "`encryption.schedules` is set", on="that key"),
    Permissions(
        ("pause", "resume"),
        ("kms:DescribeKey", "kms:GenerateDataKey"),
        "`encryption.schedules` is set",
        on="that key",
    ),
    Permissions((ALL,), ("states:DescribeStateMachine", "ecs:ListTaskDefinitionFamilies"), NO_SCHEDULE),
    Permissions(("run", "doctor", "dead-letters redrive"), _RUNS, NO_SCHEDULE),
    Permissions(
        ("run", "dead-letters redrive"),
        ("scheduler:CreateSchedule", "iam:PassRole"),
        "The task is a call",
        on="the role of the call",
    ),
    Permissions(
        ("doctor",),
        (
            "rds:DescribeDBInstances",
            "rds:DescribeDBClusters",
            "rds:DescribeAccountAttributes",
            "redshift:DescribeClusters",
            "ec2:DescribeInstances",
            "ecs:DescribeServices",
            "application-autoscaling:DescribeScalableTargets",
            "autoscaling:DescribeAutoScalingGroups",
            "lambda:GetFunctionConfiguration",
            "states:DescribeStateMachine",
            "batch:DescribeJobQueues",
            "batch:DescribeJobDefinitions",
            "glue:GetJob",
            "codebuild:BatchGetProjects",
            "codepipeline:GetPipeline",
            "dms:DescribeReplicationTasks",
            "ssm:DescribeDocument",
            "sqs:GetQueueAttributes",
            "sns:GetTopicAttributes",
            "events:DescribeEventBus",
            "kms:DescribeKey",
        ),
        CALLS,
    ),
    Permissions(("status",), ("dynamodb:Scan",), "The stack has office hours", on="the lease table"),
    Permissions((ALL,), ("states:DescribeStateMachine",), SUPERVISED),
    Permissions(
        ("status", "history", "board", "logs", "backfill", "run-deployed", "dead-letters redrive"),
        ("states:ListExecutions", "states:DescribeExecution"),
        SUPERVISED,
    ),
    Permissions(
        ("status", "history", "board", "logs", "dead-letters redrive"), ("states:GetExecutionHistory",), SUPERVISED
    ),
    Permissions(("run", "backfill", "run-deployed", "dead-letters redrive"), ("states:StartExecution",), SUPERVISED),
    Permissions(("run",), ("states:DescribeExecution", "ecs:ListTasks"), SUPERVISED),
    Permissions(
        ("run",), ("states:StopExecution", "dynamodb:DeleteItem"), "You stop a supervised run", on="the lease table"
    ),
    Permissions(("run",), ("states:ListExecutions",), "The task has `parallel`"),
    Permissions(("run",), ("dynamodb:UpdateItem",), "The task has `lock`", on="the lease table"),
    Permissions(("doctor",), ("states:DescribeExecution", "dynamodb:BatchGetItem", "dynamodb:Scan"), SUPERVISED),
)


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the commands, the condition and the actions, as cells of a Markdown table."""
    for each in PERMISSIONS:
        commands = ", ".join(name if name == ALL else f"`{name}`" for name in each.commands)
        actions = ", ".join(f"`{action}`" for action in each.actions)
        yield commands, each.condition, f"{actions} on {each.on}" if each.on else actions
