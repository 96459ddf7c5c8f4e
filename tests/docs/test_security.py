"""docs/security.md lists every statement that the code can generate, with its actions and conditions."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pulumi

from components import ScheduledTask, ScheduledTaskGroup
from components.aws.account import Account
from components.checks import checked_task
from components.task.volumes import references_of, statements_of
from tests.mocks import ACCOUNT, REGION, run

ROOT = Path(__file__).parents[2]
ROW = re.compile(
    r"^\| (?!(?:Statement|Volume|Service|Command|Role|Key) )([A-Z][A-Za-z]+) \| (.*?) \| (.*?) \|$", re.MULTILINE
)
PAGE = {row[0]: row[1:] for row in ROW.findall((ROOT / "docs/security.md").read_text())}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
GROUP: Any = {
    "cluster": "main",
    "notify": {"emails": ["ops@example.com"], "pagerduty": {"on-call": {"routing_key": "k"}}},
    "encryption": {"dead_letters": KEY, "secrets": [KEY]},
    "supervised": True,
    "parallel": True,
    "pull_through_caches": ["docker-hub"],
    "monitoring": {"tracing": True},
}
TASK: Any = {
    "image": "job:1",
    "schedule": "rate(6 hours)",
    "secrets": {"PASSWORD": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-Dv4x1Q"},
    "exec": True,
}


def program() -> None:
    group = ScheduledTaskGroup("tasks", GROUP)
    stored = {"TOKEN": pulumi.Output.secret("t")}
    ScheduledTask("job", cast("Any", {**TASK, "secret_values": stored, "group": group.reference}))


def statements() -> dict[str, dict[str, Any]]:
    """Return the statements of a stack's policies by Sid."""
    recorded = run(program, preview=False)
    assert recorded.error is None
    texts = [text for resource in recorded.resources for text in resource.inputs.values() if isinstance(text, str)]
    documents = [json.loads(text) for text in texts if text.startswith("{") and '"Statement"' in text]
    return {found["Sid"]: found for document in documents for found in document["Statement"] if "Sid" in found}


def sids_in_the_code() -> Iterator[str]:
    """Find the Sids in the source of the components: `allow("Sid", ...)` and `{"Sid": "Sid"}`."""
    for file in (ROOT / "components").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            # The page lists no statement of a called operation, which other modules make with `policies.allow`.
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith("allow")
                and (isinstance(node.func, ast.Name) or file.parent.name == "snapshots")
            ):
                yield from (found.value for found in node.args[:1] if isinstance(found, ast.Constant))  # type: ignore[misc]
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "Sid" and isinstance(value, ast.Constant):
                        yield str(value.value)


def test_the_page_has_one_row_per_statement():
    assert set(PAGE) == set(sids_in_the_code())


def test_rows_list_actions_and_conditions():
    found = statements()
    assert len(found) > 12
    for sid, statement in found.items():
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert set(re.findall(r"`([^`]+)`", PAGE[sid][0])) == set(actions), sid
        conditions = {key for condition in statement.get("Condition", {}).values() for key in condition}
        assert conditions <= set(re.findall(r"`([^`]+)`", PAGE[sid][1])), sid


MOUNTED = re.compile(r"^\| `(efs|s3Files)`(.*?) \| (.*?) \| (.+?) \|$", re.MULTILINE)
FILE_SYSTEM = f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system/fs-0a"
VOLUMES: dict[str, dict[str, Any]] = {
    "efs": {"efs": "fs-0a", "iam": True},
    "s3Files": {"s3_files": {"file_system": FILE_SYSTEM, "bucket": "arn:aws:s3:::photos"}},
}


def actions_of(kind: str, **settings: Any) -> set[str]:
    """The actions of a task role that mounts a volume."""
    volume = {"path": "/a", **VOLUMES[kind], **settings}
    task, problems = checked_task("job", {"image": "a:1", "schedule": "rate(1 day)", "volumes": {"a": volume}})
    assert problems == []
    known = {name: {key: str(value) for key, value in given.items()} for name, given in references_of(task).items()}
    found = statements_of(task, Account("aws", REGION, ACCOUNT), known)
    return {action for each in found for action in as_list(each["Action"])}


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_rows_of_volumes_list_what_the_task_role_may():
    rows = {
        f"{kind}{when}": [set(re.findall(r"`([a-z0-9]+:\w+)`", part)) for part in actions.split(";")]
        for kind, when, actions, _ in MOUNTED.findall((ROOT / "docs/security.md").read_text())
    }
    [bucket] = rows["s3Files with `bucket`"]
    for kind in VOLUMES:
        mount, write, root = rows[kind]
        of_bucket = bucket if kind == "s3Files" else set[str]()
        assert actions_of(kind, read_only=True) == mount | of_bucket
        assert actions_of(kind) == mount | write | of_bucket
        assert actions_of(kind, root_access=True) == mount | write | root | of_bucket
    assert actions_of("s3Files", s3_files={"file_system": FILE_SYSTEM}) == set.union(*rows["s3Files"][:2])


def test_the_page_says_what_each_key_encrypts():
    """Log groups, queues and topics take exactly the keys on the page."""
    page = (ROOT / "docs/security.md").read_text().split("## Encryption")[1]
    keys = dict(re.findall(r"^\| `([a-z]+\.[A-Za-z]+)` \| (.+?) \|", page, re.MULTILINE))
    given = {
        "encryption.deadLetters": "tasks-dead-letters", "encryption.undeliveredEvents": "tasks-undelivered-events",
        "encryption.schedules": "job-schedule", "encryption.secrets": "", "notify.kmsKey": "tasks-failures",
        "logs.kmsKey": "tasks-failed tasks-logs tasks-succeeded tasks-supervisor-logs",
    }  # fmt: skip
    assert keys.keys() == given.keys()
    arns = {key: f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{number}" for number, key in enumerate(given, 1)}
    group: Any = {
        **GROUP,
        "notify": {"kms_key": arns["notify.kmsKey"], "emails": ["ops@example.com"]},
        "logs": {"kms_key": arns["logs.kmsKey"]},
        "encryption": {
            "dead_letters": arns["encryption.deadLetters"],
            "undelivered_events": arns["encryption.undeliveredEvents"],
            "schedules": arns["encryption.schedules"],
            "secrets": [arns["encryption.secrets"]],
        },
    }

    def with_keys() -> None:
        tasks = ScheduledTaskGroup("tasks", group)
        ScheduledTask("job", cast("Any", {**TASK, "group": tasks.reference}))

    recorded = run(with_keys, preview=False)
    assert recorded.error is None
    used: dict[str, set[str]] = {key: set() for key in arns}
    for resource in recorded.of_aws:
        for name in ("kmsKeyId", "kmsMasterKeyId", "kmsKeyArn"):
            used |= {key: {*used[key], resource.name} for key, arn in arns.items() if resource.inputs.get(name) == arn}
    assert {key: " ".join(sorted(names)) for key, names in used.items()} == given


def test_rows_mark_statements_on_all_resources():
    everything = {sid for sid, found in statements().items() if found["Resource"] in ("*", ["*"])}
    assert everything == {sid for sid, (_, on) in PAGE.items() if "`*`" in on} == {
        "LogInToRegistry", "EnterRuns", "FindRuns", "DeliverLogs", "Trace",
    }  # fmt: skip
