"""The wheel, installed alone into an empty folder: complete, typed, and good for a task in somebody else's stack."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
NAME = "pulumi_ecs_scheduled_tasks"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )  # fmt: skip
    [file] = folder.glob("*.whl")
    with ZipFile(file) as archive:
        yield archive


@pytest.fixture(scope="module")
def deployed(wheel: ZipFile, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the example registers, in a process that knows the wheel, its dependencies and no file of the repository."""
    installed, beside = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("beside")
    wheel.extractall(installed)
    for file in (
        ROOT / "tests/mocks.py",
        Path(__file__).with_name("on_mocks.py"),
        ROOT / "examples/python-shared-stack/__main__.py",
    ):
        shutil.copy(file, beside)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (installed, beside)))}
    command = [sys.executable, "-P", str(beside / "on_mocks.py"), str(beside / "__main__.py")]
    ran = subprocess.run(command, cwd=beside, env=environment, check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


def test_the_wheel_holds_all_of_the_library_and_nothing_else(wheel: ZipFile):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = [file.relative_to(ROOT / "components") for file in (ROOT / "components").rglob("*") if file.is_file()]
    assert packed == {f"{NAME}/{file.as_posix()}" for file in files if "__pycache__" not in file.parts}
    assert f"{NAME}/py.typed" in packed


def test_the_wheel_says_what_it_is(wheel: ZipFile):
    [metadata] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    told = Parser().parsestr(wheel.read(metadata).decode())
    assert (told["Name"], told["License-Expression"]) == ("pulumi-ecs-scheduled-tasks", "Apache-2.0")
    assert {line.split("<")[0] for line in told.get_all("Requires-Dist", [])} == {
        "pulumi", "pulumi-aws", "pulumi-awsx", "tzdata",
    }  # fmt: skip
    assert told["Description-Content-Type"] == "text/markdown"


def test_it_is_the_wheel_that_is_tried(deployed: dict[str, Any]):
    assert str(ROOT) not in deployed["file"]
    assert f"/{NAME}/" in deployed["file"]
    assert deployed["modules"] == []


def test_a_task_is_put_into_somebody_elses_stack(deployed: dict[str, Any]):
    resources = deployed["resources"]
    target = resources["invoices-schedule"]["target"]
    assert target["arn"].endswith(":cluster/platform")
    network = target["ecsParameters"]["networkConfiguration"]
    assert (network["subnets"], network["assignPublicIp"]) == (["subnet-0a", "subnet-0b"], False)
    assert resources["invoices-group-runs"]["vpcId"] == "vpc-0f"
    assert resources["invoices-alarm"]["alarmActions"] == ["arn:aws:sns:eu-west-1:123456789012:alerts"]
    assert resources["invoices-definition"]["family"] == "invoices-dev-invoices__invoices"
