"""The wheel, installed alone in an empty folder: complete, typed, and usable for a task in another stack."""

import json
import os
import re
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
EXAMPLE = ROOT / "examples/python-shared-stack/__main__.py"
PAGES = [ROOT / "README.md", ROOT / "docs/reuse.md"]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT / "components", check=True, stdout=subprocess.DEVNULL
    )  # fmt: skip
    [file] = folder.glob("*.whl")
    with ZipFile(file) as archive:
        yield archive


@pytest.fixture(scope="module")
def unpacked(wheel: ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's files."""
    folder = tmp_path_factory.mktemp("unpacked")
    wheel.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def deployed(wheel: ZipFile, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The resources of the example and of the programs on the pages, in a process with the wheel and its dependencies,
    and no file of the repository.

    `make wheel-test` sets WHEEL_PYTHON to the interpreter of a virtual environment with only the wheel.
    """
    installed, beside = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("beside")
    interpreter = os.environ.get("WHEEL_PYTHON")
    if not interpreter:
        wheel.extractall(installed)
    for file in (Path(__file__).with_name("on_mocks.py"), EXAMPLE):
        shutil.copy(file, beside)
    programs = [beside / EXAMPLE.name]
    for page in PAGES:
        program = beside / f"{page.stem}.py"
        [text] = [found for found in BLOCK.findall(page.read_text()) if "import" in found]
        program.write_text(text)
        programs.append(program)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (installed, beside)))}
    command = [interpreter or sys.executable, "-P", beside / "on_mocks.py", *programs]
    ran = subprocess.run(command, cwd=beside, env=environment, check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


def test_wheel_contains_the_complete_library_and_nothing_else(wheel: ZipFile):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = [file.relative_to(ROOT / "components") for file in (ROOT / "components").rglob("*") if file.is_file()]
    packaging = {"pyproject.toml", "README.md"}
    kept = [file for file in files if "__pycache__" not in file.parts and file.name not in packaging]
    assert packed == {f"{NAME}/{file.as_posix()}" for file in kept}
    assert f"{NAME}/py.typed" in packed


def test_metadata_of_the_wheel(wheel: ZipFile):
    [metadata] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    fields = Parser().parsestr(wheel.read(metadata).decode())
    assert (fields["Name"], fields["License-Expression"]) == ("pulumi-ecs-scheduled-tasks", "Apache-2.0")
    assert {re.split("[<>]", line)[0] for line in fields.get_all("Requires-Dist", [])} == {
        "holidays", "icalendar", "pulumi", "pulumi-aws", "pulumi-awsx", "pydantic", "recurring-ical-events",
        "typing-extensions", "tzdata",
    }  # fmt: skip
    assert fields["Description-Content-Type"] == "text/markdown"


def test_programs_import_the_wheel(deployed: dict[str, Any]):
    assert str(ROOT) not in deployed["file"]
    assert f"/{NAME}/" in deployed["file"]
    assert deployed["modules"] == []


def test_task_in_another_stack(deployed: dict[str, Any]):
    resources, *_ = deployed["made"]
    target = resources["invoices-schedule"]["target"]
    assert target["arn"].endswith(":cluster/platform")
    network = target["ecsParameters"]["networkConfiguration"]
    assert (network["subnets"], network["assignPublicIp"]) == (["subnet-0a", "subnet-0b"], False)
    assert resources["invoices-group-runs"]["vpcId"] == "vpc-0f"
    assert resources["invoices-alarm"]["alarmActions"] == ["arn:aws:sns:eu-west-1:123456789012:alerts"]
    assert resources["invoices-definition"]["family"] == "invoices-dev-invoices__invoices"


def test_programs_on_the_pages_deploy_what_the_pages_say(deployed: dict[str, Any]):
    _, *made = deployed["made"]
    assert len(made) == len(PAGES)
    for resources in made:
        assert resources["backup-schedule"]["scheduleExpression"] == "rate(6 hours)"
        assert resources["backup-schedule"]["groupName"] == "invoices-dev-jobs"


def unit_tests(folder: Path, unpacked: Path, changes: dict[str, str]) -> str:
    """The output of the example's unit tests in a process with the wheel."""
    for file in EXAMPLE.parent.glob("*.py"):
        text = file.read_text()
        for old, new in changes.items() if file == EXAMPLE else ():
            assert old in text
            text = text.replace(old, new)
        (folder / file.name).write_text(text)
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_program.py"]
    ran = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    return ran.stdout


@pytest.mark.thorough
def test_unit_tests_of_the_example_pass(unpacked: Path, tmp_path: Path):
    assert "3 passed" in unit_tests(tmp_path, unpacked, {})


@pytest.mark.thorough
def test_unit_tests_of_the_example_find_a_change(unpacked: Path, tmp_path: Path):
    assert "1 failed, 2 passed" in unit_tests(tmp_path, unpacked, {"Europe/Berlin": "UTC"})
