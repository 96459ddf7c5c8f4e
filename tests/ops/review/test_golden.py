"""Reviews of pairs of versions, compared with golden files. To rewrite the files, set `WRITE_GOLDEN=1`; then read them
before you commit."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import stacks
from ops import project as projects
from ops.commands.review import review_of
from ops.pricing.costs import Assumptions
from ops.review.document import Block
from ops.review.markdown import markdown
from ops.review.page import blocks
from ops.review.preview import read_preview
from tests.ops.review.conftest import Edits, Project

HERE = Path(__file__).parent
BEFORE_THE_CLOCK_CHANGE = datetime(2027, 3, 27, 12, tzinfo=UTC)
BACKUP, ETL, LOAD, STACK = (
    "config/tasks/backup.yaml", "config/tasks/etl.yaml", "config/tasks/load-test.yaml", "Pulumi.prod.yaml",
)  # fmt: skip

MANY = "tasks:\n" + "".join(
    f"  import-{number:03}: {{ image: 'import:1', schedule: 'cron({number % 60} 4 * * ? *)', flexibleWindow: 30m }}\n"
    for number in range(300)
)
CONTAINER_BEFORE = """architecture: arm64
linux: { tmpfs: { /tmp: { size: 64 } }, capabilities: { drop: [NET_RAW] } }
ulimits: { nofile: 1024 }
dockerLabels: { team: data }
sidecars:
  proxy: { image: "proxy:1", systemControls: { net.core.somaxconn: "1024" }, logs: { driver: none } }
volumes:
  data: { path: /data, efs: fs-0123abcd }"""
CONTAINER_AFTER = """architecture: arm64
linux: { tmpfs: { /tmp: { size: 128, options: [noexec] } }, capabilities: { add: [SYS_PTRACE], drop: [NET_RAW] } }
ulimits: { nofile: { soft: 1024, hard: 4096 } }
dockerLabels: { team: data, tier: batch }
registryCredentials: arn:aws:secretsmanager:eu-central-1:123456789012:secret:registry-AbCdEf
environmentFiles: ["arn:aws:s3:::settings/etl.env"]
pidMode: task
restart: { ignoredExitCodes: [0] }
sidecars:
  proxy:
    image: "proxy:1"
    systemControls: { net.core.somaxconn: "4096" }
    logs: { mode: non-blocking, maxBufferSize: 10m }
    healthCheck: { command: [CMD, /healthy] }
volumes:
  data: { path: /data, efs: fs-0123abcd, iam: true, readOnly: true }"""
STOP = "schedule: cron(0 20 ? * MON-FRI *)\nstop: { database: orders }\n"
CASES: dict[str, tuple[Edits, Edits]] = {
    "no-change": ({}, {ETL: ("architecture: arm64", "architecture: arm64 # Graviton")}),
    "tag": ({}, {BACKUP: ("owner: alice", "owner: bob")}),
    "schedule-an-hour-later": ({}, {BACKUP: ("cron(30 1 * * ? *)", "cron(30 2 * * ? *)")}),
    "permission-for-everything": ({}, {BACKUP: ("arn:aws:s3:::orders-backups/*", "*")}),
    "permissions-gained-and-lost": (
        {},
        {
            ETL: ("s3:ListBucket", "s3:DeleteObject"),
            BACKUP: ("tags:", "managedPolicies: ['arn:aws:iam::aws:policy/AmazonS3FullAccess']\nexec: true\ntags:"),
        },
    ),
    "memory-doubled": ({}, {ETL: ("memory: 4096", "memory: 8192")}),
    "supervised": (
        {}, {ETL: ("architecture: arm64", "timeout: 50m\noverlap: forbid\nretryRun: { attempts: 2 }\narchitecture: arm64")}
    ),
    "aws-members": (
        {ETL: ("architecture: arm64", "architecture: arm64\naws: { taskDefinition: { enableFaultInjection: false } }")},
        {
            ETL: (
                "architecture: arm64",
                ("architecture: arm64\n"
                "aws: { container: { portMappings: [{ containerPort: 80 }] }, taskDefinition: { enableFaultInjection: true } }"),
            )
        },
    ),
    "container-keys": (
        {ETL: ("architecture: arm64", CONTAINER_BEFORE)},
        {ETL: ("architecture: arm64", CONTAINER_AFTER)},
    ),
    "after": ({}, {ETL: ("schedule: cron(5 * * * ? *)", "after: backup")}),
    "schedule-removed": ({}, {ETL: ("cron(5 * * * ? *)", "none")}),
    "on-spot": ({}, {ETL: ("architecture: arm64", "launch: fargateSpot")}),
    "calls": (
        {"config/tasks/stop.yaml": STOP},
        {
            "config/tasks/stop.yaml": STOP.replace("orders", "invoices"),
            "config/tasks/report.yaml": (
                "schedule: cron(0 6 * * ? *)\n"
                "invoke: { function: 'reports:live', payload: { day: <aws.scheduler.scheduled-time> } }\n"
            ),
        },
    ),
    "task-removed": ({}, {ETL: None}),
    "tasks-added": ({}, {"config/tasks/imports.yaml": MANY}),
    "zone-of-many": ({"config/tasks/imports.yaml": MANY}, {
        "config/tasks/imports.yaml": MANY,
        "config/tasks/defaults.yaml": "timezone: Europe/Berlin\nlogs: { retentionDays: 90 }\n",
    }),
    "stack-paused": ({}, {STACK: ("scheduled-tasks:tags", "scheduled-tasks:enabled: false\n  scheduled-tasks:tags")}),
    "secret-renewed": (
        {},
        {
            STACK: ("ciphertext-of-the-first-password", "ciphertext-of-the-second-password"),
            BACKUP: ("canary-of-the-base", "canary-of-the-head"),
            LOAD: ('"500"]', '"500", --api-token, canary-of-the-command]'),
        },
    ),
    "broken": ({}, {BACKUP: ("memory: 1024", "memory: 700"), ETL: ("cron(5 * * * ? *)", "cron(5 * * * * *)")}),
    "broken-base": ({BACKUP: ("memory: 1024", "memory: 700")}, {}),
    "new-stack": ({}, {"Pulumi.dev.yaml": "config:\n  scheduled-tasks:catalogue: [load-test]\n"}),
    "stack-removed": ({"Pulumi.dev.yaml": "config:\n  scheduled-tasks:catalogue: [load-test]\n"}, {}),
}  # fmt: skip


def reviewed(old: Path, new: Path, previews: list[str] | None = None) -> list[Block]:
    found = {preview.stack: preview for preview in map(read_preview, previews or [])}
    assumptions = Assumptions()
    names = sorted({*stacks(old), *stacks(new)})
    before, after = (projects.Project(folder, "scheduled-tasks") for folder in (old, new))
    reviews = [review_of(name, before, after, BEFORE_THE_CLOCK_CHANGE, assumptions, found.get(name)) for name in names]
    return blocks(reviews, assumptions)


def review(old: Path, new: Path, previews: list[str] | None = None) -> str:
    return markdown(reviewed(old, new, previews))


def is_golden(name: str, text: str) -> bool:
    file = HERE / "golden" / f"{name}.md"
    if os.environ.get("WRITE_GOLDEN"):
        file.write_text(text)
    return file.read_text() == text


PREVIEWED: Edits = {
    BACKUP: ("memory: 1024", "memory: 2048"),
    ETL: ("retry:", "logs: { retentionDays: 7 }\nretry:"),
    LOAD: None,
    STACK: ("scheduled-tasks:tags", "scheduled-tasks:iam: { path: /jobs/ }\n  scheduled-tasks:tags"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_review_of_two_versions(name: str, project: Project):
    before, after = CASES[name]
    text = review(project(before), project(after))
    assert is_golden(name, text)
    assert "canary" not in text
    assert "ciphertext" not in text


def test_a_review_with_a_preview(project: Project):
    text = review(project({}), project(PREVIEWED), [(HERE / "preview.json").read_text()])
    assert is_golden("preview", text)


def test_a_preview_of_an_unchanged_configuration_is_drift(project: Project):
    text = review(project({}), project({}), [(HERE / "preview.json").read_text()])
    assert text.startswith("### Stack `prod`: no configuration changes; $7.30 per month (unchanged)\n")
    assert "**Deleted: `load-test-schedule`** (`aws:scheduler/schedule:Schedule`)" in text
