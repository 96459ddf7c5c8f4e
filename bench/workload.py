"""The measured stacks: plain scheduled tasks, one file per task."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PROJECT_NAME, STACK, REGION, ACCOUNT = "scheduled-tasks", "local", "eu-west-1", "123456789012"
SETTINGS: Mapping[str, Any] = {
    "cluster": "main",
    "network": {"vpc": "default"},
    "notify": {"emails": ["ops@example.com"]},
    "monitoring": {"dashboard": True},
}
"""A stack with all monitoring, so that the group is at its largest. The cluster and the network exist."""

_TASK = """\
description: Task number {number}
schedule: cron({minute} {hour} * * ? *)
timezone: Europe/Berlin
flexibleWindow: 15m
image: public.ecr.aws/docker/library/busybox:1.37
command: [sh, -c, "echo {number}"]
environment: {{ NUMBER: "{number}", STAGE: bench }}
cpu: 512
memory: {memory}
"""


def write_project(folder: Path, count: int, settings: Mapping[str, Any] = SETTINGS) -> Path:
    """Write the program with a number of tasks, each due at another minute."""
    tasks = folder / "config" / "tasks"
    shutil.rmtree(folder, ignore_errors=True)
    tasks.mkdir(parents=True)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, folder / name)
    config = {"aws:region": REGION, **{f"{PROJECT_NAME}:{key}": value for key, value in settings.items()}}
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    for number in range(count):
        write_task(folder, number)
    return folder


def write_task(folder: Path, number: int, memory: int = 1024) -> None:
    """Write one task of a project."""
    text = _TASK.format(number=number, minute=number % 60, hour=number // 60 % 24, memory=memory)
    (folder / "config" / "tasks" / f"{task_name(number)}.yaml").write_text(text, encoding="utf-8")


def task_name(number: int) -> str:
    """Return the name of a task."""
    return f"task-{number:04}"
