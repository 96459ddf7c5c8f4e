"""The image definition: pinned, complete, and with the dependencies that the tests run with."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LOCKED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    return dict(LOCKED.findall((ROOT / name).read_text()))


def test_the_base_is_pinned_by_its_digest_and_updated_by_dependabot():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    [base] = set(bases)
    assert re.fullmatch(r"python:3\.13\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert "package-ecosystem: docker" in (ROOT / ".github/dependabot.yml").read_text()


def test_it_does_not_run_as_root():
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE.rpartition("FROM")[2], re.MULTILINE)


@pytest.mark.thorough
def test_the_wheel_builds_from_the_files_that_docker_sends(tmp_path: Path):
    """`.dockerignore` excludes everything but these paths."""
    first, *sent = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("#", "")]
    assert first == "*"
    for line in sent:
        if line.startswith("!"):
            source, target = ROOT / line[1:], tmp_path / "source" / line[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            _ = shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "built"]
    subprocess.run(command, cwd=tmp_path / "source", check=True, stdout=subprocess.DEVNULL)
    assert len(list((tmp_path / "built").glob("scheduled_tasks-*.whl"))) == 1
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)
    assert [name for name in copied if not (tmp_path / "source" / name).exists()] == []


def test_the_locked_versions_are_those_of_the_tests_and_complete():
    versions = locked("requirements-command.txt")
    assert versions.items() <= locked("requirements-dev.txt").items()
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for requirement in map(Requirement, needed):
        assert requirement.specifier.contains(versions[requirement.name]), requirement
