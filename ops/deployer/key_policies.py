"""The policies of the KMS keys that a stack names, for the owners of the keys."""

from collections.abc import Iterator

from components.aws.account import Account
from components.aws.arn import Arn
from components.aws.policies import Statement
from config import StackConfig

from .documents import policy_file

FOLDER = "keys"
"""The folder of the files, with one file per key."""


def key_files(config: StackConfig, account: Account) -> dict[str, str]:
    """The policy of each key that an AWS service uses for the stack, by path: `keys/<key>.json`.

    The first statement is that of KMS's default policy, with which IAM policies grant the use of the key. Keys that
    only the stack's roles use (`encryption.schedules`, `encryption.secrets`) need no other statement, and have no file.
    """
    used: dict[str, list[Statement]] = {}
    for key, statement in _uses(config, account):
        arn = Arn.parse(key)
        statements = used.setdefault(f"{FOLDER}/{arn.resource_id.replace('/', '-')}.json", [_owner(arn)])
        statements += [] if statement in statements else [statement]
    return {path: policy_file(statements) for path, statements in used.items()}


def _uses(config: StackConfig, account: Account) -> Iterator[tuple[str, Statement]]:
    group = config.group
    if group.encryption.dead_letters:
        yield group.encryption.dead_letters, _scheduler()
    if group.encryption.undelivered_events:
        yield group.encryption.undelivered_events, _events()
    if group.notify and group.notify.kms_key:
        yield group.notify.kms_key, _events()
        yield group.notify.kms_key, _alarms(account)
    for logs in (group.logs, *(task.logs for task in config.tasks.values())):
        if logs.kms_key:
            yield logs.kms_key, _logs(account)


def _owner(key: Arn) -> Statement:
    """AWS: KMS developer guide, "Default key policy"."""
    root = f"arn:{key.partition}:iam::{key.account_id}:root"
    return {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}


def _service(sid: str, service: str, *actions: str) -> Statement:
    """In the policy of a key, `*` is the key itself. AWS: KMS developer guide, "Key policies in AWS KMS"."""
    return {"Sid": sid, "Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions), "Resource": "*"}


def _scheduler() -> Statement:
    """AWS: EventBridge Scheduler user guide, "Troubleshooting"."""
    return _service("FailedLaunches", "scheduler.amazonaws.com", "kms:Decrypt", "kms:GenerateDataKey")


def _events() -> Statement:
    """No condition: EventBridge sends neither `aws:SourceAccount` nor `aws:SourceArn`, so messages would be lost.

    AWS: SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted topics".
    """
    return _service("Events", "events.amazonaws.com", "kms:Decrypt", "kms:GenerateDataKey*")


def _alarms(account: Account) -> Statement:
    """AWS: SNS developer guide, the same section."""
    statement = _service("Alarms", "cloudwatch.amazonaws.com", "kms:Decrypt", "kms:GenerateDataKey*")
    return {**statement, "Condition": {"StringEquals": {"aws:SourceAccount": account.account_id}}}


def _logs(account: Account) -> Statement:
    """AWS: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS"."""
    statement = _service(
        "Logs",
        f"logs.{account.region}.amazonaws.com",
        "kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*",
    )  # fmt: skip
    context = {"kms:EncryptionContext:aws:logs:arn": account.arn("logs", "log-group:*")}
    return {**statement, "Condition": {"ArnLike": context}}
