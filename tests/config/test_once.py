"""Each task is validated once per process, and without loading Pulumi."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from components import ScheduledTask, ScheduledTaskGroup, checks
from components.keys import validation
from config import loader, task_loading, warnings
from tests.config.conftest import Load
from tests.mocks import run

ROOT = Path(__file__).parents[2]
OFFLINE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from config import from_file, load, stacks, warnings
for stack in stacks(Path(".")):
    warnings(load(from_file("scheduled-tasks", stack, Path(".")), Path("config/tasks")), datetime.now(UTC))
print(sorted({name.split(".")[0] for name in sys.modules} & {"pulumi", "pulumi_aws", "grpc", "boto3", "botocore"}))
"""


@pytest.fixture
def validated() -> Iterator[Counter[str]]:
    """Counts the objects with an image that are validated, by their image. Tests give each task its own."""
    calls: Counter[str] = Counter()

    def counted(shape: type, values: Any, **options: Any) -> validation.Validated:
        if image := values.get("image"):
            calls[str(image)] += 1
        return validation.validated(shape, values, **options)

    patched = [mock.patch.object(module, "validated", counted) for module in (loader, task_loading, checks)]
    with patched[0], patched[1], patched[2]:
        yield calls


def test_program_validates_each_task_once(loaded: Load, validated: Counter[str]):
    def program() -> None:
        stack = loaded(
            cluster="main",
            defaults={"timezone": "UTC"},
            tasks={
                "backup": {"image": "shared:1"},
                "plain": {"image": "plain:1", "schedule": "rate(1 hour)"},
                "several": {"image": "several:1", "schedule": ["rate(1 hour)", "rate(2 hours)"], "timeout": "1h"},
            },
        )
        warnings(stack, datetime.now(UTC))
        group = ScheduledTaskGroup("tasks", replace(stack.group, prefix="shop-dev"))
        for name, task in stack.tasks.items():
            ScheduledTask(name, task.in_group(group.reference))

    recorded = run(program, preview=False)
    assert recorded.error is None
    assert [len(recorded.schedules(name)) for name in ("backup", "plain", "several")] == [1, 1, 2]
    assert validated == {"shared:1": 1, "plain:1": 1, "several:1": 1}


def test_component_validates_arguments_once(validated: Counter[str]):
    def program() -> None:
        group = ScheduledTaskGroup("tasks", {"cluster": "main"})
        ScheduledTask("job", {"image": "job:1", "schedule": "rate(1 hour)", "group": group.reference})

    assert run(program, preview=False).error is None
    assert validated == {"job:1": 1}


def test_configuration_is_validated_without_pulumi():
    ran = subprocess.run([sys.executable, "-c", OFFLINE], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
