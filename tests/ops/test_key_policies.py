"""The policies of KMS keys that `policies` writes: an IAM simulator decides the requests of AWS's services."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.aws.account import Account
from config import Source, StackConfig, load
from ops.deployer.key_policies import key_files
from tests.components.policies.simulation import decisions, simulation
from tests.mocks import ACCOUNT, REGION
from tests.ops.conftest import Ops

WHERE = Account("aws", REGION, ACCOUNT)


def key(number: int) -> str:
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{number}"


LOG_CONTEXT = "kms:EncryptionContext:aws:logs:arn"


def stack(**values: Any) -> StackConfig:
    task = {"image": "job:1", "schedule": "rate(6 hours)"}
    given = {"cluster": "main", "catalogue": False, "tasks": {"job": task}, **values}
    return load(Source("test", given, ()), Path("missing"))


def policies_of(config: StackConfig) -> dict[str, Any]:
    return {path: json.loads(text) for path, text in key_files(config, WHERE).items()}


ALL = stack(
    encryption={"deadLetters": key(1), "undeliveredEvents": key(2), "schedules": key(5), "secrets": [key(6)]},
    notify={"emails": ["ops@example.com"], "kmsKey": key(3)},
    defaults={"logs": {"kmsKey": key(4)}},
)
REQUESTS: list[tuple[int, str, str, Mapping[str, str], bool]] = [
    (1, "scheduler.amazonaws.com", "kms:GenerateDataKey", {}, True),
    (1, "events.amazonaws.com", "kms:GenerateDataKey", {}, False),
    (2, "events.amazonaws.com", "kms:Decrypt", {}, True),
    (2, "scheduler.amazonaws.com", "kms:Decrypt", {}, False),
    # EventBridge sends no context. CloudWatch sends the account of the alarm.
    (3, "events.amazonaws.com", "kms:GenerateDataKey", {}, True),
    (3, "cloudwatch.amazonaws.com", "kms:GenerateDataKey", {"aws:SourceAccount": ACCOUNT}, True),
    (3, "cloudwatch.amazonaws.com", "kms:GenerateDataKey", {"aws:SourceAccount": "999999999999"}, False),
    (3, "cloudwatch.amazonaws.com", "kms:ScheduleKeyDeletion", {"aws:SourceAccount": ACCOUNT}, False),
    # The simulator has no condition key with the name of an encryption context, so another test compares the statement.
    (4, f"logs.{REGION}.amazonaws.com", "kms:Encrypt", {}, False),
]  # fmt: skip


def test_each_service_may_use_the_keys_that_it_needs():
    found = policies_of(ALL)
    assert list(found) == ["keys/1.json", "keys/2.json", "keys/3.json", "keys/4.json"]
    asked = [
        simulation(action, key(number), context, service=service, resource_policy=found[f"keys/{number}.json"])
        for number, service, action, context, _ in REQUESTS
    ]
    answers = [answer == "Allowed" for answer in decisions(asked)]
    assert answers == [allowed for *_, allowed in REQUESTS]


def test_each_policy_has_the_statements_of_the_guides():
    """AWS: KMS developer guide, "Default key policy"; EventBridge Scheduler user guide, "Troubleshooting"; SNS developer
    guide, "Enable compatibility between event sources from AWS services and encrypted topics", which supports no
    condition for EventBridge; CloudWatch Logs user guide, "Encrypt log data"."""
    root = {
        "Sid": "Account", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*",
        "Resource": "*",
    }  # fmt: skip
    expected = {
        "1": [("scheduler.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey"], None)],
        "2": [("events.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"], None)],
        "3": [
            ("events.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"], None),
            (
                "cloudwatch.amazonaws.com",
                ["kms:Decrypt", "kms:GenerateDataKey*"],
                {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            ),
        ],
        "4": [
            (
                f"logs.{REGION}.amazonaws.com",
                ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                {"ArnLike": {LOG_CONTEXT: f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:*"}},
            )
        ],
    }
    for name, document in policies_of(ALL).items():
        first, *others = document["Statement"]
        assert first == root
        found = [(each["Principal"]["Service"], each["Action"], each.get("Condition")) for each in others]
        assert found == expected[name.removeprefix("keys/").removesuffix(".json")]
        assert all(each["Resource"] == "*" and each["Effect"] == "Allow" for each in others)


def test_a_key_with_several_uses_has_one_policy():
    own = {"image": "job:1", "schedule": "rate(6 hours)", "logs": {"kmsKey": key(1)}}
    config = stack(
        encryption={"deadLetters": key(1), "undeliveredEvents": key(1)},
        defaults={"logs": {"kmsKey": key(1)}},
        tasks={"own": own},
    )
    assert [each["Sid"] for each in policies_of(config)["keys/1.json"]["Statement"]] == [
        "Account", "FailedLaunches", "Events", "Logs",
    ]  # fmt: skip


def test_the_log_group_of_a_task_can_have_a_key():
    own = {"image": "job:1", "schedule": "rate(6 hours)", "logs": {"kmsKey": key(7)}}
    assert list(policies_of(stack(tasks={"own": own}))) == ["keys/7.json"]


def test_the_command_writes_the_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ops: Ops):
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(
        f"config:\n  aws:region: {REGION}\n  shop:cluster: main\n  shop:catalogue: false\n"
        f'  shop:encryption: {{ deadLetters: "{key(1)}" }}\n'
        "  shop:tasks: { job: { image: job:1, schedule: rate(6 hours) } }\n"
    )
    monkeypatch.chdir(tmp_path)
    result = ops("policies", "--account", ACCOUNT)
    assert result.exit_code == 0, result.stderr
    assert (
        json.loads((tmp_path / "policies" / "keys" / "1.json").read_text())["Statement"][1]["Sid"] == "FailedLaunches"
    )
