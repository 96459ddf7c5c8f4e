"""The folder with the program that the smoke test deploys, and the folders that earlier tests left."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from components.json_values import as_json, value_at
from config import yaml_files
from config.yaml_files import YamlError

from .. import NAME
from ..project import FILE, Project

_PROGRAM = '''"""The smoke test's stack."""

from pathlib import Path

try:
    from config.program import run
except ImportError:  # not a checkout
    from scheduled_tasks.config.program import run

run(Path(__file__).resolve().parent)
'''


def folder_of_tests() -> Path:
    """The folder with one folder per test that hasn't deleted its resources yet."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / NAME / "smoke"


def write_program(here: Project, folder: Path, stack: str, content: Mapping[str, object]) -> Project:
    """Write the program, its project file and its stack file, and return the new project.

    Pulumi runs it with the virtual environment of the user's project, whose modules it imports.
    """
    folder.mkdir(parents=True, mode=0o700)
    (folder / "__main__.py").write_text(_PROGRAM, encoding="utf-8")
    environment = _virtual_environment(here.folder)
    options = {"options": {"toolchain": "pip", "virtualenv": str(environment)}} if environment else {}
    files: dict[str, object] = {
        FILE: {"name": here.name, "runtime": {"name": "python", **options}},
        f"Pulumi.{stack}.yaml": content,
    }
    for name, data in files.items():
        # JSON is YAML.
        (folder / name).write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return Project(folder, here.name)


def variables_of_program(here: Project, profile: str | None) -> dict[str, str]:
    """The variables with which the program finds the modules of the user's project, and AWS's profile."""
    found = [str(here.folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(found), **({"AWS_PROFILE": profile} if profile else {})}


def remove(folder: Path) -> None:
    """Remove the folder of a test whose resources are deleted."""
    shutil.rmtree(folder, ignore_errors=True)


def _virtual_environment(folder: Path) -> Path | None:
    """The virtual environment that the project file names, or the usual one; None for the Python on PATH."""
    try:
        named = value_at(as_json(yaml_files.read(folder / FILE)), "runtime", "options", "virtualenv")
    except YamlError:
        named = None
    environment = folder / (named if isinstance(named, str) else ".venv")
    return environment.resolve() if environment.is_dir() else None
