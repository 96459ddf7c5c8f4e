"""Policy documents, as data. No statement allows an action on `*` that AWS lets be narrowed."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Statement = dict[str, Any]


def document(statements: Iterable[Statement]) -> str:
    """A policy document in one canonical form, so that an unchanged policy never shows as changed."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def scheduler_trust(*, account_id: str, schedule_group_arn: str) -> str:
    """EventBridge Scheduler takes on the role, for this account's schedules of this group alone.

    AWS: EventBridge Scheduler user guide, "Confused deputy prevention": `aws:SourceArn` is a schedule group's
    ARN.
    """
    return _trust(
        "scheduler.amazonaws.com",
        {"StringEquals": {"aws:SourceAccount": account_id, "aws:SourceArn": schedule_group_arn}},
    )


def supervisor_trust(*, account_id: str, state_machines_arn: str) -> str:
    """Step Functions takes on the role, for these state machines of this account alone.

    AWS: Step Functions developer guide, "Preventing cross-service confused deputy".
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": state_machines_arn},
    }
    return _trust("states.amazonaws.com", condition)


def task_trust(*, partition: str, region: str, account_id: str) -> str:
    """ECS takes on the role for this account's tasks.

    AWS: Amazon ECS developer guide, "Amazon ECS task IAM role": `aws:SourceArn` with a wildcard, since a
    task's ARN is not known before it runs.
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:ecs:{region}:{account_id}:*"},
    }
    return _trust("ecs-tasks.amazonaws.com", condition)


def _trust(service: str, condition: Mapping[str, object]) -> str:
    return document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sts:AssumeRole",
                "Condition": dict(condition),
            }
        ]
    )


def scheduler_policy(
    *,
    task_definition_arns: Sequence[str],
    cluster_arn: str,
    role_arns: Sequence[str],
    dead_letter_queue_arn: str,
    key_arns: Sequence[str] = (),
    state_machines_arn: str = "",
) -> str:
    """What starting runs takes: RunTask on these definitions and this cluster, passing these roles to ECS,
    tagging the task that RunTask starts, and sending what failed to the dead-letter queue; where runs are supervised,
    also starting their state machines.

    AWS: Amazon ECS developer guide, "Amazon ECS EventBridge IAM role"; `ecs:TagResource` is needed for
    RunTask with tags since March 2024. `key_arns` are the KMS keys of the queue and of the schedules, which the role
    needs for what is encrypted with them (EventBridge Scheduler user guide, "Encryption at rest", "Troubleshooting").
    """
    keys = [_allow("UseKeys", ["kms:Decrypt", "kms:GenerateDataKey"], key_arns)] if key_arns else []
    machines = [_allow("StartSupervisedRuns", "states:StartExecution", [state_machines_arn])]
    return document(
        [
            *_run_tasks(task_definition_arns, cluster_arn, role_arns),
            _allow("SendDeadLetters", "sqs:SendMessage", [dead_letter_queue_arn]),
            *(machines if state_machines_arn else []),
            *keys,
        ]
    )


def supervisor_policy(
    *,
    task_definition_arns: Sequence[str],
    cluster_arn: str,
    role_arns: Sequence[str],
    table_arn: str,
    sync_rule_arn: str,
    event_bus_arn: str,
    event_source: str,
    tracing: bool,
) -> str:
    """What the state machines of supervised runs may do: start runs, as the scheduler role may; look at the tasks of
    this cluster, and stop them; keep leases in their table; report outcomes as `event_source` on the event bus.

    AWS: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions" (IAM policies for
    runTask.sync: the rule `sync_rule_arn` is Step Functions' own), "Logging using CloudWatch Logs".
    """
    on_cluster = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    return document(
        [
            *_run_tasks(task_definition_arns, cluster_arn, role_arns),
            _allow("EndRuns", ["ecs:DescribeTasks", "ecs:StopTask"], [_tasks_of(cluster_arn)], on_cluster),
            # ListTasks has no resource but container instances. AWS: service authorization reference, Amazon ECS.
            _allow("FindRuns", "ecs:ListTasks", ["*"], on_cluster),
            _allow("HearOfEnds", ["events:DescribeRule", "events:PutRule", "events:PutTargets"], [sync_rule_arn]),
            _allow("KeepLeases", ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [table_arn]),
            _allow(
                "ReportOutcomes", "events:PutEvents", [event_bus_arn], {"StringEquals": {"events:source": event_source}}
            ),
            _DELIVER_LOGS,
            *([_TRACE] if tracing else []),
        ]
    )


_DELIVER_LOGS: Statement = {
    "Sid": "DeliverLogs",
    "Effect": "Allow",
    "Action": [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ],
    # Log deliveries have no resource types. AWS: Step Functions developer guide, "Logging using CloudWatch Logs".
    "Resource": "*",
}
_TRACE: Statement = {
    "Sid": "Trace",
    "Effect": "Allow",
    "Action": [
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ],
    # These have no resource types either. AWS: Step Functions developer guide, "X-Ray and Step Functions".
    "Resource": "*",
}


def _run_tasks(task_definition_arns: Sequence[str], cluster_arn: str, role_arns: Sequence[str]) -> list[Statement]:
    return [
        _allow("StartRuns", "ecs:RunTask", task_definition_arns, {"ArnEquals": {"ecs:cluster": cluster_arn}}),
        _allow(
            "TagRuns",
            "ecs:TagResource",
            [_tasks_of(cluster_arn)],
            {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        _allow(
            "PassRoles",
            "iam:PassRole",
            role_arns,
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    ]


def _tasks_of(cluster_arn: str) -> str:
    return cluster_arn.replace(":cluster/", ":task/") + "/*"


def execution_policy(
    *,
    repository_arns: Sequence[str],
    log_group_arns: Sequence[str],
    secret_arns: Sequence[str] = (),
    key_arns: Sequence[str] = (),
) -> str:
    """What ECS needs to start a container: pull its image, write its logs, and read its secrets where it has
    any."""
    secrets = [arn for arn in secret_arns if ":secretsmanager:" in arn]
    parameters = [arn for arn in secret_arns if ":ssm:" in arn]
    statements = [
        # The one statement on "*": AWS offers nothing narrower, the action has no resource types.
        # AWS: service authorization reference, Amazon ECR, GetAuthorizationToken.
        _allow("LogInToRegistry", "ecr:GetAuthorizationToken", ["*"]),
        _allow(
            "PullImages",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            repository_arns,
        ),
        _allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], log_group_arns),
    ]
    if secrets:
        readable = [arn for secret in secrets for arn in arns_of_secret(secret)]
        statements.append(_allow("ReadSecrets", "secretsmanager:GetSecretValue", readable))
    if parameters:
        statements.append(_allow("ReadParameters", "ssm:GetParameters", parameters))
    if key_arns and secret_arns:
        statements.append(_allow("DecryptSecrets", "kms:Decrypt", key_arns))
    return document(statements)


def arns_of_secret(reference: str) -> list[str]:
    """The ARN of a Secrets Manager secret, without the `:json-key:version-stage:version-id` that ECS takes after it;
    and, where that is without the six random characters at its end, or may be (`secret:db-backup`), also with any.

    Secrets Manager finds a secret by either, and IAM compares the whole. AWS: Secrets Manager user guide, "Determine
    who has permissions"; GetSecretValue, SecretId.
    """
    arn = ":".join(reference.split(":")[:7])
    return [arn] if re.search("-(?![a-z]{6}$)[A-Za-z0-9]{6}$", arn) else [arn, f"{arn}-??????"]


def run_policy(statements: Iterable[tuple[Sequence[str], Sequence[str]]], *, enter: bool = False) -> str:
    """What a run may do: pairs of actions and resources; with `enter`, also what entering it takes."""
    given: list[Statement] = [
        {"Effect": "Allow", "Action": sorted(actions), "Resource": sorted(resources)}
        for actions, resources in statements
    ]
    return document([*given, _EXEC] if enter else given)


_EXEC: Statement = {
    "Sid": "EnterRuns",
    "Effect": "Allow",
    "Action": [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ],
    # These actions have no resource types. AWS: service authorization reference, Amazon Session Manager Message
    # Gateway Service; Amazon ECS developer guide, "ECS Exec permissions".
    "Resource": "*",
}


def repository_arns(partition: str, accounts: Iterable[str]) -> list[str]:
    """The ECR repositories of some accounts, in every Region: images are often pulled from where they were
    built."""
    return [f"arn:{partition}:ecr:*:{account}:repository/*" for account in sorted(set(accounts))]


def log_group_arn(*, partition: str, region: str, account_id: str, name: str) -> str:
    """The log streams of a log group."""
    return f"arn:{partition}:logs:{region}:{account_id}:log-group:{name}:*"


def _allow(
    sid: str,
    actions: str | list[str],
    resources: Iterable[str],
    condition: Mapping[str, object] | None = None,
) -> Statement:
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": actions,
        "Resource": sorted(set(resources)),
    }
    return {**statement, "Condition": dict(condition)} if condition else statement
