"""The pages about other tools: the import really makes the files after of the files before."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ops import NAME
from ops.command_line import app

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PAGES = {
    "cron": ("jobs", "dump"),
    "kubernetes": ("k8s/job.yaml", "daily-report"),
    "copilot": ("copilot/report/manifest.yml", "report"),
    "ecschedule": ("ecschedule.yaml", "nightly-report"),
}
"""The file before, and the name of the task."""


@pytest.mark.parametrize("name", PAGES)
def test_the_files_after_are_those_of_the_import(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = (GUIDES / f"coming-from-{name}.md").read_text()
    source, task = PAGES[name]
    (command,) = re.findall(rf"^{NAME} import .*$", page, re.MULTILINE)
    before, after, *stack = re.findall(r"```(?:yaml)?\n(.*?)```", page.split("\nBefore", 1)[1], re.DOTALL)
    (tmp_path / "config" / "tasks").mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text("name: scheduled-tasks\nruntime: python\n")
    (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / source).write_text(before)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*shlex.split(command)[1:], "--leave-out", "all"])
    assert result.exit_code == 0, result.output
    assert yaml.safe_load((tmp_path / "config" / "tasks" / f"{task}.yaml").read_text()) == yaml.safe_load(after)
    if name == "copilot":
        assert (tmp_path / "Pulumi.prod.yaml").read_text() == stack[0]
        assert yaml.safe_load((tmp_path / "Pulumi.test.yaml").read_text()) == {
            "config": {"scheduled-tasks:tasks": {"report": {"secrets": {"TOKEN": "/copilot/shop/test/secrets/token"}}}}
        }
