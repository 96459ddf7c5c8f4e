"""Policy documents, as data. No statement allows an action on `*` that AWS lets be narrowed."""

import json
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
) -> str:
    """What starting runs takes: RunTask on these definitions and this cluster, passing these roles to ECS,
    tagging the task that RunTask starts, and sending what failed to the dead-letter queue.

    AWS: Amazon ECS developer guide, "Amazon ECS EventBridge IAM role"; `ecs:TagResource` is needed for
    RunTask with tags since March 2024. `key_arns` are the KMS keys of the queue and of the schedules, which the role
    needs for what is encrypted with them (EventBridge Scheduler user guide, "Encryption at rest", "Troubleshooting").
    """
    keys = [_allow("UseKeys", ["kms:Decrypt", "kms:GenerateDataKey"], key_arns)] if key_arns else []
    return document(
        [
            _allow("StartRuns", "ecs:RunTask", task_definition_arns, {"ArnEquals": {"ecs:cluster": cluster_arn}}),
            _allow(
                "TagRuns",
                "ecs:TagResource",
                [cluster_arn.replace(":cluster/", ":task/") + "/*"],
                {"StringEquals": {"ecs:CreateAction": "RunTask"}},
            ),
            _allow(
                "PassRoles",
                "iam:PassRole",
                role_arns,
                {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
            _allow("SendDeadLetters", "sqs:SendMessage", [dead_letter_queue_arn]),
            *keys,
        ]
    )


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
        statements.append(_allow("ReadSecrets", "secretsmanager:GetSecretValue", [secret_arn(arn) for arn in secrets]))
    if parameters:
        statements.append(_allow("ReadParameters", "ssm:GetParameters", parameters))
    if key_arns and secret_arns:
        statements.append(_allow("DecryptSecrets", "kms:Decrypt", key_arns))
    return document(statements)


def secret_arn(reference: str) -> str:
    """The ARN of a Secrets Manager secret, without the `:json-key:version-stage:version-id` that ECS takes
    after it."""
    return ":".join(reference.split(":")[:7])


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
