"""IAM policies as data. A statement has the resource `*` only if AWS supports nothing narrower for its actions."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

from .arn import Arn
from .secret_references import SecretReference

Condition = Mapping[str, Mapping[str, str | Sequence[str]]]


class Statement(TypedDict):
    """A statement of a policy. AWS: IAM user guide, "IAM JSON policy elements reference"."""

    Effect: Literal["Allow", "Deny"]
    Action: str | list[str]
    Sid: NotRequired[str]
    Principal: NotRequired[Mapping[str, str | list[str]]]
    Resource: NotRequired[str | list[str]]
    Condition: NotRequired[Condition]


def document(statements: Iterable[Statement]) -> str:
    """A policy document in canonical JSON, so that an unchanged policy never shows as changed."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def scheduler_trust(*, account_id: str, schedule_group_arn: str, rules_arn: str | None = None) -> str:
    """Allow EventBridge Scheduler to assume the role, only for schedules of this group in this account.

    With `rules_arn`, EventBridge may assume it too, for these rules.

    AWS: EventBridge Scheduler user guide, "Confused deputy prevention": `aws:SourceArn` is a schedule group's
    ARN.
    """
    trust = _trusted(
        "scheduler.amazonaws.com",
        {"StringEquals": {"aws:SourceAccount": account_id, "aws:SourceArn": schedule_group_arn}},
    )
    return document([trust, *([_trusted_for_rules(account_id, rules_arn)] if rules_arn else [])])


def supervisor_trust(*, account_id: str, state_machines_arn: str) -> str:
    """Allow Step Functions to assume the role, only for these state machines in this account.

    AWS: Step Functions developer guide, "Preventing cross-service confused deputy".
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": state_machines_arn},
    }
    return _trust("states.amazonaws.com", condition)


def event_trust(*, account_id: str, rules_arn: str) -> str:
    """Allow EventBridge to assume the role, only for these rules in this account.

    AWS: Amazon EventBridge user guide, "Cross-service confused deputy prevention in Amazon EventBridge", event buses.
    """
    return document([_trusted_for_rules(account_id, rules_arn)])


def _trusted_for_rules(account_id: str, rules_arn: str) -> Statement:
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": rules_arn},
    }
    return _trusted("events.amazonaws.com", condition)


def invoke_policy(api_destination_arns: Sequence[str]) -> str:
    """Allow EventBridge to send messages to these API destinations.

    AWS: Amazon EventBridge user guide, "Using identity-based policies", permissions for EventBridge to access targets
    using IAM roles.
    """
    return document([allow("SendMessages", "events:InvokeApiDestination", sorted(api_destination_arns))])


def task_trust(*, partition: str, region: str, account_id: str) -> str:
    """Allow ECS to assume the role for tasks of this account.

    `aws:SourceArn` has a wildcard because a task's ARN is unknown before it runs. AWS: Amazon ECS developer guide,
    "Amazon ECS task IAM role".
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": str(Arn(partition, "ecs", region, account_id, "*"))},
    }
    return _trust("ecs-tasks.amazonaws.com", condition)


def _trust(service: str, condition: Condition) -> str:
    return document([_trusted(service, condition)])


def _trusted(service: str, condition: Condition) -> Statement:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }


def scheduler_policy(
    *,
    task_definition_arns: Sequence[str],
    cluster_arns: Sequence[str],
    role_arns: Sequence[str],
    dead_letter_queue_arn: str,
    key_arns: Sequence[str] = (),
    state_machines_arn: str = "",
) -> str:
    """The permissions of the scheduler role: call RunTask with these task definitions on these clusters, pass these
    roles to ECS, tag the tasks that RunTask starts, and send failed launches to the dead-letter queue.

    AWS: Amazon ECS developer guide, "Amazon ECS EventBridge IAM role"; RunTask with tags needs `ecs:TagResource` since
    March 2024.

    Args:
        task_definition_arns: Patterns of the task definitions.
        cluster_arns: The clusters.
        role_arns: Patterns of the roles that runs assume.
        dead_letter_queue_arn: The queue for failed launches.
        key_arns: The KMS keys that encrypt the queue and the schedules (EventBridge Scheduler user guide, "Encryption
            at rest", "Troubleshooting").
        state_machines_arn: A pattern of the state machines of supervised tasks; empty if there are none.
    """
    return document(
        [
            *_run_tasks(task_definition_arns, cluster_arns, role_arns),
            _send_dead_letters(dead_letter_queue_arn),
            *([_start_supervised(state_machines_arn)] if state_machines_arn else []),
            *_use_keys(key_arns),
        ]
    )


def call_policy(statements: Iterable[Statement], dead_letter_queue_arn: str, key_arns: Sequence[str] = ()) -> str:
    """The permissions of the role of a call: make it, and send failed calls to the dead-letter queue.

    Args:
        statements: The permissions for the call.
        dead_letter_queue_arn: The queue for failed calls.
        key_arns: The KMS keys that encrypt the queue and the schedules, as for `scheduler_policy`.
    """
    return document([*statements, _send_dead_letters(dead_letter_queue_arn), *_use_keys(key_arns)])


def _send_dead_letters(queue_arn: str) -> Statement:
    return allow("SendDeadLetters", "sqs:SendMessage", [queue_arn])


def _use_keys(key_arns: Sequence[str]) -> list[Statement]:
    return [allow("UseKeys", ["kms:Decrypt", "kms:GenerateDataKey"], key_arns)] if key_arns else []


def supervisor_policy(
    *,
    task_definition_arns: Sequence[str],
    cluster_arns: Sequence[str],
    role_arns: Sequence[str],
    table_arn: str,
    sync_rule_arn: str,
    event_bus_arn: str,
    event_source: str,
    tracing: bool,
    parallel: Sequence[Statement] = (),
) -> str:
    """The permissions of state machines: start runs like the scheduler role, describe and stop tasks on these clusters,
    write leases to their table, and report outcomes as `event_source` on the event bus.

    `sync_rule_arn` is the rule that Step Functions manages for runTask.sync. AWS: Step Functions developer guide, "Run
    Amazon ECS or Fargate tasks with Step Functions", "Logging using CloudWatch Logs".
    """
    on_clusters = _on_clusters(cluster_arns)
    return document(
        [
            *_run_tasks(task_definition_arns, cluster_arns, role_arns),
            allow("EndRuns", ["ecs:DescribeTasks", "ecs:StopTask"], _tasks_of(cluster_arns), on_clusters),
            # ListTasks has no resource type but container instances. AWS: service authorization reference, Amazon ECS.
            allow("FindRuns", "ecs:ListTasks", ["*"], on_clusters),
            allow("HearOfEnds", ["events:DescribeRule", "events:PutRule", "events:PutTargets"], [sync_rule_arn]),
            allow("KeepLeases", ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [table_arn]),
            allow("ReportOutcomes", "events:PutEvents", [event_bus_arn], only_from(event_source)),
            *parallel,
            _DELIVER_LOGS,
            *([_TRACE] if tracing else []),
        ]
    )


def run_tasks_of_runs(*, state_machines_arn: str, executions_arn: str, sync_rule_arn: str) -> list[Statement]:
    """The statements for tasks with `parallel`: start an execution per task of a run, wait for it, and stop it.

    AWS: Step Functions developer guide, "IAM policies for AWS Step Functions", Synchronous.

    Args:
        state_machines_arn: A pattern of the state machines that run one task of a run.
        executions_arn: A pattern of their executions.
        sync_rule_arn: The rule that Step Functions manages for startExecution.sync.
    """
    return [
        allow("StartTasksOfRuns", "states:StartExecution", [state_machines_arn]),
        allow("EndTasksOfRuns", ["states:DescribeExecution", "states:StopExecution"], [executions_arn]),
        allow("HearOfEndsOfTasks", ["events:DescribeRule", "events:PutRule", "events:PutTargets"], [sync_rule_arn]),
    ]


def call_machine_policy(
    *,
    work: Iterable[Statement],
    item_actions: Sequence[str],
    table_arn: str,
    keys: Sequence[str],
    event_bus_arn: str,
    event_source: str,
    tracing: bool,
) -> str:
    """The permissions of a state machine that does the work of a call, such as office hours.

    Args:
        work: The statements for this work.
        item_actions: Actions of DynamoDB on its items in the lease table.
        table_arn: The lease table.
        keys: Patterns of the keys of its items in that table. AWS: Amazon DynamoDB developer guide, "Using IAM policy
            conditions for fine-grained access control", dynamodb:LeadingKeys.
        event_bus_arn: The event bus that gets outcomes.
        event_source: The source of outcomes.
        tracing: Whether X-Ray traces the executions.
    """
    own = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}, "Null": {"dynamodb:LeadingKeys": "false"}}
    return document(
        [
            *work,
            allow("Remember", list(item_actions), [table_arn], own),
            allow("ReportOutcomes", "events:PutEvents", [event_bus_arn], only_from(event_source)),
            _DELIVER_LOGS,
            *([_TRACE] if tracing else []),
        ]
    )


def only_from(event_source: str) -> Condition:
    """The sources of all events of a PutEvents request are this one.

    The key has several values, and without any of them ForAllValues is true. AWS: EventBridge user guide, "Using
    IAM policy conditions in Amazon EventBridge"; IAM user guide, "Multivalued context keys".
    """
    return {"ForAllValues:StringEquals": {"events:source": event_source}, "Null": {"events:source": "false"}}


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
    # These actions have no resource types. AWS: Step Functions developer guide, "X-Ray and Step Functions".
    "Resource": "*",
}


def _run_tasks(
    task_definition_arns: Sequence[str], cluster_arns: Sequence[str], role_arns: Sequence[str]
) -> list[Statement]:
    return [
        _start_runs(task_definition_arns, cluster_arns),
        allow(
            "TagRuns",
            "ecs:TagResource",
            _tasks_of(cluster_arns),
            {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        _pass_roles(role_arns),
    ]


def more_runs_policy(
    *, task_definition_arns: Sequence[str], cluster_arns: Sequence[str], role_arns: Sequence[str]
) -> str:
    """Further task definitions and roles of a role that starts runs, for which its inline policy has no room."""
    statements = (_start_runs(task_definition_arns, cluster_arns), _pass_roles(role_arns))
    return document(statement for statement in statements if statement.get("Resource"))


def start_supervised_policy(state_machines_arn: str) -> str:
    """The state machines of supervised tasks, for a scheduler role that had none. The ARN is a pattern."""
    return document([_start_supervised(state_machines_arn)])


def _start_supervised(state_machines_arn: str) -> Statement:
    return allow("StartSupervisedRuns", "states:StartExecution", [state_machines_arn])


def pull_policy(repository_arns: Sequence[str]) -> str:
    """Further repositories of an execution role."""
    return document([_pull_images(repository_arns)])


def _pull_images(repository_arns: Sequence[str]) -> Statement:
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return allow("PullImages", actions, repository_arns)


def _start_runs(task_definition_arns: Sequence[str], cluster_arns: Sequence[str]) -> Statement:
    return allow("StartRuns", "ecs:RunTask", task_definition_arns, _on_clusters(cluster_arns))


def _on_clusters(cluster_arns: Sequence[str]) -> Condition:
    """Any of these clusters."""
    return {"ArnEquals": {"ecs:cluster": cluster_arns[0] if len(cluster_arns) == 1 else sorted(set(cluster_arns))}}


def _pass_roles(role_arns: Sequence[str]) -> Statement:
    passed_to = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    return allow("PassRoles", "iam:PassRole", role_arns, passed_to)


def _tasks_of(cluster_arns: Sequence[str]) -> list[str]:
    return [str(Arn.parse(arn).tasks_of_cluster()) for arn in cluster_arns]


def execution_policy(
    *,
    repository_arns: Sequence[str],
    log_group_arns: Sequence[str],
    secret_arns: Sequence[str] = (),
    key_arns: Sequence[str] = (),
    cache_arns: Sequence[str] = (),
    file_arns: Sequence[str] = (),
) -> str:
    """The permissions that ECS needs to start containers: pull images, write logs, and read secrets and files if there
    are any.

    `cache_arns` are the repositories of pull-through caches. The first pull of an image imports it, and the first pull
    from an upstream repository creates its copy. AWS: Amazon ECR user guide, "IAM permissions required to sync an
    upstream registry with an Amazon ECR private registry".

    `file_arns` are S3 objects. AWS: Amazon ECS developer guide, "Amazon ECS task execution IAM role", "Amazon S3 file
    storage permissions".
    """
    statements = [
        # The action has no resource types. AWS: service authorization reference, Amazon ECR, GetAuthorizationToken.
        allow("LogInToRegistry", "ecr:GetAuthorizationToken", ["*"]),
        _pull_images(repository_arns),
        *([allow("ImportImages", _IMPORT, cache_arns)] if cache_arns else []),
        allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], log_group_arns),
        *_read_secrets(secret_arns),
        *_read_files(file_arns),
    ]
    if key_arns and (secret_arns or file_arns):
        statements.append(allow("DecryptSecrets", "kms:Decrypt", key_arns))
    return document(statements)


_IMPORT = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]


def more_secrets_policy(secret_arns: Sequence[str]) -> str:
    """Further secrets of an execution role, for which its inline policy has no room."""
    return document(_read_secrets(secret_arns))


def _read_secrets(secret_arns: Sequence[str]) -> Iterator[Statement]:
    references = [SecretReference.parse(reference) for reference in secret_arns]
    secrets = [reference for reference in references if not reference.is_parameter]
    if secrets:
        readable = [arn for secret in secrets for arn in arns_of_secret(secret)]
        yield allow("ReadSecrets", "secretsmanager:GetSecretValue", readable)
    if parameters := [reference.arn for reference in references if reference.is_parameter]:
        yield allow("ReadParameters", "ssm:GetParameters", parameters)


def _read_files(file_arns: Sequence[str]) -> Iterator[Statement]:
    if file_arns:
        yield allow("ReadFiles", "s3:GetObject", file_arns)
        yield allow("FindBuckets", "s3:GetBucketLocation", [arn.split("/", 1)[0] for arn in file_arns])


def readable_arns(reference: str) -> list[str]:
    """The ARNs that a policy needs for a secret or an SSM parameter."""
    secret = SecretReference.parse(reference)
    return [secret.arn] if secret.is_parameter else arns_of_secret(secret)


def arns_of_secret(secret: SecretReference) -> list[str]:
    """The ARNs that a policy needs for a Secrets Manager secret.

    The first is the secret's own. If the six
    random characters at its end are missing, or might be (`secret:db-backup`), the second matches any of them: Secrets
    Manager finds a secret by either ARN, but IAM compares the full one. AWS: Secrets Manager user guide, "Determine who
    has permissions"; GetSecretValue, SecretId.
    """
    arn = secret.arn
    return [arn] if re.search("-(?![a-z]{6}$)[A-Za-z0-9]{6}$", arn) else [arn, f"{arn}-??????"]


def run_statement(
    actions: Iterable[str],
    resources: Iterable[str],
    effect: Literal["Allow", "Deny"] = "Allow",
    condition: Condition | None = None,
) -> Statement:
    """A statement of the policy of a run."""
    statement: Statement = {"Effect": effect, "Action": sorted(actions), "Resource": sorted(resources)}
    return {**statement, "Condition": condition} if condition else statement


def run_policy(statements: Iterable[Statement], *, enter: bool = False) -> str:
    """The permissions of a run; with `enter`, also those for ECS Exec."""
    return document([*statements, _EXEC] if enter else statements)


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


ROOT = "ROOT"
"""The prefix of a pull-through cache rule that covers all repositories (AWS: CreatePullThroughCacheRule)."""


def repository_arns(partition: str, accounts: Iterable[str], prefix: str = ROOT) -> list[str]:
    """The ECR repositories of these accounts under a prefix, in every Region: images are often built in another
    Region."""
    names = "*" if prefix == ROOT else f"{prefix}/*"
    return [str(Arn(partition, "ecr", "*", account, f"repository/{names}")) for account in sorted(set(accounts))]


def log_group_arn(*, partition: str, region: str, account_id: str, name: str) -> str:
    """The log streams of a log group."""
    return str(Arn(partition, "logs", region, account_id, f"log-group:{name}:*"))


def allow(
    sid: str,
    actions: str | list[str],
    resources: Iterable[str],
    condition: Condition | None = None,
) -> Statement:
    """A statement that allows actions on resources, in a fixed order."""
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": actions,
        "Resource": sorted(set(resources)),
    }
    return {**statement, "Condition": condition} if condition else statement
