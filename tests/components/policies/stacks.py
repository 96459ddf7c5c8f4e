"""Stacks on mocks, and every policy document that they create."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

import pulumi

from components import ScheduledTask, ScheduledTaskGroup
from tests.mocks import ACCOUNT, REGION, Recorded, Resource, run

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
OTHER_KEY = KEY.replace("1111-1111", "2222-2222")
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-Dv4x1Q"
CREDENTIALS = SECRET.replace("db-", "registry-")
SPLUNK = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/splunk/token"
FILE = "arn:aws:s3:::config/jobs/etl.env"
S3_FILES = f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system/"
REGISTRY = "210987654321"
"""Another account, with ECR repositories."""

Kind = Literal["identity", "trust", "resource"]


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document."""

    kind: Kind
    owner: str
    """The Pulumi name of the resource that the document belongs to."""
    text: str

    @property
    def statements(self) -> list[dict[str, Any]]:
        return json.loads(self.text)["Statement"]


_EVERYTHING: dict[str, Any] = {
    "prefix": "shop-dev",
    "cluster": "main",
    "notify": {"emails": ["ops@example.com"], "pagerduty": {"on-call": {"routing_key": "k"}}},
    "encryption": {"dead_letters": KEY, "schedules": OTHER_KEY, "secrets": [KEY]},
    "logs": {"kms_key": KEY},
    "supervised": True,
    "parallel": True,
    "monitoring": {"tracing": True, "dashboard": True},
    "task_definitions": ["legacy"],
    "containers": {"legacy": "app"},
    "registry_accounts": [REGISTRY],
    "pull_through_caches": ["docker-hub"],
    "shared_roles": {
        "reports": {
            "permissions": [
                {
                    "actions": ["s3:ListBucket"],
                    "resources": ["arn:aws:s3:::reports"],
                    "condition": {"StringLike": {"s3:prefix": ["daily/*", "weekly/*"]}},
                },
                {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::reports/*"]},
                {"effect": "Deny", "actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::reports/audited/*"]},
            ],
        },
    },
    "pass_role_arns": [f"arn:aws:iam::{ACCOUNT}:role/reader"],
}
_TASKS: dict[str, dict[str, Any]] = {
    "job": {"image": "job:1", "schedule": "rate(6 hours)", "expect_success_within": "7h"},
    "secret": {
        "image": "job:1",
        "schedule": "rate(6 hours)",
        "secrets": {"PASSWORD": SECRET, "TOKEN": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/token"},
        "permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::in/*"]}],
        "registry_credentials": CREDENTIALS,
        "environment_files": [FILE],
        "logs": {"group": "/shared/batch"},
        "sidecars": {
            "ship": {
                "image": "a:1",
                "logs": {
                    "driver": "splunk",
                    "options": {"splunk-url": "https://a"},
                    "secret_options": {"splunk-token": SPLUNK},
                },
            }
        },
        "exec": True,
    },
    "watched": {"image": "job:1", "schedule": "rate(6 hours)", "timeout": "1h", "overlap": "forbid"},
    "files": {
        "image": "job:1",
        "schedule": "rate(6 hours)",
        "volumes": {
            "pages": {"path": "/a", "efs": "fs-0a", "access_point": "fsap-0a", "iam": True, "read_only": True},
            "cache": {"path": "/b", "efs": "fs-0b", "iam": True, "root_access": True},
            "photos": {
                "path": "/c",
                "s3_files": {
                    "file_system": f"{S3_FILES}fs-0c",
                    "access_point": f"{S3_FILES}fs-0c/access-point/fsap-0c",
                    "bucket": "arn:aws:s3:::photos",
                },
            },
        },
    },
    "reporting": {"image": "job:1", "schedule": "rate(6 hours)", "task_role": "reports"},
    "windows": {
        "image": "job:1",
        "schedule": "rate(6 hours)",
        "launch": "ec2",
        "operating_system": "WINDOWS_SERVER_2022_CORE",
        "volumes": {
            "cache": {"path": "C:\\cache", "host": "C:\\cache"},
            "state": {"path": "C:\\state", "docker": {"scope": "shared", "autoprovision": True, "labels": {"a": "b"}}},
            "share": {
                "path": "C:\\share",
                "fsx": {
                    "file_system": "fs-0d",
                    "root_directory": "share",
                    "credentials": SECRET.replace("db-", "files-"),
                    "domain": "corp.example.com",
                },
            },
        },
    },
    "old": {"task_definition": "legacy", "container": "app", "schedule": "rate(1 day)"},
}
GROUPS: dict[str, dict[str, Any]] = {
    "everything": _EVERYTHING,
    "plain": {"prefix": "shop-dev", "cluster": "main"},
    "with a path": {"prefix": "shop-dev", "cluster": "main", "iam_path": "/teams/data/"},
    "own topic": {
        "prefix": "shop-dev",
        "cluster": "main",
        "notify": {"topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:on-call"},
    },
    "learning": {"prefix": "shop-dev", "cluster": "main"},
    "after": {"prefix": "shop-dev", "cluster": "main"},
}
_LEARNED: dict[str, dict[str, Any]] = {
    "job": {
        "image": f"{REGISTRY}.dkr.ecr.{REGION}.amazonaws.com/tools:1",
        "schedule": "rate(6 hours)",
        "task_role": f"arn:aws:iam::{ACCOUNT}:role/reader",
    },
    "watched": {
        "image": "job:1",
        "schedule": "rate(6 hours)",
        "timeout": "1h",
        "overlap": "forbid",
        "task_role": f"arn:aws:iam::{ACCOUNT}:role/writer",
    },
}
"""Tasks that the group `learning` does not know before they are created."""


@cache
def deployed(name: str) -> Recorded:
    """A stack. Most have one task. The tasks of `learning` have the group itself, so that it learns what they need."""
    tasks = {"everything": _TASKS, "learning": _LEARNED}.get(name, {"job": _TASKS["job"]})

    def program() -> None:
        group = ScheduledTaskGroup("tasks", cast("Any", GROUPS[name]))
        for task, args in tasks.items():
            stored = {"secret_values": {"STORED": pulumi.Output.secret("s")}} if task == "secret" else {}
            member = group if name in ("learning", "after") else group.reference
            made = ScheduledTask(task, cast("Any", {**args, **stored, "group": member}))
            if name == "after":
                ScheduledTask("later", cast("Any", {"image": "job:1", "group": group, "after": made}))

    recorded = run(program, preview=False)
    if recorded.error:
        raise recorded.error
    return recorded


def documents(recorded: Recorded) -> list[Document]:
    """All policy documents of a stack."""
    return [found for resource in recorded.of_aws for found in _documents(resource)]


def _documents(resource: Resource) -> Iterator[Document]:
    for name, value in resource.inputs.items():
        if not (isinstance(value, str) and value.startswith("{") and '"Statement"' in value):
            continue
        kinds: Mapping[tuple[str, str], Kind] = {
            ("aws:iam/rolePolicy:RolePolicy", "policy"): "identity",
            ("aws:iam/policy:Policy", "policy"): "identity",
            ("aws:iam/role:Role", "assumeRolePolicy"): "trust",
        }
        yield Document(kinds.get((resource.type, name), "resource"), resource.name, value)
