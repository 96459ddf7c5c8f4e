"""The wheel of the command, unpacked."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built, folder = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    [file] = built.glob("scheduled_tasks-*.whl")
    with ZipFile(file) as archive:
        archive.extractall(folder)
    return folder
