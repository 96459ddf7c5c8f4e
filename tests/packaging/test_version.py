"""One version: the wheel, the schema of the package and the changelog have that of the library."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from components import __version__
from plugin.schema import FILE

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("folder", "path"), [("", "components/__init__.py"), ("components", "__init__.py")])
def test_wheels_have_the_version_of_the_library(folder: str, path: str):
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == path


def test_the_package_has_the_version_of_the_library():
    assert yaml.safe_load(FILE.read_text())["version"] == __version__


def test_changelog_describes_this_version():
    text = (ROOT / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", text, re.MULTILINE)
    assert versions[0][0] == __version__
    assert [date for _, date in versions] == sorted((date for _, date in versions), reverse=True)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE)[0] == "[Unreleased]"


def test_plugin_runs_on_python():
    plugin = yaml.safe_load((ROOT / "plugin" / "PulumiPlugin.yaml").read_text())
    assert plugin["runtime"]["name"] == "python"
    # The version is in the tag, `vX.Y.Z`. A second one here could only differ.
    assert "version" not in plugin
